// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shows that conditions cannot come about. What a choice in them stands for
// matters seldom, and of what is deep down nearly nothing does: definitions are
// put back only where the solver found a way that hangs on them (abstraction
// refinement after Clarke and others, "Counterexample-Guided Abstraction
// Refinement", 2000).
#ifndef COCODMA_JUDGE_REFUTER_H
#define COCODMA_JUDGE_REFUTER_H

#include "judge/ClauseForm.h"

namespace cocodma {

/// Refutes conditions. What is learned is kept for the next question.
class Refuter {
public:
  /// \p Fixed: the value of an atom that is no choice, if it is known. Must
  /// outlive this.
  Refuter(Guards &Conditions,
          llvm::function_ref<std::optional<bool>(uint32_t)> Fixed)
      : Conditions(Conditions),
        Clauses(Conditions, Fixed, ClauseForm::Choices::Atoms) {}

  /// True if it is shown that none of \p All can hold.
  bool areImpossible(llvm::ArrayRef<Bdd> All);
  /// The atoms whose values are enough for a way in which one of those that
  /// areImpossible() was asked for last holds; nothing if it found none.
  const std::optional<std::vector<uint32_t>> &atomsOfWay() const { return Way; }

private:
  /// Choices that the solver's model makes \p Root true by, and that are not
  /// defined yet. If there are none, the atoms that it does so by are Way.
  std::vector<uint32_t> undefinedBelow(Literal Root);

  Guards &Conditions;
  ClauseForm Clauses;
  /// What choices stand for, by their variables.
  llvm::DenseMap<uint32_t, Literal> Defined;
  std::optional<std::vector<uint32_t>> Way;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_REFUTER_H
