//===- BddTest.cpp - Tests of the decision diagrams -----------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation is compared with truth tables on random formulas. Seeds are
// fixed: a failure is reproducible.
//
//===----------------------------------------------------------------------===//

#include "support/Bdd.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

using namespace cocodma;

namespace {

/// A truth table over N variables: bit i of a row is the value of variable i.
using Table = std::vector<bool>;

/// A function in both representations.
struct Pair {
  Bdd Function;
  Table Truth;
};

/// Random functions over N variables, as BDD and as truth table.
class World {
public:
  World(unsigned Seed, unsigned N) : Random(Seed), N(N) {}

  size_t rows() const { return size_t(1) << N; }
  unsigned pick(unsigned Bound) { return Random() % Bound; }

  Pair leaf() {
    unsigned Variable = pick(N + 1);
    bool Value = pick(2);
    Pair Result{Manager.constant(Value), Table(rows(), Value)};
    if (Variable == N)
      return Result;
    Result.Function = Manager.variable(Variable);
    if (Value)
      Result.Function = Manager.negate(Result.Function);
    for (size_t Row = 0; Row < rows(); ++Row)
      Result.Truth[Row] = ((Row >> Variable) & 1) != Value;
    return Result;
  }

  Pair formula(unsigned Depth) {
    if (Depth == 0)
      return leaf();
    Pair A = formula(Depth - 1), B = formula(Depth - 1), C = leaf();
    switch (pick(5)) {
    case 0:
      return map(A, B, C, Manager.conj(A.Function, B.Function),
                 [](bool X, bool Y, bool) { return X && Y; });
    case 1:
      return map(A, B, C, Manager.disj(A.Function, B.Function),
                 [](bool X, bool Y, bool) { return X || Y; });
    case 2:
      return map(A, B, C, Manager.exclusiveOr(A.Function, B.Function),
                 [](bool X, bool Y, bool) { return X != Y; });
    case 3:
      return map(A, B, C, Manager.implies(A.Function, B.Function),
                 [](bool X, bool Y, bool) { return !X || Y; });
    default:
      return map(A, B, C, Manager.ite(C.Function, A.Function, B.Function),
                 [](bool X, bool Y, bool Z) { return Z ? X : Y; });
    }
  }

  template <typename Operation>
  Pair map(const Pair &A, const Pair &B, const Pair &C, Bdd Function,
           Operation Compute) {
    Pair Result{Function, Table(rows())};
    for (size_t Row = 0; Row < rows(); ++Row)
      Result.Truth[Row] = Compute(A.Truth[Row], B.Truth[Row], C.Truth[Row]);
    return Result;
  }

  Table truth(Bdd F) const {
    Table Result(rows());
    for (size_t Row = 0; Row < rows(); ++Row)
      Result[Row] = Manager.evaluate(
          F, [&](uint32_t Variable) { return (Row >> Variable) & 1; });
    return Result;
  }

  BddManager Manager;
  std::mt19937 Random;
  unsigned N;
};

class BddRandom : public testing::TestWithParam<unsigned> {
protected:
  World W{GetParam(), GetParam() % 11 == 10 ? 12 : 2 + GetParam() % 8};
};

TEST_P(BddRandom, OperationsAgreeWithTruthTables) {
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(5);
    ASSERT_EQ(W.truth(F.Function), F.Truth);
    for (auto &&Entry : F.Truth)
      Entry = !Entry;
    ASSERT_EQ(W.truth(W.Manager.negate(F.Function)), F.Truth);
  }
  EXPECT_FALSE(W.Manager.exhausted());
}

TEST_P(BddRandom, GeneralIteAgreesWithTruthTables) {
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(3), G = W.formula(3), H = W.formula(3);
    Pair Chosen =
        W.map(F, G, H, W.Manager.ite(F.Function, G.Function, H.Function),
              [](bool X, bool Y, bool Z) { return X ? Y : Z; });
    ASSERT_EQ(W.truth(Chosen.Function), Chosen.Truth);
  }
}

TEST_P(BddRandom, EqualFunctionsHaveEqualIds) {
  std::vector<Pair> Seen;
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(3);
    for (const Pair &Other : Seen)
      ASSERT_EQ(Other.Truth == F.Truth, Other.Function == F.Function);
    Seen.push_back(F);
  }
}

