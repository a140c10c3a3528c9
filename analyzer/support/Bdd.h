//===- Bdd.h - Reduced ordered binary decision diagrams -----------*- C++ -*-=//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Boolean functions in a canonical form: two functions of one manager are equal
// if and only if their ids are. This is what guards are made of.
//
// The engine is a reduced ordered BDD with complement edges, after Bryant,
// "Graph-Based Algorithms for Boolean Function Manipulation" (1986), and Brace,
// Rudell and Bryant, "Efficient Implementation of a BDD Package" (1990).
//
// What it is not for: naming atoms (see Formula), sharing between threads (one
// manager belongs to one thread), dynamic reordering and garbage collection.
// The shape of a function depends on the variable numbers only, never on the
// order in which operations ran.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_SUPPORT_BDD_H
#define COCODMA_SUPPORT_BDD_H

#include "support/LargePages.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMapInfo.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace cocodma {

/// A boolean function, owned by the BddManager that made it. A plain 32-bit
/// value: copy it freely, compare it with functions of the same manager only.
/// The default value is the function that is always false.
class Bdd {
public:
  constexpr Bdd() = default;

  /// True if this is the function that is always true.
  constexpr bool isTrue() const { return Id == 0; }
  /// True if this is the function that is always false.
  constexpr bool isFalse() const { return Id == 1; }
  /// True if this is one of the two constant functions.
  constexpr bool isConstant() const { return Id <= 1; }

  /// The id: node index times two, plus one for a complemented edge. Stable
  /// within a manager; it depends on the history of operations, so it must
  /// never decide the order of any output.
  constexpr uint32_t id() const { return Id; }
  /// The function with the given id(), which must come from the same manager.
  static constexpr Bdd fromId(uint32_t Id) { return Bdd(Id); }

  friend constexpr bool operator==(Bdd Left, Bdd Right) = default;

private:
  constexpr explicit Bdd(uint32_t Id) : Id(Id) {}

  uint32_t Id = 1;
};

/// Owns the nodes of boolean functions and computes with them.
///
/// Nodes live as long as the manager. Operations take and give functions of
/// this manager. Recursion is as deep as the number of variables of the
/// operands, with small frames: 20,000 variables fit into an 8 MB stack.
///
/// **Limit.** When an operation would need more nodes than the limit allows, it
/// takes back what it built, sets exhausted(), and returns its *first* operand
/// (ite(): its `Then` operand). That is a function of this manager but not the
/// right answer, neither a bound from above nor from below: callers test
/// exhausted() after a batch of work and make the result opaque. Only
/// cofactor() stays right, as its first operand is a legal answer. Queries
/// (disjoint(), entails(), support(), satisfy(), size(), evaluate()), negate(),
/// constant() and variable() build nothing that counts and are always right.
class BddManager {
public:
  BddManager();
  BddManager(const BddManager &) = delete;
  BddManager &operator=(const BddManager &) = delete;

  /// The constant function.
  Bdd constant(bool Value) const { return Bdd::fromId(Value ? 0 : 1); }

  /// The function that is true iff variable \p Variable is. Variables are
  /// ordered by number, the smallest at the root. Not subject to the limit.
  Bdd variable(uint32_t Variable);

  /// not F. Costs nothing.
  Bdd negate(Bdd F) const { return Bdd::fromId(F.id() ^ 1); }
  /// F and G.
  Bdd conj(Bdd F, Bdd G);
  /// F or G.
  Bdd disj(Bdd F, Bdd G);
  /// F xor G.
  Bdd exclusiveOr(Bdd F, Bdd G);
  /// If F then G, else H.
  Bdd ite(Bdd F, Bdd G, Bdd H);
  /// not F or G.
  Bdd implies(Bdd F, Bdd G);

  /// True iff no valuation makes both F and G true. Builds no nodes.
  bool disjoint(Bdd F, Bdd G);
  /// True iff every valuation that makes F true makes G true. Builds no nodes.
  bool entails(Bdd F, Bdd G) { return disjoint(F, negate(G)); }

  /// F with variable \p Variable set to \p Value.
  Bdd restrictVariable(Bdd F, uint32_t Variable, bool Value);

  /// F simplified where \p Care is false: a function that agrees with F
  /// wherever Care is true and that is never bigger than F. If Care is the
  /// constant false, any answer would do and F is returned. Source: "restrict"
  /// of Coudert and Madre, "A Unified Framework for the Formal Verification of
  /// Sequential Circuits" (1990).
  Bdd cofactor(Bdd F, Bdd Care);

