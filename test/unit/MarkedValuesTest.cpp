// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a device holds at its registration, told by its markers: also where the
// condition of a value was simplified before, and only where markers decide it.
#include "lifecycle/MarkedValues.h"
#include "link/Program.h"

#include <gtest/gtest.h>

using namespace cocodma;

namespace {

struct MarkedValuesTest : testing::Test {
  Bdd input(const std::string &Name) {
    return Conditions.truth(Terms.symbol(Name, Certainty::Free));
  }
  /// Parity of \p Count inputs: no smaller formula says the same.
  Bdd large(unsigned Count) {
    Bdd Result = Conditions.no();
    for (unsigned I = 0; I < Count; ++I)
      Result = Conditions.bdd().exclusiveOr(Result,
                                            input("bit " + std::to_string(I)));
    return Result;
  }
  /// Null where \p When holds, else a pool.
  Value nullIf(Bdd When) {
    Value Result;
    addAlternative(Conditions, Result, When, Terms.constant(0));
    addAlternative(Conditions, Result, Conditions.bdd().negate(When),
                   Terms.constant(1));
    return Result;
  }
  Bdd isNull(const Value &V) {
    for (const Guarded &G : V)
      if (G.What == Terms.constant(0))
        return G.When;
    return Conditions.no();
  }
  /// What is known of a device whose \p Marker is set where \p Meaning holds.
  Bdd known(TermId Marker, Bdd Meaning) {
    BddManager &B = Conditions.bdd();
    return B.negate(B.exclusiveOr(Conditions.truth(Marker), Meaning));
  }

  Program Linked;
  TermTable Terms{Linked};
  Guards Conditions{Terms};
};

TEST_F(MarkedValuesTest, TellsAValueThatTheMarkerDecidesByTheMarker) {
  TermId Marker = Terms.symbol("marker", Certainty::Free);
  Bdd Offered = input("offered");
  MarkedValues Values(Conditions, known(Marker, Offered), Marker);
  EXPECT_EQ(isNull(Values.settled(nullIf(Offered))), Conditions.truth(Marker));
}

TEST_F(MarkedValuesTest, PutsBackWhatWasSimplified) {
  TermId Marker = Terms.symbol("marker", Certainty::Free);
  Bdd Offered = large(40);
  Bdd Simple = Conditions.abstracted(Offered, Conditions.yes(), 10);
  ASSERT_NE(Simple, Offered);
  MarkedValues Values(Conditions, known(Marker, Offered), Marker);
  EXPECT_EQ(isNull(Values.settled(nullIf(Simple))), Conditions.truth(Marker));
}

TEST_F(MarkedValuesTest, DecidesNothingThatHangsOnSomethingElse) {
  TermId Marker = Terms.symbol("marker", Certainty::Free);
  Bdd Offered = input("offered"), Other = input("other");
  MarkedValues Values(Conditions, known(Marker, Offered), Marker);
  EXPECT_FALSE(Values.decided(nullIf(Other)));
  EXPECT_EQ(Values.settled(nullIf(Other)).size(), 2u);
}

TEST_F(MarkedValuesTest, KeepsWhatIsOpenInOneSettingOnly) {
  // Null if the device is marked; if it is not, that hangs on something else.
  BddManager &B = Conditions.bdd();
  TermId Marker = Terms.symbol("marker", Certainty::Free);
  Bdd Offered = input("offered"), Other = input("other");
  MarkedValues Values(Conditions, known(Marker, Offered), Marker);
  Bdd Null = isNull(Values.settled(nullIf(B.disj(Offered, Other))));
  EXPECT_TRUE(B.entails(Conditions.truth(Marker), Null));
  EXPECT_FALSE(B.disjoint(Null, B.negate(Conditions.truth(Marker))));
  EXPECT_FALSE(Null.isTrue());
}

TEST_F(MarkedValuesTest, LooksAtTwoMarkersThatHangTogether) {
  BddManager &B = Conditions.bdd();
  TermId Ring = Terms.symbol("ring", Certainty::Free);
  TermId External = Terms.symbol("external", Certainty::Free);
  Bdd First = input("first"), Second = input("second");
  Bdd Both = B.conj(First, Second);
  Bdd Known = B.conj(known(Ring, First), known(External, Both));
  MarkedValues Values(Conditions, Known, {Ring, External});
  Bdd Null = isNull(Values.settled(nullIf(Both)));
  EXPECT_TRUE(
      B.disjoint(Known, B.exclusiveOr(Null, Conditions.truth(External))));
}

TEST_F(MarkedValuesTest, TellsWhatIsImpossibleWithinItsLimit) {
  Bdd Offered = large(40);
  Bdd Simple = Conditions.abstracted(Offered, Conditions.yes(), 10);
  Bdd Never = Conditions.bdd().negate(Offered);
  // Nodes that are there cost nothing, so the narrow limit comes first.
  EXPECT_FALSE(Conditions.isImpossible(Simple, Never, 0));
  EXPECT_TRUE(Conditions.isImpossible(Simple, Never, 10'000));
  EXPECT_FALSE(Conditions.isImpossible(Simple, Offered, 10'000));
}

} // namespace
