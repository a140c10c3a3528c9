//===- DmaInternalsRule.h - coco-dma-internals -----------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_DMAINTERNALSRULE_H
#define COCODMA_DESIGN_DMAINTERNALSRULE_H

#include "design/DesignRule.h"

#include "clang/Basic/FileEntry.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace cocodma {

/// Finds code of drivers and buses that uses what is private to the DMA core:
/// headers that are reached by a path out of the include folders, functions
/// that only these declare, variables that not every architecture has, and
/// fields.
///
/// The user's page: docs/checks/coco-dma-internals.md
class DmaInternalsRule : public DesignRule {
public:
  using DesignRule::DesignRule;
  void beginUnit(clang::Preprocessor &Macros) override;

private:
  /// An inclusion, by the unit itself, of a header that is no public one.
  struct Inclusion {
    clang::SourceLocation Where;
    clang::FileEntryRef Header;
    std::string Name;
  };

  void examine(const KernelUnit &Unit) override;
  void examineHeaders(const KernelUnit &Unit);
  void examineUses(const KernelUnit &Unit, const clang::FunctionDecl *Function);
  void examineReference(const KernelUnit &Unit,
                        const clang::DeclRefExpr *Reference);
  void examineWrite(const KernelUnit &Unit, const clang::Expr *Target);
  bool isPrivate(const KernelUnit &Unit,
                 const clang::FunctionDecl *Function) const;

  std::vector<Inclusion> Inclusions;
  /// What was reported already in this unit.
  llvm::SmallPtrSet<const clang::Decl *, 16> Reported;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_DMAINTERNALSRULE_H
