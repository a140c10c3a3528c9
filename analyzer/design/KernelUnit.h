//===- KernelUnit.h - What a unit of the kernel is --------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A unit's own code, and what part the unit plays: the DMA core, an IOMMU
// driver and the platform do legitimately what drivers and buses must not. They
// are told apart by what they define, never by where their files are.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_KERNELUNIT_H
#define COCODMA_DESIGN_KERNELUNIT_H

#include "spec/Spec.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace cocodma {

/// A unit of the kernel, with the roles that its definitions give it. Refers to
/// the context and the spec, which must outlive it.
class KernelUnit {
public:
  /// \p IsModule: the unit is compiled as part of a module.
  KernelUnit(clang::ASTContext &Context, const Spec &Vocabulary, bool IsModule);

  clang::ASTContext &context() const { return Context; }
  const clang::SourceManager &sources() const {
    return Context.getSourceManager();
  }

  /// Functions and file-scope variables that are defined in the main file or in
  /// a header beside it, in the order of the source.
  llvm::ArrayRef<const clang::FunctionDecl *> functions() const {
    return Functions;
  }
  llvm::ArrayRef<const clang::VarDecl *> variables() const { return Variables; }

  /// Whether a place is in the main file or in a header beside it.
  bool isOwn(clang::SourceLocation Where) const;

  /// The function of functions() that a place is in; null if it is in none.
  const clang::FunctionDecl *functionAt(clang::SourceLocation Where) const;

  /// It registers a bus, or puts devices on one.
  bool ownsBus() const { return OwnsBus; }
  /// It is code of a driver or of a bus: a module, an owner of a driver or of a
  /// bus, or code that handles the devices of a class of the spec.
  bool isDriverOrBus() const { return IsDriverOrBus; }
  /// It is the DMA core, an IOMMU driver, or a platform's own DMA operations.
  bool isDmaLayer() const { return IsDmaLayer; }

private:
  bool isOwnFile(clang::FileID File) const;
  void collect();
  void collect(const clang::Decl *Item);
  bool definesDriver() const;
  bool definesBus() const;
  bool handlesDeviceClass() const;
  bool definesLayerFunction() const;
  bool definesOperations() const;

  clang::ASTContext &Context;
  const Spec &Vocabulary;
  /// A unit has far more declarations than files.
  mutable llvm::DenseMap<clang::FileID, bool> OwnFiles;
  std::vector<const clang::FunctionDecl *> Functions;
  std::vector<const clang::VarDecl *> Variables;
  bool OwnsBus = false;
  bool IsDriverOrBus = false;
  bool IsDmaLayer = false;
};

/// Calls \p Visit for \p Root and all below it, in the order of the source;
/// what a macro or a _Generic does not select is left out.
void forEachStmt(const clang::Stmt *Root,
                 llvm::function_ref<void(const clang::Stmt *)> Visit);

/// The struct that a type is, or that a pointer or an array of it leads to;
/// null if it is no struct.
const clang::RecordDecl *recordOf(clang::QualType Type);
/// Its name; empty if there is none.
llvm::StringRef recordName(clang::QualType Type);

/// The typedef's name that a type is spelt with; empty if with none.
llvm::StringRef typedefName(clang::QualType Type);

/// The name of the function that is called; empty if that is not known.
llvm::StringRef calleeName(const clang::CallExpr *Call);

/// Whether a function's code is thrown away after boot.
bool isInitFunction(const clang::FunctionDecl *Function);

/// The variable, parameter or field that an expression names last, through
/// conversions, `&`, `*` and indices; null if it is none.
const clang::ValueDecl *namedBy(const clang::Expr *Value);

/// The text of a statement as it is in the source, with single blanks.
std::string sourceText(const clang::Stmt *Item,
                       const clang::ASTContext &Context);

} // namespace cocodma

#endif // COCODMA_DESIGN_KERNELUNIT_H
