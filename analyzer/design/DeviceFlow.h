//===- DeviceFlow.h - Where a function uses its device ----------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_DEVICEFLOW_H
#define COCODMA_DESIGN_DEVICEFLOW_H

#include "design/KernelUnit.h"

#include "clang/AST/ParentMap.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/SmallPtrSet.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace cocodma {

/// Follows a parameter of type `struct device *` through one function: what it
/// is cast to, and to whom it is given, where no comparison of its bus was made
/// on the way. Flow-sensitive over the CFG; copies of the parameter in local
/// variables count as itself. What a function that is only declared here says
/// of the device is not known: uses that depend on it say so.
class DeviceFlow {
public:
  /// Names of functions.
  using Names = std::set<std::string>;

  DeviceFlow(clang::ASTContext &Context, const Spec &Vocabulary,
             const clang::FunctionDecl *Function,
             const clang::ParmVarDecl *Device);

  /// A cast, if Record is set, or else a call.
  struct Use {
    clang::SourceLocation Where;
    /// The struct that has the device in it.
    const clang::RecordDecl *Record = nullptr;
    /// The definition that is called, and the parameter that gets the device.
    const clang::FunctionDecl *Callee = nullptr;
    const clang::ParmVarDecl *Parameter = nullptr;
    /// If one of these, which are only declared here, tells devices of a bus
    /// from others, none of another bus gets here.
    Names Unless;
  };

  /// The uses that a device of another bus may reach, in the order of the
  /// source.
  std::vector<Use> unprotectedUses() const;

  /// Whether the function returns true, or what is not 0, only for devices
  /// whose bus it compared, itself or in up to \p Depth functions below.
  bool tellsBus(unsigned Depth = 4) const;

private:
  bool mentionsDevice(const clang::Stmt *Value) const;
  void findCopies();
  /// The struct that an expression takes the device to be in; null if it is no
  /// such cast.
  const clang::RecordDecl *castRecord(const clang::Stmt *Value) const;
  /// True or false: the branch on which the device is of the bus that was asked
  /// for; nothing if the condition does not ask.
  std::optional<bool> branchOfBus(const clang::Expr *Condition,
                                  unsigned Depth) const;
  std::optional<bool> branchOfCall(const clang::CallExpr *Call,
                                   unsigned Depth) const;
  std::optional<bool>
  branchOfComparison(const clang::BinaryOperator *Comparison,
                     unsigned Depth) const;
  bool mentionsBus(const clang::Expr *Value) const;
  bool isDevice(const clang::Expr *Value) const;
  /// The functions without a body that are asked about the device.
  Names undefinedFunctions() const;
  using Blocks = llvm::SmallPtrSet<const clang::CFGBlock *, 32>;
  /// The blocks that are reached without a positive comparison; \p Trusted, if
  /// not empty, is the name of a function that counts as one.
  Blocks reachable(llvm::StringRef Trusted = "", unsigned Depth = 4) const;
  void findUses(const clang::Stmt *Item, std::vector<Use> &Into) const;

  clang::ASTContext &Context;
  const Spec &Vocabulary;
  const clang::FunctionDecl *Function;
  /// While reachable() is at work: what it was given.
  mutable llvm::StringRef Trusting;
  llvm::SmallPtrSet<const clang::ValueDecl *, 4> Devices;
  std::unique_ptr<clang::CFG> Graph;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_DEVICEFLOW_H