  /// The predicate of the quantifiers: is this variable quantified? It is asked
  /// once for each variable of the support, in ascending order.
  using VariablePredicate = llvm::function_ref<bool(uint32_t)>;
  /// There are values of the quantified variables that make F true.
  Bdd exists(Bdd F, VariablePredicate IsQuantified);
  /// All values of the quantified variables make F true.
  Bdd forall(Bdd F, VariablePredicate IsQuantified);
  /// exists(conj(F, G)), without the nodes of the conjunction (the "relational
  /// product" of Burch, Clarke and Long, "Symbolic Model Checking with
  /// Partitioned Transition Relations", 1991). What was computed is kept from
  /// one call to the next: as long as \p Epoch (less than 2^28) is the same the
  /// predicate must give the same answers.
  Bdd andExists(Bdd F, Bdd G, VariablePredicate IsQuantified, uint32_t Epoch);

  /// F with each variable replaced, all at once, by the function that
  /// \p Replacement gives for it. It is asked once for each variable of the
  /// support, in ascending order; it may use this manager.
  Bdd substitute(Bdd F, llvm::function_ref<Bdd(uint32_t)> Replacement);

  /// The variables that F depends on, ascending.
  std::vector<uint32_t> support(Bdd F) const;

  /// The smallest variable that F depends on for which \p IsWanted is true;
  /// nothing if there is none. It must give the same answer each time.
  std::optional<uint32_t> firstInSupport(Bdd F,
                                         VariablePredicate IsWanted) const;

  /// The lexicographically first path to true: at each variable, false if F can
  /// still become true. Variables that are not mentioned are free. Nothing if F
  /// is false.
  std::optional<std::vector<std::pair<uint32_t, bool>>> satisfy(Bdd F) const;

  /// The value of F under the given values of the variables on the path.
  bool evaluate(Bdd F, llvm::function_ref<bool(uint32_t)> Value) const;

  /// The variable at the root of F, which must not be constant. For walking
  /// (serialising, printing) a function; F = ite(top, high(F), low(F)).
  uint32_t topVariable(Bdd F) const { return Nodes[F.id() >> 1].Variable; }
  /// F, which must not be constant, with its top variable set to false.
  Bdd low(Bdd F) const { return Bdd::fromId(lowOf(F.id())); }
  /// F, which must not be constant, with its top variable set to true.
  Bdd high(Bdd F) const { return Bdd::fromId(highOf(F.id())); }

  /// How many nodes the manager holds, the terminal included.
  size_t nodeCount() const { return Nodes.size(); }
  /// How many inner nodes F has; 0 for a constant.
  size_t size(Bdd F) const;
  /// size(F) > Limit, looking at no more nodes than it takes.
  bool isLarger(Bdd F, size_t Limit) const;

  /// Forgets all nodes but the oldest \p Count (of which nodeCount() told at
  /// some time): functions that were made since then must not be used again.
  void truncate(size_t Count);

  /// Forgets the nodes after the oldest \p Count that none of \p Roots is made
  /// of. What is left of them gets new ids: \p Roots are set anew, and other
  /// functions that were made since then must not be used again.
  void keepOnly(size_t Count, llvm::ArrayRef<Bdd *> Roots);

  /// Sets the greatest nodeCount() that operations may reach (at least 1, at
  /// most 2^31 - 2). A limit below nodeCount() forbids new nodes.
  void setNodeLimit(size_t Limit);
  /// True once an operation hit the limit, until clearExhausted().
  bool exhausted() const { return Exhausted; }
  /// Forgets that the limit was hit, after the caller dealt with it.
  void clearExhausted() { Exhausted = false; }

private:
  /// An inner node: High is never complemented, Low != High, and both are
  /// above Variable in the order. Node 0 is the terminal "true".
  struct Node {
    uint32_t Variable;
    uint32_t Low;
    uint32_t High;
    /// MarkEpoch if visitNodes() was here: whoever asks looks at the rest, too.
    mutable uint32_t Mark = 0;
  };
  /// An entry of the computed cache, keyed by three operands; operations of
  /// fewer operands put a tag into Third.
  struct CacheEntry {
    uint32_t First;
    uint32_t Second;
    uint32_t Third;
    uint32_t Result;
  };
  struct Quantifier;
  struct Product;
  struct Substitution;

  static constexpr uint32_t True = 0;
  static constexpr uint32_t False = 1;
  /// What a computation gives when it hit the limit; no node has this id.
  static constexpr uint32_t Failed = ~0u;

  uint32_t lowOf(uint32_t F) const { return Nodes[F >> 1].Low ^ (F & 1); }
  uint32_t highOf(uint32_t F) const { return Nodes[F >> 1].High ^ (F & 1); }
  uint32_t lowAt(uint32_t F, uint32_t Top) const;
  uint32_t highAt(uint32_t F, uint32_t Top) const;
  uint32_t topOf(uint32_t F) const { return Nodes[F >> 1].Variable; }
  bool isVariable(uint32_t F, uint32_t Variable) const {
    return topOf(F) == Variable && lowOf(F) == False && highOf(F) == True;
  }

