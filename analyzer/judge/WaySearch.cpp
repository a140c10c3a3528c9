// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/WaySearch.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

Bdd WaySearch::followed(Bdd F) const {
  const BddManager &B = Conditions.bdd();
  while (!F.isConstant()) {
    std::optional<bool> Value = Fixed(B.topVariable(F));
    if (!Value)
      break;
    F = *Value ? B.high(F) : B.low(F);
  }
  return F;
}

std::optional<Literal> WaySearch::known(Bdd F) const {
  if (F.isConstant())
    return constant(F.isTrue());
  auto Entry = Nodes.find(F.id() >> 1);
  if (Entry == Nodes.end())
    return std::nullopt;
  return Literal(Entry->second, F.id() & 1);
}

std::optional<Literal> WaySearch::knownAtom(uint32_t Variable) const {
  // A choice is what it stands for.
  if (std::optional<Bdd> Meaning = Conditions.definition(Variable))
    return known(followed(*Meaning));
  auto Entry = Atoms.find(Variable);
  if (Entry == Atoms.end())
    return std::nullopt;
  return Literal(Entry->second, false);
}

void WaySearch::add(Decision New, llvm::DenseMap<uint32_t, uint32_t> &To,
                    uint32_t Key) {
  uint32_t Variable = Solver.addVariable();
  To[Key] = Variable;
  Decisions.push_back(New);
  if (New.Atom != NoAtom)
    return;
  Literal Self(Variable, false);
  Solver.addClause({~Self, ~New.If, New.Then});
  Solver.addClause({~Self, New.If, New.Else});
  Solver.addClause({Self, ~New.If, ~New.Then});
  Solver.addClause({Self, New.If, ~New.Else});
  // These follow; without them the search takes ten times as long.
  Solver.addClause({~Self, New.Then, New.Else});
  Solver.addClause({Self, ~New.Then, ~New.Else});
}

std::optional<Literal> WaySearch::encode(Bdd Here) {
  constexpr size_t Most = 1'000'000;
  const BddManager &B = Conditions.bdd();
  if (Decisions.empty()) {
    // Variable 0 is the constant.
    Decisions.push_back({constant(true), constant(true), constant(true), 0});
    Solver.addClause({Literal(Solver.addVariable(), false)});
  }
  std::vector<Bdd> Open = {followed(Here)};
  const Bdd Root = Open.front();
  while (!Open.empty()) {
    const Bdd Positive = Bdd::fromId(Open.back().id() & ~1u);
    if (known(Positive)) {
      Open.pop_back();
      continue;
    }
    if (Decisions.size() > Most)
      return std::nullopt;
    const uint32_t Variable = B.topVariable(Positive);
    const Bdd Then = followed(B.high(Positive)),
              Else = followed(B.low(Positive));
    std::optional<Literal> If = knownAtom(Variable);
    if (!If) {
      if (std::optional<Bdd> Meaning = Conditions.definition(Variable))
        Open.push_back(followed(*Meaning));
      else {
        add({constant(true), constant(true), constant(true), Variable}, Atoms,
            Variable);
        If = knownAtom(Variable);
      }
    }
    const std::optional<Literal> IfTrue = known(Then), IfFalse = known(Else);
    if (!IfTrue)
      Open.push_back(Then);
    if (!IfFalse)
      Open.push_back(Else);
    if (!If || !IfTrue || !IfFalse)
      continue;
    Open.pop_back();
    add({*If, *IfTrue, *IfFalse, NoAtom}, Nodes, Positive.id() >> 1);
  }
  return known(Root);
}

bool WaySearch::explain(Literal Root) {
  // Where both branches come to the same, which one is taken need not be known.
  enum : uint8_t { Lost, ByDecision, ByBoth };
  std::vector<uint8_t> How(Decisions.size(), Lost);
  auto IsSafe = [&](Literal L) { return How[L.variable()] != Lost; };
  for (size_t I = 0; I < Decisions.size(); ++I) {
    const Decision &D = Decisions[I];
    if (I == 0 || D.Atom != NoAtom)
      How[I] = I == 0 || !IsLost(D.Atom) ? ByDecision : Lost;
    else if (IsSafe(D.If) && IsSafe(holds(D.If) ? D.Then : D.Else))
      How[I] = ByDecision;
    else if (holds(D.Then) == holds(D.Else) && IsSafe(D.Then) && IsSafe(D.Else))
      How[I] = ByBoth;
  }
  std::vector<bool> Needed(Decisions.size());
  Needed[Root.variable()] = true;
  Found.clear();
  for (size_t I = Decisions.size(); I-- > 1;) {
    const Decision &D = Decisions[I];
    if (!Needed[I])
      continue;
    if (D.Atom != NoAtom) {
      Found.push_back({D.Atom, Solver.value(uint32_t(I))});
      continue;
    }
    if (How[I] != ByBoth)
      Needed[D.If.variable()] = true;
    if (How[I] == ByBoth || holds(D.If))
      Needed[D.Then.variable()] = true;
    if (How[I] == ByBoth || !holds(D.If))
      Needed[D.Else.variable()] = true;
  }
  llvm::sort(Found);
  return How[Root.variable()] != Lost;
}

std::optional<bool> WaySearch::findSure(Literal Root) {
  // Two variables for each decision: that it is certainly true, and that it is
  // certainly false, whatever was lost. Neither need hold.
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
    } else if (D.Atom == NoAtom) {
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
      if (D.Atom != NoAtom) {
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

bool WaySearch::areImpossible(llvm::ArrayRef<Bdd> All) {
  std::vector<Literal> Any;
  for (Bdd Here : All) {
    std::optional<Literal> Root = encode(Here);
    if (!Root)
      return false;
    Any.push_back(*Root);
  }
  if (Any.size() == 1)
    return !Solver.solve(Conflicts, Any.front()).value_or(true);
  // Assumed for this question only.
  const Literal One(Solver.addVariable(), false);
  Decisions.push_back({constant(true), constant(true), constant(true), 0});
  Any.push_back(~One);
  Solver.addClause(Any);
  return !Solver.solve(Conflicts, One).value_or(true);
}

bool WaySearch::hangsOn(Bdd Here, llvm::function_ref<bool(uint32_t)> IsOpen) {
  std::optional<Literal> Root = encode(Here);
  return Root && Solver.settles(*Root, [&](uint32_t Variable) {
    const uint32_t Atom = Decisions[Variable].Atom;
    if (Atom == NoAtom) // Which no key of a DenseMap may be.
      return false;
    auto Entry = Atoms.find(Atom);
    return Entry != Atoms.end() && Entry->second == Variable && IsOpen(Atom);
  });
}

WaySearch::Answer WaySearch::find(Bdd Here) {
  std::optional<Literal> Root = encode(Here);
  if (!Root)
    return Answer::TooLarge;
  Solver.addClause({*Root});
  std::optional<bool> Model = Solver.solve(Conflicts);
  if (!Model)
    return Answer::TooLarge;
  if (!*Model)
    return Answer::Never;
  if (explain(*Root) || findSure(*Root).value_or(false))
    return Answer::Found;
  return Answer::Lost;
}

} // namespace cocodma
