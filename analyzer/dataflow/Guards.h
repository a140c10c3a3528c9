// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Predicates over terms as boolean formulas: which variable of the BDD stands
// for which atom. Comparisons with constants share a common encoding (zero,
// sign, equality chain, single bits), so that `ret < 0` implies `ret != 0` and
// `x & A` knows `(x & (A | B)) == 0`, without axioms beside the formulas.
#ifndef COCODMA_DATAFLOW_GUARDS_H
#define COCODMA_DATAFLOW_GUARDS_H

#include "dataflow/Terms.h"
#include "support/Bdd.h"

namespace cocodma {

/// What a BDD variable says about its term.
enum class Predicate : uint8_t {
  Zero,       ///< Term == 0.
  Negative,   ///< Term < 0, given Term != 0.
  Equals,     ///< Term == Operand, given that no earlier Equals held.
  Bit,        ///< Bit Operand of Term.
  Holds,      ///< Term, a comparison, is true.
  LessThan,   ///< Term < Operand, a positive constant.
  NotNull,    ///< The pointer to object Term was valid.
  ErrorValue, ///< The pointer to object Term was an error code.
  SameObject, ///< Objects Term and Operand are one.
  Choice,     ///< A decision without a term.
};

/// An atom: what one BDD variable stands for.
struct Atom {
  Predicate What = Predicate::Choice;
  TermId Subject = 0;
  int64_t Operand = 0;
  Certainty Kind = Certainty::Free;
  std::string Text;   ///< For Choice.
  bool Kept = false;  ///< Never abstracted away, whatever it is about.
  bool Guess = false; ///< A Choice that what really happens may never make.
};

class Guards;

/// The operations of the BDD engine with a bound on what a single one may
/// cost. Where an operation would exceed it, its operands are first reduced to
/// what they say about the atoms that are kept (Guards::abstractedPath).
class BoundedFormulas {
public:
  explicit BoundedFormulas(Guards &Owner) : Owner(Owner) {}

  Bdd conj(Bdd F, Bdd G);
  Bdd disj(Bdd F, Bdd G);
  Bdd exclusiveOr(Bdd F, Bdd G);
  Bdd negate(Bdd F) const;
  Bdd cofactor(Bdd F, Bdd Care);
  bool disjoint(Bdd F, Bdd G);
  bool entails(Bdd F, Bdd G) { return disjoint(F, negate(G)); }
  Bdd constant(bool Value) const;
  std::vector<uint32_t> support(Bdd F) const;
  bool isLarger(Bdd F, size_t Limit) const;
  size_t nodeCount() const;

private:
  template <typename Operation> Bdd bounded(Bdd F, Bdd G, Operation Compute);
  Guards &Owner;
};

/// Owns the formulas of one analysis. Not shared between threads.
class Guards {
public:
  explicit Guards(TermTable &Terms) : Terms(Terms) {}

  BddManager &bdd() { return Manager; }
  BoundedFormulas &formulas() { return Formulas; }
  Bdd yes() const { return Manager.constant(true); }
  Bdd no() const { return Manager.constant(false); }

  /// Term != 0.
  Bdd truth(TermId Id);
  /// Left == Right.
  Bdd equal(TermId Left, TermId Right);
  /// Left < Right.
  Bdd less(TermId Left, TermId Right, bool Signed);
  /// A fresh decision that no term stands for.
  /// \p Kept: it tells which object is meant, and is never abstracted away.
  Bdd choice(std::string Text, Certainty Kind, bool Kept = false);
  /// A choice that stands for more than what can happen: Atom::Guess.
  Bdd guess(std::string Text);
  /// The pointer to \p Object is not null.
  Bdd notNull(ObjectId Object);

  /// \p When, if it is simple; otherwise a decision that may go each way where
  /// \p When may, as far as the atoms to be kept tell, and is free beyond that.
  /// The result is only meant to be looked at where \p Path holds.
  Bdd abstracted(Bdd When, Bdd Path, size_t Limit);

