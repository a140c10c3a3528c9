// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a condition can come about once all simplifications in it are taken
// back, and how. Conditions are kept small by choices that stand for larger
// formulas (Guards::definition()); to put all of these back makes a formula
// that no canonical form holds. As clauses (one for each branch of each
// decision, after Tseitin, "On the Complexity of Derivation in Propositional
// Calculus", 1968) they are a small problem for a solver.
#ifndef COCODMA_JUDGE_WAYSEARCH_H
#define COCODMA_JUDGE_WAYSEARCH_H

#include "dataflow/Guards.h"
#include "support/Sat.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <utility>
#include <vector>

namespace cocodma {

/// Looks for a way in which a condition may hold.
class WaySearch {
public:
  enum class Answer : uint8_t {
    Found,    ///< There is one that hangs on nothing that was lost.
    Lost,     ///< All that were looked at hang on something that was lost.
    Never,    ///< There is none.
    TooLarge, ///< Not known.
  };
  /// Atoms and their values; they are enough for the condition to hold.
  using Way = std::vector<std::pair<uint32_t, bool>>;

  /// \p Fixed: the value of an atom that is no choice, if it is known.
  /// \p IsLost: whether that atom stands for something that was lost. Both must
  /// outlive this.
  WaySearch(Guards &Conditions,
            llvm::function_ref<std::optional<bool>(uint32_t)> Fixed,
            llvm::function_ref<bool(uint32_t)> IsLost)
      : Conditions(Conditions), Fixed(Fixed), IsLost(IsLost) {}

  /// Answers for \p Here; way() is one of the kind that was found. Not to be
  /// called twice.
  Answer find(Bdd Here);
  /// True if it is shown that none of \p All can hold. What is learned is kept
  /// for the next question. Not for one that find() was asked, or will be.
  bool areImpossible(llvm::ArrayRef<Bdd> All);
  /// True if it is plain, without a search, that in all ways in which \p Here
  /// holds one of those atoms that \p IsOpen holds for has one and the same
  /// value. Goes with areImpossible().
  bool hangsOn(Bdd Here, llvm::function_ref<bool(uint32_t)> IsOpen);
  /// By atom, the smallest first.
  const Way &way() const { return Found; }

private:
  /// A decision, or an atom, by the variable of the solver.
  struct Decision {
    Literal If, Then, Else;
    uint32_t Atom = NoAtom; ///< What it is, if it is no decision.
  };
  static constexpr uint32_t NoAtom = ~0u;
  /// After so many dead ends a search is given up.
  static constexpr uint64_t Conflicts = 20'000;
  static Literal constant(bool Value) { return Literal(0, !Value); }

  /// \p F without decisions at its root that are taken already.
  Bdd followed(Bdd F) const;
  std::optional<Literal> known(Bdd F) const;
  std::optional<Literal> knownAtom(uint32_t Variable) const;
  std::optional<Literal> encode(Bdd Here);
  void add(Decision New, llvm::DenseMap<uint32_t, uint32_t> &To, uint32_t Key);
  bool holds(Literal L) const {
    return Solver.value(L.variable()) != L.isNegated();
  }
  /// Reads off the model what makes \p Root true; true if nothing of it is
  /// lost.
  bool explain(Literal Root);
  /// Looks for values with which \p Root holds whatever the lost atoms are.
  std::optional<bool> findSure(Literal Root);

  Guards &Conditions;
  llvm::function_ref<std::optional<bool>(uint32_t)> Fixed;
  llvm::function_ref<bool(uint32_t)> IsLost;
  SatSolver Solver;
  std::vector<Decision> Decisions; ///< Each after those that it is made of.
  llvm::DenseMap<uint32_t, uint32_t> Nodes; ///< Variables, by function.
  llvm::DenseMap<uint32_t, uint32_t> Atoms; ///< Variables, by atom.
  Way Found;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_WAYSEARCH_H
