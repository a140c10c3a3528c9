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
  /// True if \p Here may hold whatever the atoms are that \p IsOpen holds for;
  /// false if it cannot for one choice of these; nothing if neither is shown.
  /// The choice is guessed: the opposite of what the ways so far hang on, as in
  /// the refinement of quantified formulas (Janota and others, "Solving QBF
  /// with Counterexample Guided Refinement", 2012).
  std::optional<bool> holdsWhatever(Bdd Here,
                                    llvm::function_ref<bool(uint32_t)> IsOpen);

private:
  /// A literal that, assumed, makes one of \p Roots hold.
  Literal assumeOneOf(std::vector<Literal> Roots);
  /// Looks for a way in which one of \p Roots holds, as \p Assumed demands,
  /// and puts its atoms into Way: true if there is one, false if there is none,
  /// nothing if that takes too much.
  std::optional<bool> findWay(llvm::ArrayRef<Literal> Roots, Literal Assumed);
  /// Choices that the solver's model makes \p Root true by, and that are not
  /// defined yet. If there are none, the atoms that it does so by are Way.
  std::vector<uint32_t> undefinedBelow(Literal Root);

  Guards &Conditions;
  ClauseForm Clauses;
  /// What choices stand for, by their variables.
  llvm::DenseMap<uint32_t, Literal> Defined;
  /// Atoms whose values are enough for the way that was found last.
  std::vector<uint32_t> Way;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_REFUTER_H