  /// What \p When, where \p Path holds, says about the atoms that are kept, for
  /// some choice of all others.
  Bdd projected(Bdd When, Bdd Path = Bdd::fromId(0));
  /// \p Path, if it is simple; otherwise what it says about the atoms that are
  /// kept, and a choice in the place of everything else. Reachability stays
  /// what it was; what depended on one history may then be seen on another.
  Bdd abstractedPath(Bdd Path, size_t Limit);
  /// What the choice \p Variable stands for if it came from a simplification;
  /// made of older atoms only. Put in its place it makes exact again what was
  /// simplified (docs/design.md, "Refinement").
  std::optional<Bdd> definition(uint32_t Variable) const;
  /// True if \p When and \p Path are never both true, as told by putting back
  /// what was simplified, newest first, with at most \p Nodes new nodes. False
  /// also if that is too little.
  bool isImpossible(Bdd When, Bdd Path, size_t Nodes);
  /// From here on no atom of \p When is abstracted away.
  void keep(Bdd When);
  /// From here on an atom about a number counts as an input, even if what the
  /// number is was lost.
  void free(uint32_t Variable);
  /// True if the atom decides confidentiality and is never abstracted away.
  bool isKept(uint32_t Variable) const;

  /// True if the atom says something about a number that has a name.
  bool isNumber(uint32_t Variable) const;

  /// What rollBack() goes back to.
  struct Checkpoint {
    size_t Atoms = 0, Nodes = 0, Summaries = 0, Chained = 0;
  };
  Checkpoint checkpoint() const {
    return {Atoms.size(), Manager.nodeCount(), SummaryOrder.size(),
            ChainOrder.size()};
  }
  /// Forgets the atoms and formulas that were made since \p To. Atoms that
  /// were kept since stay so.
  void rollBack(const Checkpoint &To);

  size_t atomCount() const { return Atoms.size(); }
  /// The atom that a BDD variable stands for.
  const Atom &atom(uint32_t Variable) const { return Atoms[indexOf(Variable)]; }
  /// Position of a BDD variable's atom in the order of their creation.
  static uint32_t indexOf(uint32_t Variable) { return Newest - Variable; }
  /// The atom in words, as it holds (\p Value) or does not.
  std::string describe(uint32_t Variable, bool Value) const;
  /// The value of the atom if its symbol has the value \p Constant.
  static bool evaluate(const Atom &Which, int64_t Constant);

private:
  /// Later atoms stand nearer to the root: a path condition grows by one node
  /// for each further branch instead of being rebuilt.
  static constexpr uint32_t Newest = 1u << 30;
  Bdd variable(Atom New);
  /// Adds \p New as the newest atom, and gives its variable.
  uint32_t add(Atom New);
  /// True if what \p Of can be depends on what the analysis lost.
  bool hangsOnLost(Bdd Of);
  /// A choice that stands for \p Of: free, or, if \p Of hangs on what was lost,
  /// opaque and called after that. The same for the same formula.
  Bdd summary(Bdd Of, const char *Text);

  /// Puts what the newest choice in \p In stands for in its place, and takes
  /// away what is newer; false if there is no choice. Whether \p In can hold
  /// stays as it is.
  bool putBackNewest(Bdd &In);

  Bdd zero(TermId Id);
  Bdd negative(TermId Id);
  Bdd equalsConstant(TermId Id, int64_t Value);
  Bdd bit(TermId Id, unsigned Index);
  Bdd masked(TermId Id, uint64_t Mask, uint64_t Value);
  /// True if where \p Path leads is not known exactly.
  bool isVague(PathId Path) const;
  Bdd samePointer(const Term &Left, const Term &Right);
  bool isBoolean(const Term &T) const;
  bool isFlags(TermId Id) const;
  /// Masks with more bits than this are numbers, not flags.
  static constexpr int FlagBits = 8;

  static uint64_t hashOf(const Atom &A);
  TermTable &Terms;
  BddManager Manager;
  /// How often an atom became one that is kept after it was made.
  uint32_t KeptEpoch = 0;
  BoundedFormulas Formulas{*this};
  std::vector<Atom> Atoms;
  /// Which of them are opaque: asked for each node of large formulas.
  std::vector<char> Lost;
  /// The atoms but for choices, by what they say.
  InternIndex Variables;
  std::unordered_map<TermId, std::vector<int64_t>> EqualityChains;
  /// The terms whose chains got longer, in that order.
  std::vector<TermId> ChainOrder;
  /// Ids of the formulas in Summaries, in the order of their coming.
  std::vector<uint32_t> SummaryOrder;
  /// The choice that stands for a formula, by the id of its regular form.
  std::unordered_map<uint32_t, Bdd> Summaries;
  /// The other way round: by the variable of the choice.
  std::unordered_map<uint32_t, Bdd> Definitions;
  /// What putBackNewest() made of formulas, by their ids.
  std::unordered_map<uint32_t, Bdd> PutBack;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_GUARDS_H