TEST_P(BddRandom, DisjointAndEntails) {
  for (unsigned Round = 0; Round < 60; ++Round) {
    Pair F = W.formula(3), G = W.formula(3);
    bool Disjoint = true, Entails = true;
    for (size_t Row = 0; Row < W.rows(); ++Row) {
      Disjoint &= !(F.Truth[Row] && G.Truth[Row]);
      Entails &= !F.Truth[Row] || G.Truth[Row];
    }
    size_t Before = W.Manager.nodeCount();
    ASSERT_EQ(W.Manager.disjoint(F.Function, G.Function), Disjoint);
    ASSERT_EQ(W.Manager.entails(F.Function, G.Function), Entails);
    ASSERT_EQ(W.Manager.nodeCount(), Before);
    Bdd Both = W.Manager.conj(F.Function, G.Function);
    ASSERT_EQ(Both.isFalse(), Disjoint);
    ASSERT_EQ(W.Manager.disjoint(G.Function, F.Function), Disjoint);
    ASSERT_TRUE(W.Manager.entails(Both, F.Function));
  }
}

TEST_P(BddRandom, RestrictVariable) {
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(4);
    unsigned Variable = W.pick(W.N);
    bool Value = W.pick(2);
    Table Expected(W.rows());
    for (size_t Row = 0; Row < W.rows(); ++Row) {
      size_t Bit = size_t(1) << Variable;
      Expected[Row] = F.Truth[Value ? Row | Bit : Row & ~Bit];
    }
    Bdd Result = W.Manager.restrictVariable(F.Function, Variable, Value);
    ASSERT_EQ(W.truth(Result), Expected);
  }
}

TEST_P(BddRandom, Quantification) {
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(5);
    size_t Quantified = W.Random() & (W.rows() - 1);
    auto IsQuantified = [&](uint32_t V) { return (Quantified >> V) & 1; };
    Table Some(W.rows()), All(W.rows());
    for (size_t Row = 0; Row < W.rows(); ++Row) {
      bool Any = false, Every = true;
      for (size_t Sub = Quantified;; Sub = (Sub - 1) & Quantified) {
        bool Value = F.Truth[(Row & ~Quantified) | Sub];
        Any |= Value;
        Every &= Value;
        if (Sub == 0)
          break;
      }
      Some[Row] = Any;
      All[Row] = Every;
    }
    ASSERT_EQ(W.truth(W.Manager.exists(F.Function, IsQuantified)), Some);
    ASSERT_EQ(W.truth(W.Manager.forall(F.Function, IsQuantified)), All);
  }
}

TEST_P(BddRandom, AndExistsIsExistsOfTheConjunction) {
  // An epoch stands for one set of quantified variables; its results are kept.
  BddManager &M = W.Manager;
  for (uint32_t Epoch = 0; Epoch < 4; ++Epoch) {
    size_t Quantified = W.Random() & (W.rows() - 1);
    auto IsQuantified = [&](uint32_t V) { return (Quantified >> V) & 1; };
    for (unsigned Round = 0; Round < 20; ++Round) {
      Bdd F = W.formula(4).Function, G = W.formula(4).Function;
      Bdd Expected = M.exists(M.conj(F, G), IsQuantified);
      ASSERT_EQ(M.andExists(F, G, IsQuantified, Epoch), Expected);
      ASSERT_EQ(M.andExists(G, F, IsQuantified, Epoch), Expected);
    }
  }
}

/// The nodes of \p F, walked one by one; a function and its negation share.
static void addNodes(const BddManager &M, Bdd F, std::set<uint32_t> &To) {
  if (F.isConstant() || !To.insert(F.id() >> 1).second)
    return;
  addNodes(M, M.low(F), To);
  addNodes(M, M.high(F), To);
}

TEST_P(BddRandom, SizesAreThoseOfTheFunctionThatIsThereNow) {
  // Known sizes are kept: ids that are given out again have new ones.
  BddManager &M = W.Manager;
  const size_t Start = M.nodeCount();
  for (unsigned Round = 0; Round < 40; ++Round) {
    Bdd F = W.formula(4).Function;
    std::set<uint32_t> Nodes;
    addNodes(M, F, Nodes);
    for (size_t Limit : {3, 1, 0, 5, 12, 2})
      ASSERT_EQ(M.isLarger(F, Limit), Nodes.size() > Limit);
    ASSERT_EQ(M.size(F), Nodes.size());
    ASSERT_EQ(M.isLarger(F, Nodes.size()), false);
    if (Round % 4 == 3)
      M.truncate(Start);
  }
}

