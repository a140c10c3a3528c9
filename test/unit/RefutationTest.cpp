// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a condition can come about is told by a search over clauses. What is
// told must agree with the whole formula, in which every simplification is put
// back.
#include "judge/Verdicts.h"
#include "link/Program.h"

#include <gtest/gtest.h>

#include <random>

using namespace cocodma;

namespace {

std::optional<bool> notFixed(uint32_t) { return std::nullopt; }

struct RefutationTest : testing::Test {
  RefutationTest() {
    for (unsigned I = 0; I < 24; ++I)
      Atoms.push_back(Conditions.truth(
          Terms.symbol("input " + std::to_string(I),
                       I % 4 ? Certainty::Free : Certainty::Opaque)));
  }

  /// A formula over some of \p Of.
  Bdd random(const std::vector<Bdd> &Of, unsigned Size) {
    Bdd Result = Of[Number() % Of.size()];
    for (unsigned I = 0; I < Size; ++I) {
      Bdd Next = Of[Number() % Of.size()];
      if (Number() % 2)
        Next = B.negate(Next);
      unsigned How = Number() % 5;
      Result = How == 0  ? B.exclusiveOr(Result, Next)
               : How < 3 ? B.conj(Result, Next)
                         : B.disj(Result, Next);
    }
    return Result;
  }

  /// \p When with every simplification put back, newest first.
  Bdd exact(Bdd When) {
    for (;;) {
      std::optional<uint32_t> Choice;
      for (uint32_t Variable : B.support(When))
        if (!Choice && Conditions.definition(Variable))
          Choice = Variable;
      if (!Choice)
        return When;
      Bdd Meaning = *Conditions.definition(*Choice);
      When = B.substitute(When, [&](uint32_t Variable) {
        return Variable == *Choice ? Meaning : B.variable(Variable);
      });
    }
  }

  Program Linked;
  TermTable Terms{Linked};
  Guards Conditions{Terms};
  BddManager &B = Conditions.bdd();
  Spec Vocabulary;
  Facts Known{Vocabulary, Linked};
  Profile Platform;
  std::vector<Bdd> Atoms;
  /// The same numbers each time: a failure can be repeated.
  std::mt19937 Number{7}; // NOLINT(bugprone-random-generator-seed)
};

TEST_F(RefutationTest, AgreesWithTheWholeFormula) {
  unsigned Count[3] = {};
  for (unsigned Case = 0; Case < 600; ++Case) {
    // Simplifications of formulas that hold simplifications themselves.
    std::vector<Bdd> Parts = Atoms;
    for (unsigned I = 0; I < 24; ++I)
      Parts.push_back(Conditions.abstracted(random(Parts, 10), Conditions.yes(),
                                            /*Limit=*/2));
    Bdd When = random({Parts.begin() + 24, Parts.end()}, 24);
    ProfileJudge Judge(Conditions, Terms, Known, Platform);
    std::optional<Bdd> Way;
    Possibility Told = Judge.possibility(When, /*Strict=*/false, &Way);
    const Bdd Whole = exact(When);
    EXPECT_EQ(Told == Possibility::Never, Whole.isFalse()) << "case " << Case;
    Refuter Search(Conditions, notFixed);
    EXPECT_EQ(Search.areImpossible(When), Whole.isFalse()) << "case " << Case;
    const Bdd Never = B.conj(Atoms[0], B.negate(Atoms[0]));
    EXPECT_EQ(Search.areImpossible({When, Never}), Whole.isFalse());
    EXPECT_FALSE(Search.areImpossible({Never, Atoms[0], When}));
    if (Told == Possibility::Possible) {
      ASSERT_TRUE(Way);
      EXPECT_TRUE(B.entails(*Way, Whole)) << "case " << Case;
      EXPECT_FALSE(Way->isFalse());
      for (uint32_t Variable : B.support(*Way))
        EXPECT_NE(Conditions.atom(Variable).Kind, Certainty::Opaque);
    }
    ++Count[unsigned(Told)];
  }
  // All answers were given.
  for (unsigned Told : Count)
    EXPECT_GT(Told, 10u);
}

TEST_F(RefutationTest, SureWaysHangOnNothingOpen) {
  // What one formula taught must not change what is told of the next.
  ProfileJudge Judge(Conditions, Terms, Known, Platform);
  SureWays Ways(Judge);
  unsigned Sure = 0, Unsure = 0;
  for (unsigned Case = 0; Case < 300; ++Case) {
    std::vector<Bdd> Parts = Atoms;
    for (unsigned I = 0; I < 8; ++I)
      Parts.push_back(Conditions.abstracted(random(Parts, 10), Conditions.yes(),
                                            /*Limit=*/2));
    const Bdd When = B.conj(random({Parts.begin() + 24, Parts.end()}, 6),
                            Case % 2 ? Atoms[Case % 24] : Conditions.yes());
    const uint32_t Open = B.topVariable(Atoms[Case % 24]);
    auto IsOpen = [&](uint32_t Variable) { return Variable == Open; };
    const Bdd Whole = exact(When);
    const Bdd Certain = B.forall(Whole, [&](uint32_t Variable) {
      return IsOpen(Variable) ||
             Conditions.atom(Variable).Kind == Certainty::Opaque;
    });
    const bool Told = Ways.exist(When, IsOpen);
    // A way is sure only if no choice of what is open can spoil it.
    if (Told)
      EXPECT_FALSE(Certain.isFalse()) << "case " << Case;
    if (Case % 2)
      EXPECT_FALSE(Told) << "case " << Case;
    ++(Told ? Sure : Unsure);
  }
  EXPECT_GT(Sure, 50u);
  EXPECT_GT(Unsure, 150u);
}

} // namespace
