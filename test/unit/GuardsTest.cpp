// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conditions that were simplified, and what becomes of them when what their
// choices stand for is put back. Seeds are fixed: a failure is reproducible.
#include "dataflow/Guards.h"

#include <gtest/gtest.h>

#include <random>

using namespace cocodma;

namespace {

/// Random conditions, simplified now and then.
struct Conditions {
  explicit Conditions(unsigned Seed) : Random(Seed) {
    for (unsigned I = 0; I < 8; ++I)
      Pool.push_back(All.choice("an input", Certainty::Free, /*Kept=*/I < 2));
  }

  Bdd pick() { return Pool[Random() % Pool.size()]; }

  void make(unsigned Count) {
    BddManager &B = All.bdd();
    for (unsigned I = 0; I < Count; ++I) {
      Bdd F = pick(), G = pick();
      F = Random() % 2 ? B.conj(F, G) : B.exclusiveOr(F, B.negate(G));
      Pool.push_back(Random() % 2 ? simplified(F) : F);
    }
  }

  Bdd simplified(Bdd F) { return All.abstracted(F, All.yes(), 1); }

  /// Two conditions that cannot both hold, as is seen only once all is put
  /// back, or any two.
  std::pair<Bdd, Bdd> two() {
    Bdd F = pick(), G = pick();
    return Random() % 2 ? std::pair(simplified(F), All.bdd().negate(F))
                        : std::pair(F, G);
  }

  /// The condition in terms of inputs.
  Bdd exact(Bdd F) {
    BddManager &B = All.bdd();
    for (;;) {
      Bdd Next = B.substitute(F, [&](uint32_t Variable) {
        std::optional<Bdd> Definition = All.definition(Variable);
        return Definition ? *Definition : B.variable(Variable);
      });
      if (Next == F)
        return F;
      F = Next;
    }
  }

  Program Nothing;
  TermTable Terms{Nothing};
  Guards All{Terms};
  std::mt19937 Random;
  std::vector<Bdd> Pool;
};

TEST(Guards, ImpossibleIsWhatHasNoValuationOnceDefinitionsAreBack) {
  unsigned Impossible = 0, Possible = 0;
  for (unsigned Seed = 0; Seed < 30; ++Seed) {
    Conditions C(Seed);
    C.make(25);
    for (unsigned Round = 0; Round < 60; ++Round) {
      auto [F, G] = C.two();
      bool None = C.exact(C.All.bdd().conj(F, G)).isFalse();
      ASSERT_EQ(C.All.isImpossible(F, G, 100'000), None) << Seed;
      ++(None ? Impossible : Possible);
    }
  }
  EXPECT_GT(Impossible, 20u);
  EXPECT_GT(Possible, 20u);
}

TEST(Guards, AddressesMadeOfPageNumbersAreNotAllOnes) {
  Conditions C(1);
  TermTable &T = C.Terms;
  TermId Number = T.symbol("a page number", Certainty::Free);
  TermId Rest = T.symbol("an offset", Certainty::Free);
  TermId Page = T.binary(BinaryKind::ShiftLeft, Number, T.constant(12), false);
  EXPECT_TRUE(C.All.equal(Page, T.constant(-1)).isFalse());
  EXPECT_TRUE(
      C.All.equal(T.binary(BinaryKind::Add, Page, Rest, false), T.constant(-1))
          .isFalse());
  // Of other numbers, and of other constants, it is open.
  EXPECT_FALSE(C.All.equal(Rest, T.constant(-1)).isConstant());
  EXPECT_FALSE(
      C.All
          .equal(T.binary(BinaryKind::Add, Page, Rest, false), T.constant(8192))
          .isConstant());
}

TEST(Guards, RolledBackFormulasAreForgotten) {
  // Later formulas get the ids of those that are gone.
  Conditions C(1);
  const std::vector<Bdd> Inputs = C.Pool;
  const Guards::Checkpoint Before = C.All.checkpoint();
  for (unsigned Round = 0; Round < 40; ++Round) {
    C.make(25);
    for (unsigned I = 0; I < 20; ++I) {
      auto [F, G] = C.two();
      bool None = C.exact(C.All.bdd().conj(F, G)).isFalse();
      ASSERT_EQ(C.All.isImpossible(F, G, 100'000), None) << Round;
    }
    C.Pool = Inputs;
    C.All.rollBack(Before);
  }
}

TEST(Guards, ImpossibleIsNotSaidForWantOfNodes) {
  // The condition contradicts itself only once all is put back.
  Conditions C(1);
  BddManager &B = C.All.bdd();
  Bdd Parity = C.All.yes();
  for (Bdd Input : C.Pool)
    Parity = B.exclusiveOr(Parity, Input);
  Bdd Simple = C.All.abstracted(Parity, C.All.yes(), 1);
  EXPECT_FALSE(C.All.isImpossible(Simple, B.negate(Parity), 0));
  EXPECT_TRUE(C.All.isImpossible(Simple, B.negate(Parity), 100'000));
}

} // namespace
