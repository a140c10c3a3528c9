// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conditions as clauses for a solver, one for each branch of each decision
// (Tseitin, "On the Complexity of Derivation in Propositional Calculus", 1968).
// Conditions are kept small by choices that stand for larger formulas
// (Guards::definition()); to put all of these back makes a formula that no
// canonical form holds, but a small problem for a solver.
#ifndef COCODMA_JUDGE_CLAUSEFORM_H
#define COCODMA_JUDGE_CLAUSEFORM_H

#include "dataflow/Guards.h"
#include "support/Sat.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <vector>

namespace cocodma {

/// The clauses of the conditions that it is asked for.
class ClauseForm {
public:
  static constexpr uint32_t NoAtom = ~0u;
  /// A decision, or an atom, by the variable of the solver.
  struct Decision {
    Literal If, Then, Else;
    uint32_t Atom = NoAtom; ///< What it is, if it is no decision.
  };
  enum class Choices : uint8_t {
    Defined, ///< A choice is what it stands for.
    Atoms,   ///< A choice is an atom of its own until define() is called.
  };

  /// \p Fixed: the value of an atom that is no choice, if it is known. Must
  /// outlive this.
  ClauseForm(Guards &Conditions,
             llvm::function_ref<std::optional<bool>(uint32_t)> Fixed,
             Choices How)
      : Conditions(Conditions), Fixed(Fixed), How(How) {}

  /// What \p Here is for the solver; nothing if that would take too many
  /// clauses.
  std::optional<Literal> encode(Bdd Here);
  /// Ties a choice that is an atom so far to what it stands for, and returns
  /// that; nothing if that would take too many clauses.
  std::optional<Literal> define(uint32_t Choice);
  /// A new variable of the solver that stands for no atom.
  Literal addFree();
  /// The variable of \p Atom, if it has one.
  std::optional<uint32_t> variableOf(uint32_t Atom) const;
  /// Whether \p L holds in the solver's model.
  bool holds(Literal L) const {
    return Solver.value(L.variable()) != L.isNegated();
  }
  /// By variable. Each stands after those that it is made of, but for what
  /// choices that were atoms stand for.
  const std::vector<Decision> &decisions() const { return Decisions; }
  SatSolver &solver() { return Solver; }

private:
  static Literal constant(bool Value) { return Literal(0, !Value); }
  /// \p F without decisions at its root that are taken already.
  Bdd followed(Bdd F) const;
  std::optional<Bdd> meaning(uint32_t Variable) const;
  std::optional<Literal> known(Bdd F) const;
  std::optional<Literal> knownAtom(uint32_t Variable) const;
  void add(Decision New, llvm::DenseMap<uint32_t, uint32_t> &To, uint32_t Key);

  Guards &Conditions;
  llvm::function_ref<std::optional<bool>(uint32_t)> Fixed;
  Choices How;
  SatSolver Solver;
  std::vector<Decision> Decisions;
  llvm::DenseMap<uint32_t, uint32_t> Nodes; ///< Variables, by function.
  llvm::DenseMap<uint32_t, uint32_t> Atoms; ///< Variables, by atom.
};

} // namespace cocodma

#endif // COCODMA_JUDGE_CLAUSEFORM_H