TEST_P(BddRandom, CofactorAgreesOnTheCareSetAndNeverGrows) {
  BddManager &M = W.Manager;
  for (unsigned Round = 0; Round < 60; ++Round) {
    Bdd F = W.formula(4).Function, Care = W.formula(3).Function;
    Bdd Simple = M.cofactor(F, Care);
    ASSERT_EQ(M.conj(F, Care), M.conj(Simple, Care));
    ASSERT_LE(M.size(Simple), M.size(F));
    if (Care.isFalse())
      continue;
    ASSERT_TRUE(M.cofactor(Care, Care).isTrue());
    ASSERT_TRUE(M.cofactor(M.negate(Care), Care).isFalse());
  }
}

TEST_P(BddRandom, SatisfyGivesTheFirstPath) {
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(4);
    auto Path = W.Manager.satisfy(F.Function);
    // The first satisfying row, variable 0 being the most significant.
    std::optional<size_t> First;
    for (size_t Order = 0; Order < W.rows() && !First; ++Order) {
      size_t Row = 0;
      for (unsigned V = 0; V < W.N; ++V)
        Row |= ((Order >> (W.N - 1 - V)) & 1) << V;
      if (F.Truth[Row])
        First = Row;
    }
    ASSERT_EQ(Path.has_value(), First.has_value());
    if (!Path)
      continue;
    size_t Row = 0;
    for (auto [Variable, Value] : *Path)
      Row |= size_t(Value) << Variable;
    ASSERT_EQ(Row, *First);
    ASSERT_TRUE(std::is_sorted(Path->begin(), Path->end()));
  }
}

TEST_P(BddRandom, SupportIsWhatMatters) {
  for (unsigned Round = 0; Round < 40; ++Round) {
    Pair F = W.formula(4);
    std::vector<uint32_t> Expected;
    for (unsigned V = 0; V < W.N; ++V)
      for (size_t Row = 0; Row < W.rows(); ++Row)
        if (F.Truth[Row] != F.Truth[Row ^ (size_t(1) << V)]) {
          Expected.push_back(V);
          break;
        }
    ASSERT_EQ(W.Manager.support(F.Function), Expected);
    for (unsigned Parity : {0u, 1u}) {
      auto IsWanted = [&](uint32_t V) { return V % 2 == Parity; };
      auto First = std::find_if(Expected.begin(), Expected.end(), IsWanted);
      ASSERT_EQ(W.Manager.firstInSupport(F.Function, IsWanted),
                First == Expected.end() ? std::nullopt
                                        : std::optional<uint32_t>(*First));
    }
  }
}

TEST_P(BddRandom, SubstituteReplacesAllAtOnce) {
  for (unsigned Round = 0; Round < 30; ++Round) {
    Pair F = W.formula(4);
    std::vector<Pair> By;
    By.reserve(W.N);
    for (unsigned V = 0; V < W.N; ++V)
      By.push_back(W.formula(2));
    Table Expected(W.rows());
    for (size_t Row = 0; Row < W.rows(); ++Row) {
      size_t Target = 0;
      for (unsigned V = 0; V < W.N; ++V)
        Target |= size_t(By[V].Truth[Row]) << V;
      Expected[Row] = F.Truth[Target];
    }
    Bdd Result = W.Manager.substitute(
        F.Function, [&](uint32_t V) { return By[V].Function; });
    ASSERT_EQ(W.truth(Result), Expected);
  }
}

TEST_P(BddRandom, WalkingRebuildsTheFunction) {
  BddManager &M = W.Manager;
  for (unsigned Round = 0; Round < 40; ++Round) {
    Bdd F = W.formula(4).Function;
    if (F.isConstant())
      continue;
    ASSERT_EQ(M.ite(M.variable(M.topVariable(F)), M.high(F), M.low(F)), F);
  }
}

// Tight limits, many failures: what the manager still gives stays right.
TEST_P(BddRandom, FailedOperationsLeaveTheManagerIntact) {
  BddManager &M = W.Manager;
  for (unsigned V = 0; V < W.N; ++V)
    M.variable(V);
  std::vector<Pair> Known;
  for (unsigned Round = 0; Round < 400; ++Round) {
    M.setNodeLimit(M.nodeCount() + W.pick(6));
    size_t Before = M.nodeCount();
    Pair F = Known.size() < 2 ? W.leaf() : Known[W.pick(Known.size())];
    Pair G = Known.size() < 2 ? W.leaf() : Known[W.pick(Known.size())];
    Pair H = W.leaf();
    Pair R = W.pick(2)
                 ? W.map(F, G, H, M.exclusiveOr(F.Function, G.Function),
                         [](bool X, bool Y, bool) { return X != Y; })
                 : W.map(F, G, H, M.ite(H.Function, F.Function, G.Function),
                         [](bool X, bool Y, bool Z) { return Z ? X : Y; });
    if (M.exhausted()) {
      ASSERT_EQ(M.nodeCount(), Before);
      M.clearExhausted();
      Known.push_back(H);
      continue;
    }
    ASSERT_EQ(W.truth(R.Function), R.Truth);
    Known.push_back(R);
  }
  for (const Pair &F : Known)
    ASSERT_EQ(W.truth(F.Function), F.Truth);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BddRandom, testing::Range(0u, 18u));

