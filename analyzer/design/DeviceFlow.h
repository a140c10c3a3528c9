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
#include <vector>

namespace cocodma {

/// Follows a parameter of type `struct device *` through one function: what it
/// is cast to, and to whom it is given, where no comparison of its bus was made
/// on the way. Flow-sensitive over the CFG; copies of the parameter in local
/// variables count as itself.
class DeviceFlow {
public:
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
  };

  /// The uses that a device of another bus may reach, in the order of the
  /// source.
  std::vector<Use> unprotectedUses() const;

private:
  bool mentionsDevice(const clang::Stmt *Value) const;
  void findCopies();
  /// The struct that an expression takes the device to be in; null if it is no
  /// such cast.
  const clang::RecordDecl *castRecord(const clang::Stmt *Value) const;
  /// True or false: the branch on which the device is of the bus that was asked
  /// for; nothing if the condition does not ask.
  std::optional<bool> branchOfBus(const clang::Expr *Condition,
                                  unsigned Depth = 4) const;
  std::optional<bool> branchOfCall(const clang::CallExpr *Call,
                                   unsigned Depth) const;
  bool isBusOfDevice(const clang::Expr *Value) const;
  /// The blocks that are reached without a positive comparison.
  llvm::SmallPtrSet<const clang::CFGBlock *, 32> reachable() const;

  clang::ASTContext &Context;
  const Spec &Vocabulary;
  const clang::FunctionDecl *Function;
  llvm::SmallPtrSet<const clang::ValueDecl *, 4> Devices;
  std::unique_ptr<clang::CFG> Graph;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_DEVICEFLOW_H
