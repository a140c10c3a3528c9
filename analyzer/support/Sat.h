// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether some values of boolean variables satisfy a set of clauses. It is for
// questions that are too large for a canonical form (Bdd.h): many small
// formulas that must hold together.
//
// The method is conflict-driven clause learning after Marques-Silva and
// Sakallah, "GRASP" (1999), with watched literals and activities after
// Moskewicz and others, "Chaff" (2001), and the first unique implication point,
// phase saving and restarts after Een and Sorensson, "An Extensible SAT-solver"
// (2003). The same clauses in the same order always give the same model.
#ifndef COCODMA_SUPPORT_SAT_H
#define COCODMA_SUPPORT_SAT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cocodma {

/// A variable of a SatSolver, or its negation.
class Literal {
public:
  constexpr Literal() = default;
  constexpr Literal(uint32_t Variable, bool Negated)
      : Code(Variable * 2 + Negated) {}

  constexpr uint32_t variable() const { return Code >> 1; }
  constexpr bool isNegated() const { return Code & 1; }
  /// A number for each literal: twice the variable, and one if negated.
  constexpr uint32_t code() const { return Code; }
  constexpr Literal operator~() const {
    return Literal(variable(), !isNegated());
  }
  friend constexpr bool operator==(Literal, Literal) = default;

private:
  uint32_t Code = 0;
};

/// Clauses, and the search for a model of them.
class SatSolver {
public:
  /// A new variable; they are numbered from 0.
  uint32_t addVariable();
  /// Adds a disjunction of literals. An empty one cannot be satisfied.
  void addClause(llvm::ArrayRef<Literal> Clause);
  /// True if there is a model, which value() tells until the next clause; false
  /// if there is none; nothing after \p Conflicts dead ends. A model in which
  /// \p Assumed holds, if that is given.
  std::optional<bool> solve(uint64_t Conflicts,
                            std::optional<Literal> Assumed = std::nullopt);
  /// The value of a variable in the model.
  bool value(uint32_t Variable) const { return Values[Variable * 2] == Yes; }
  /// How many variables there are.
  size_t variableCount() const { return Values.size() / 2; }

private:
  using ClauseIndex = uint32_t;
  static constexpr ClauseIndex NoClause = ~0u;
  static constexpr int8_t Open = 0, Yes = 1, No = -1;
  /// A clause that is looked at when a literal becomes false.
  struct Watch {
    ClauseIndex Clause;
    Literal Other; ///< If it is true, so is the clause.
  };
  /// What is left of a clause of three literals, or two, if one of them is
  /// false. Of two, both are the other one.
  struct ShortClause {
    ClauseIndex Clause;
    Literal One, Two;
  };
  /// A clause: so many literals of Literals, from there on.
  struct Extent {
    uint32_t First, Size;
  };

  int8_t valueOf(Literal L) const { return Values[L.code()]; }
  llvm::MutableArrayRef<Literal> literals(ClauseIndex Clause) {
    return {Literals.data() + Clauses[Clause].First, Clauses[Clause].Size};
  }
  ClauseIndex store(llvm::ArrayRef<Literal> Clause);
  void assign(Literal True, ClauseIndex Reason);
  ClauseIndex propagate();
  ClauseIndex propagateShort(Literal False);
  bool staysWatched(Literal False, size_t From, ClauseIndex &Conflict);
  uint32_t analyze(ClauseIndex Conflict);
  void backTo(uint32_t Level);
  void raise(uint32_t Variable);
  std::optional<uint32_t> nextVariable();
  uint32_t level() const { return uint32_t(Levels.size()); }
  bool isBefore(uint32_t Left, uint32_t Right) const;
  void siftUp(uint32_t Position);
  void siftDown(uint32_t Position);
  void insert(uint32_t Variable);

  std::vector<Literal> Literals; ///< Of all clauses, one after the other.
  std::vector<Extent> Clauses;
  std::vector<std::vector<Watch>> Watches; ///< By literal that became false.
  /// Clauses that are looked at whenever a literal becomes false, by that. Most
  /// are such (decisions): they stay where they are.
  std::vector<std::vector<ShortClause>> ShortClauses;
  std::vector<int8_t> Values;       ///< By literal.
  std::vector<ClauseIndex> Reasons; ///< By variable.
  std::vector<uint32_t> AtLevel;    ///< By variable.
  std::vector<int8_t> Phase;        ///< By variable: its last value.
  std::vector<Literal> Trail;       ///< What was assigned, in order.
  std::vector<uint32_t> Levels;     ///< Where each decision stands.
  size_t Propagated = 0;            ///< So much of Trail.
  std::vector<double> Activity;     ///< By variable.
  double Step = 1;
  std::vector<uint32_t> Heap;      ///< Variables, the most active one first.
  std::vector<uint32_t> Positions; ///< By variable: where in Heap.
  std::vector<int8_t> Seen;        ///< By variable: while a clause is learned.
  std::vector<Literal> Learned;
  bool Contradiction = false;
};

} // namespace cocodma

#endif // COCODMA_SUPPORT_SAT_H
