//===- CcSharedAttrRule.h - coco-cc-shared-attr ----------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_CCSHAREDATTRRULE_H
#define COCODMA_DESIGN_CCSHAREDATTRRULE_H

#include "design/DesignRule.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"

#include <vector>

namespace cocodma {

/// Finds wrong uses of the attribute that promises that memory is decrypted: on
/// memory that the unit never decrypts, on an allocation, with MMIO, or at one
/// end of a mapping only.
///
/// The user's page: docs/checks/coco-cc-shared-attr.md
class CcSharedAttrRule : public DesignRule {
public:
  using DesignRule::DesignRule;

private:
  /// Whether an attribute is given.
  enum class Given { No, Maybe, Yes };
  /// A call of a function that takes attributes.
  struct Call {
    const clang::CallExpr *Expression;
    const AttributedFunction *Function;
    Given Shared;
    Given Mmio;
    /// The DMA address that it gives or ends, or the list that it maps; may be
    /// null.
    const clang::ValueDecl *Address;
  };

  void examine(const KernelUnit &Unit) override;
  void collect(const KernelUnit &Unit, const clang::FunctionDecl *Function);
  void addCall(const clang::CallExpr *Expression,
               const clang::ValueDecl *AssignedTo);
  Given given(const clang::Expr *Attributes, llvm::StringRef Macro,
              unsigned Depth = 4) const;
  void examineAlone(const KernelUnit &Unit, const Call &One);
  void examineEnds(const KernelUnit &Unit, const Call &Map);
  bool mayBeDecrypted(const clang::Expr *Memory) const;

  const KernelUnit *Current = nullptr;
  std::vector<Call> Calls;
  /// Assignments between variables and fields, in both directions.
  llvm::DenseMap<const clang::ValueDecl *,
                 std::vector<const clang::ValueDecl *>>
      Assigned;
  /// What is decrypted, or comes from a function that may have done so.
  llvm::SmallPtrSet<const clang::ValueDecl *, 16> Decrypted;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_CCSHAREDATTRRULE_H