TEST_P(BddRandom, TruncatedNodesAreForgottenWithAllThatWasComputedOfThem) {
  // The ids of what is forgotten are given out again, to other functions.
  BddManager &M = W.Manager;
  for (unsigned Round = 0; Round < 20; ++Round) {
    Pair F = W.formula(3), G = W.formula(3);
    size_t Kept = M.nodeCount();
    for (unsigned More = 0; More < 3; ++More)
      W.formula(5);
    Bdd Both = M.conj(F.Function, G.Function);
    M.truncate(Kept);
    Pair New = W.formula(5);
    ASSERT_EQ(W.truth(New.Function), New.Truth);
    Pair Again = W.map(F, G, F, M.conj(F.Function, G.Function),
                       [](bool X, bool Y, bool) { return X && Y; });
    ASSERT_EQ(W.truth(Again.Function), Again.Truth);
    if ((Both.id() >> 1) < Kept) {
      ASSERT_EQ(Again.Function, Both);
    }
  }
}

TEST(Bdd, Constants) {
  BddManager M;
  EXPECT_TRUE(M.constant(true).isTrue());
  EXPECT_TRUE(M.constant(false).isFalse());
  EXPECT_TRUE(Bdd().isFalse());
  EXPECT_EQ(M.negate(M.constant(true)), M.constant(false));
  EXPECT_FALSE(M.satisfy(M.constant(false)));
  EXPECT_TRUE(M.satisfy(M.constant(true))->empty());
  EXPECT_EQ(M.size(M.constant(true)), 0u);
  EXPECT_EQ(M.nodeCount(), 1u);
}

TEST(Bdd, VariablesAreOrderedByNumber) {
  BddManager M;
  Bdd F = M.conj(M.variable(9), M.variable(4));
  EXPECT_EQ(M.topVariable(F), 4u);
  EXPECT_EQ(M.support(F), (std::vector<uint32_t>{4, 9}));
  EXPECT_EQ(M.size(F), 2u);
  EXPECT_EQ(M.variable(9), M.variable(9));
}

TEST(Bdd, HugeVariableNumbers) {
  BddManager M;
  uint32_t Huge = 0xFFFFFFF0u;
  Bdd F = M.exclusiveOr(M.variable(Huge), M.variable(1));
  EXPECT_EQ(M.restrictVariable(F, Huge, true), M.negate(M.variable(1)));
  EXPECT_EQ(M.restrictVariable(F, Huge, false), M.variable(1));
  EXPECT_EQ(M.support(F), (std::vector<uint32_t>{1, Huge}));
}

TEST(Bdd, CofactorDropsWhatTheCareSetImplies) {
  BddManager M;
  Bdd A = M.variable(0), B = M.variable(1), C = M.variable(2);
  EXPECT_EQ(M.cofactor(M.conj(A, M.conj(B, C)), M.conj(A, C)), B);
  EXPECT_EQ(M.cofactor(A, M.constant(false)), A);
}

TEST(Bdd, LimitGivesTheFirstOperandAndIsSticky) {
  BddManager M;
  std::vector<Bdd> V;
  V.reserve(8);
  for (unsigned I = 0; I < 8; ++I)
    V.push_back(M.variable(I));
  Bdd F = M.conj(V[0], V[1]);
  size_t Before = M.nodeCount();
  M.setNodeLimit(Before);
  EXPECT_EQ(M.conj(V[2], V[3]), V[2]);
  EXPECT_TRUE(M.exhausted());
  EXPECT_EQ(M.disj(V[4], V[3]), V[4]);
  EXPECT_EQ(M.exclusiveOr(V[5], V[6]), V[5]);
  EXPECT_EQ(M.ite(V[1], V[2], V[3]), V[2]);
  EXPECT_EQ(M.nodeCount(), Before);
  // What exists already is still found, and queries are still right.
  EXPECT_EQ(M.conj(V[0], V[1]), F);
  EXPECT_TRUE(M.entails(F, V[0]));
  EXPECT_FALSE(M.disjoint(V[2], V[3]));
  EXPECT_TRUE(M.exhausted());
  M.clearExhausted();
  M.setNodeLimit(1000);
  EXPECT_EQ(M.size(M.conj(V[2], V[3])), 2u);
  EXPECT_FALSE(M.exhausted());
}