  uint32_t makeNode(uint32_t Variable, uint32_t Low, uint32_t High,
                    bool IgnoreLimit = false);
  uint32_t insertNode(uint32_t Variable, uint32_t Low, uint32_t High,
                      size_t Hash, size_t Slot);
  void growUniqueTable();
  void fillUniqueTable(size_t Size);
  void removeNewest(size_t FirstRemoved);
  /// True if the entry may stay when only functions below the id \p End do.
  static bool outlives(const CacheEntry &Entry, uint32_t End);
  void growCache();
  size_t cacheSlot(uint32_t First, uint32_t Second, uint32_t Third) const;
  bool lookUp(uint32_t First, uint32_t Second, uint32_t Third,
              uint32_t &Result) const;
  void remember(uint32_t First, uint32_t Second, uint32_t Third,
                uint32_t Result);

  uint32_t computeConj(uint32_t F, uint32_t G);
  void fetchConj(uint32_t F, uint32_t G) const;
  uint32_t computeDisj(uint32_t F, uint32_t G);
  uint32_t computeXor(uint32_t F, uint32_t G);
  uint32_t computeIte(uint32_t F, uint32_t G, uint32_t H);
  bool reduceIte(uint32_t F, uint32_t G, uint32_t H, uint32_t &Result);
  bool computeDisjoint(uint32_t F, uint32_t G);
  uint32_t computeRestrict(uint32_t F, uint32_t Literal, bool Value);
  uint32_t computeCofactor(uint32_t F, uint32_t Care);
  uint32_t cofactorBranches(uint32_t F, uint32_t Care);
  uint32_t computeExists(uint32_t F, Quantifier &State);
  uint32_t computeProduct(uint32_t F, uint32_t G, Product &State);
  uint32_t computeSubstitution(uint32_t F, Substitution &State);

  Bdd finish(size_t FirstNewNode, uint32_t Result, Bdd Fallback);
  void rollBack(size_t FirstNewNode);
  std::vector<uint32_t> sortedSupport(Bdd F) const;
  bool sizeWithin(Bdd F, size_t Limit, size_t &Size) const;
  template <typename Visitor> void visitNodes(Bdd F, Visitor Visit) const;

  template <typename T> using Table = std::vector<T, LargePages<T>>;
  Table<Node> Nodes;
  Table<uint32_t> UniqueTable;
  Table<CacheEntry> Cache;
  /// Slots of the cache that were written since the limit was set: those that
  /// may name nodes that are taken back.
  std::vector<uint32_t> Written;
  mutable uint32_t MarkEpoch = 0;
  /// What sizeWithin() found: each of a few functions with its size, or that
  /// the size is larger. As long as no node is taken back.
  struct KnownSize {
    uint32_t Id = Failed, Size = 0;
    bool Larger = false;
  };
  mutable std::vector<KnownSize> Sizes;
  /// Nodes that visitNodes() has yet to visit.
  mutable std::vector<uint32_t> Open;
  /// Marks of support(), by how far a variable is above the greatest one.
  mutable std::vector<uint32_t> VariableMarks;
  mutable uint32_t VariableEpoch = 0;
  /// The greatest and the smallest variable of any node so far.
  uint32_t Greatest = 0, Smallest = ~0u;
  size_t NodeLimit;
  bool Exhausted = false;
};

/// While it lives, operations may make only some more nodes. It is for work
/// whose result can be done without: look at exhausted() before it ends, which
/// forgets that the limit was hit and takes the limit away.
class NodeBudget {
public:
  /// Operations of \p Manager, which is not owned, may make \p Nodes more.
  NodeBudget(BddManager &Manager, size_t Nodes) : Manager(Manager) {
    Manager.setNodeLimit(Manager.nodeCount() + Nodes);
  }
  NodeBudget(const NodeBudget &) = delete;
  NodeBudget &operator=(const NodeBudget &) = delete;
  ~NodeBudget() {
    Manager.clearExhausted();
    Manager.setNodeLimit(SIZE_MAX);
  }

private:
  BddManager &Manager;
};

} // namespace cocodma

/// Bdd as a key of llvm::DenseMap.
template <> struct llvm::DenseMapInfo<cocodma::Bdd> {
  static cocodma::Bdd getEmptyKey() { return cocodma::Bdd::fromId(~0u); }
  static cocodma::Bdd getTombstoneKey() {
    return cocodma::Bdd::fromId(~0u - 1);
  }
  static unsigned getHashValue(cocodma::Bdd F) {
    return DenseMapInfo<uint32_t>::getHashValue(F.id());
  }
  static bool isEqual(cocodma::Bdd Left, cocodma::Bdd Right) {
    return Left == Right;
  }
};

/// Bdd as a key of the standard hashed containers.
template <> struct std::hash<cocodma::Bdd> {
  size_t operator()(cocodma::Bdd F) const {
    return std::hash<uint32_t>()(F.id());
  }
};

#endif // COCODMA_SUPPORT_BDD_H
