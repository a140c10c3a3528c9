// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/Sat.h"
#include "support/Bdd.h"

#include <gtest/gtest.h>

#include <random>

using namespace cocodma;

namespace {

TEST(SatTest, NoClauseIsSatisfied) {
  SatSolver Solver;
  Solver.addVariable();
  EXPECT_EQ(Solver.solve(10), true);
}

TEST(SatTest, EmptyClauseIsNot) {
  SatSolver Solver;
  Solver.addClause({});
  EXPECT_EQ(Solver.solve(10), false);
}

TEST(SatTest, AssumptionHoldsForOneQuestion) {
  SatSolver Solver;
  Literal A(Solver.addVariable(), false), C(Solver.addVariable(), false);
  Solver.addClause({~A, C});
  Solver.addClause({~A, ~C});
  EXPECT_EQ(Solver.solve(10, A), false);
  EXPECT_EQ(Solver.solve(10, ~A), true);
  EXPECT_EQ(Solver.solve(10), true);
  EXPECT_FALSE(Solver.value(A.variable()));
}

TEST(SatTest, GivesUpAfterSoManyDeadEnds) {
  // More pigeons than holes: short to say, long to refute.
  constexpr unsigned Holes = 9;
  SatSolver Solver;
  std::vector<std::vector<Literal>> In(Holes + 1);
  for (auto &Pigeon : In) {
    for (unsigned Hole = 0; Hole < Holes; ++Hole)
      Pigeon.emplace_back(Solver.addVariable(), false);
    Solver.addClause(Pigeon);
  }
  for (unsigned Hole = 0; Hole < Holes; ++Hole)
    for (unsigned I = 0; I <= Holes; ++I)
      for (unsigned J = 0; J < I; ++J)
        Solver.addClause({~In[I][Hole], ~In[J][Hole]});
  EXPECT_EQ(Solver.solve(20), std::nullopt);
}

TEST(SatTest, AgreesWithBdds) {
  // About as many clauses as make half of the problems satisfiable.
  constexpr unsigned Variables = 12, Clauses = 51;
  std::mt19937 Number{5}; // NOLINT(bugprone-random-generator-seed)
  unsigned Satisfied = 0;
  for (unsigned Case = 0; Case < 300; ++Case) {
    BddManager B;
    SatSolver Solver;
    Bdd All = B.constant(true);
    for (unsigned I = 0; I < Variables; ++I)
      Solver.addVariable();
    std::vector<std::vector<Literal>> Given;
    for (unsigned I = 0; I < Clauses; ++I) {
      std::vector<Literal> Clause;
      Bdd Any = B.constant(false);
      for (unsigned J = 0; J < 3; ++J) {
        Literal L(Number() % Variables, Number() % 2);
        Clause.push_back(L);
        Bdd Atom = B.variable(L.variable());
        Any = B.disj(Any, L.isNegated() ? B.negate(Atom) : Atom);
      }
      Solver.addClause(Clause);
      Given.push_back(Clause);
      All = B.conj(All, Any);
    }
    std::optional<bool> Model = Solver.solve(100'000);
    ASSERT_EQ(Model, !All.isFalse()) << "case " << Case;
    Satisfied += *Model;
    if (*Model)
      EXPECT_TRUE(B.evaluate(
          All, [&](uint32_t Variable) { return Solver.value(Variable); }));
  }
  EXPECT_GT(Satisfied, 50u);
  EXPECT_LT(Satisfied, 250u);
}

} // namespace