TEST(Bdd, VariablesIgnoreTheLimit) {
  BddManager M;
  M.setNodeLimit(1);
  EXPECT_EQ(M.topVariable(M.variable(3)), 3u);
  EXPECT_FALSE(M.exhausted());
}

// Sanitizers make frames several times bigger.
#if defined(__SANITIZE_ADDRESS__)
constexpr uint32_t DeepEnough = 4000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
constexpr uint32_t DeepEnough = 4000;
#else
constexpr uint32_t DeepEnough = 20000;
#endif
#else
constexpr uint32_t DeepEnough = 20000;
#endif

// 20,000 variables deep: no stack overflow, linear time.
TEST(Bdd, DeepChains) {
  BddManager M;
  constexpr uint32_t Depth = DeepEnough;
  Bdd All = M.constant(true), Odd = M.constant(false);
  for (uint32_t V = Depth; V-- > 0;) {
    All = M.conj(M.variable(V), All);
    Odd = M.exclusiveOr(M.variable(V), Odd);
  }
  EXPECT_EQ(M.size(All), Depth);
  EXPECT_EQ(M.support(Odd).size(), Depth);
  Bdd Both = M.conj(Odd, M.negate(All));
  EXPECT_TRUE(M.entails(Both, Odd));
  EXPECT_EQ(M.conj(M.cofactor(Both, Odd), Odd), Both);
  EXPECT_TRUE(M.exists(Both, [](uint32_t V) { return V % 2 == 0; }).isTrue());
  EXPECT_TRUE(M.restrictVariable(All, Depth - 1, false).isFalse());
  Bdd Moved =
      M.substitute(All, [&](uint32_t V) { return M.variable(V + Depth); });
  EXPECT_EQ(M.support(Moved).front(), Depth);
  EXPECT_TRUE(M.satisfy(Both).has_value());
  EXPECT_EQ(M.ite(M.variable(0), Odd, All), M.ite(M.variable(0), Odd, All));
  EXPECT_FALSE(M.exhausted());
}

// The result never depends on the order in which other work was done.
TEST(Bdd, CanonicalWalk) {
  auto Walk = [](BddManager &M, Bdd F) {
    std::string Text;
    for (uint32_t V : M.support(F))
      Text += std::to_string(V) + " ";
    auto Path = M.satisfy(F).value();
    for (auto [Variable, Value] : Path)
      Text += std::to_string(Variable) + (Value ? "+" : "-");
    return Text;
  };
  BddManager One, Two;
  for (uint32_t V = 50; V-- > 0;)
    Two.conj(Two.variable(V), Two.variable(V + 1));
  auto Build = [](BddManager &M) {
    Bdd F = M.constant(false);
    for (uint32_t V = 0; V < 20; V += 2)
      F = M.disj(F, M.conj(M.variable(V + 1), M.variable(V)));
    return F;
  };
  EXPECT_EQ(Walk(One, Build(One)), Walk(Two, Build(Two)));
}

TEST(Bdd, KeepOnlyKeepsWhatIsNeeded) {
  BddManager B;
  Bdd Old = B.conj(B.variable(3), B.variable(5));
  const size_t Count = B.nodeCount();
  Bdd Garbage = B.disj(B.variable(1), B.variable(2));
  Bdd Needed = B.negate(B.disj(Old, B.conj(B.variable(2), B.variable(7))));
  Bdd Other = B.variable(2);
  EXPECT_FALSE(Garbage.isConstant());
  const size_t Before = B.nodeCount();
  Bdd *Roots[] = {&Needed, &Other, &Old};
  B.keepOnly(Count, Roots);
  EXPECT_LT(B.nodeCount(), Before);
  EXPECT_EQ(Old, B.conj(B.variable(3), B.variable(5)));
  EXPECT_EQ(Other, B.variable(2));
  EXPECT_EQ(Needed,
            B.negate(B.disj(Old, B.conj(B.variable(2), B.variable(7)))));
  B.keepOnly(Count, {});
  EXPECT_EQ(B.nodeCount(), Count);
}

} // namespace
