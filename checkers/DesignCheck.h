//===- DesignCheck.h - What the design checks share -------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_DESIGNCHECK_H
#define COCODMA_CHECKERS_DESIGNCHECK_H

#include "KernelUnit.h"
#include "UnitCheck.h"

namespace cocodma {

/// A check of what a unit's code is like, by its AST and the design rules of
/// the spec.
class DesignCheck : public UnitCheck {
public:
  using UnitCheck::UnitCheck;

protected:
  /// Reports what is wrong in the unit.
  virtual void examine(const KernelUnit &Unit) = 0;

  /// The vocabulary of the design rules.
  const DesignVocabulary &design() const { return spec().Design; }

private:
  void examineUnit(clang::ASTContext &Context) final;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_DESIGNCHECK_H
