// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/WaySearch.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

bool WaySearch::explain(Literal Root) {
  // Where both branches come to the same, which one is taken need not be known.
  enum : uint8_t { Lost, ByDecision, ByBoth };
  const std::vector<Decision> &Decisions = Clauses.decisions();
  std::vector<uint8_t> How(Decisions.size(), Lost);
  auto IsSafe = [&](Literal L) { return How[L.variable()] != Lost; };
  for (size_t I = 0; I < Decisions.size(); ++I) {
    const Decision &D = Decisions[I];
    if (I == 0 || D.Atom != ClauseForm::NoAtom)
      How[I] = I == 0 || !IsLost(D.Atom) ? ByDecision : Lost;
    else if (IsSafe(D.If) && IsSafe(Clauses.holds(D.If) ? D.Then : D.Else))
      How[I] = ByDecision;
    else if (Clauses.holds(D.Then) == Clauses.holds(D.Else) && IsSafe(D.Then) &&
             IsSafe(D.Else))
      How[I] = ByBoth;
  }
  std::vector<bool> Needed(Decisions.size());
  Needed[Root.variable()] = true;
  Found.clear();
  for (size_t I = Decisions.size(); I-- > 1;) {
    const Decision &D = Decisions[I];
    if (!Needed[I])
      continue;
    if (D.Atom != ClauseForm::NoAtom) {
      Found.push_back({D.Atom, Clauses.solver().value(uint32_t(I))});
      continue;
    }
    if (How[I] != ByBoth)
      Needed[D.If.variable()] = true;
    if (How[I] == ByBoth || Clauses.holds(D.If))
      Needed[D.Then.variable()] = true;
    if (How[I] == ByBoth || !Clauses.holds(D.If))
      Needed[D.Else.variable()] = true;
  }
  llvm::sort(Found);
  return How[Root.variable()] != Lost;
}

std::optional<bool> WaySearch::findSure(Literal Root) {
  // Two variables for each decision: that it is certainly true, and that it is
  // certainly false, whatever was lost. Neither need hold.
  const std::vector<Decision> &Decisions = Clauses.decisions();
  SatSolver Sure;
  for (size_t I = 0; I < Decisions.size(); ++I)
    for (bool Negated : {false, true}) {
      (void)Negated;
      Sure.addVariable();
    }
  auto Is = [](Literal L) {
    return Literal(L.variable() * 2 + L.isNegated(), false);
  };
  for (uint32_t I = 0; I < Decisions.size(); ++I) {
    const Decision &D = Decisions[I];
    const Literal Self(I, false);
    Sure.addClause({~Is(Self), ~Is(~Self)});
    if (I == 0) {
      Sure.addClause({Is(Self)});
    } else if (D.Atom == ClauseForm::NoAtom) {
      for (bool Value : {true, false}) {
        Literal Here = Value ? Self : ~Self;
        Literal Then = Value ? D.Then : ~D.Then;
        Literal Else = Value ? D.Else : ~D.Else;
        Sure.addClause({~Is(Here), Is(D.If), Is(Else)});
        Sure.addClause({~Is(Here), Is(~D.If), Is(Then)});
        Sure.addClause({~Is(Here), Is(Then), Is(Else)});
      }
    } else if (IsLost(D.Atom)) {
      Sure.addClause({~Is(Self)});
      Sure.addClause({~Is(~Self)});
    }
  }
  Sure.addClause({Is(Root)});
  std::optional<bool> Model = Sure.solve(Conflicts);
  if (!Model || !*Model)
    return Model;
  auto Holds = [&](Literal L) { return Sure.value(Is(L).variable()); };
  std::vector<bool> Needed(Decisions.size() * 2);
  auto Need = [&](Literal L) { Needed[Is(L).variable()] = true; };
  Need(Root);
  Found.clear();
  for (uint32_t I = uint32_t(Decisions.size()); I-- > 1;)
    for (bool Value : {true, false}) {
      const Decision &D = Decisions[I];
      const Literal Self(I, !Value);
      if (!Needed[Is(Self).variable()])
        continue;
      if (D.Atom != ClauseForm::NoAtom) {
        Found.push_back({D.Atom, Value});
        continue;
      }
      Literal Then = Value ? D.Then : ~D.Then;
      Literal Else = Value ? D.Else : ~D.Else;
      if (Holds(D.If) && Holds(Then)) {
        Need(D.If);
        Need(Then);
      } else if (Holds(~D.If) && Holds(Else)) {
        Need(~D.If);
        Need(Else);
      } else {
        Need(Then);
        Need(Else);
      }
    }
  llvm::sort(Found);
  return true;
}

WaySearch::Answer WaySearch::find(Bdd Here) {
  std::optional<Literal> Root = Clauses.encode(Here);
  if (!Root)
    return Answer::TooLarge;
  Clauses.solver().addClause({*Root});
  std::optional<bool> Model = Clauses.solver().solve(Conflicts);
  if (!Model)
    return Answer::TooLarge;
  if (!*Model)
    return Answer::Never;
  if (explain(*Root) || findSure(*Root).value_or(false))
    return Answer::Found;
  return Answer::Lost;
}

} // namespace cocodma
