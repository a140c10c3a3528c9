// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/ClauseForm.h"

namespace cocodma {

std::optional<Bdd> ClauseForm::meaning(uint32_t Variable) const {
  return How == Choices::Defined ? Conditions.definition(Variable)
                                 : std::nullopt;
}

Bdd ClauseForm::followed(Bdd F) const {
  const BddManager &B = Conditions.bdd();
  while (!F.isConstant()) {
    std::optional<bool> Value = Fixed(B.topVariable(F));
    if (!Value)
      break;
    F = *Value ? B.high(F) : B.low(F);
  }
  return F;
}

std::optional<Literal> ClauseForm::known(Bdd F) const {
  if (F.isConstant())
    return constant(F.isTrue());
  auto Entry = Nodes.find(F.id() >> 1);
  if (Entry == Nodes.end())
    return std::nullopt;
  return Literal(Entry->second, F.id() & 1);
}

std::optional<uint32_t> ClauseForm::variableOf(uint32_t Atom) const {
  auto Entry = Atoms.find(Atom);
  return Entry == Atoms.end() ? std::nullopt : std::optional(Entry->second);
}

std::optional<Literal> ClauseForm::knownAtom(uint32_t Variable) const {
  if (std::optional<Bdd> Meaning = meaning(Variable))
    return known(followed(*Meaning));
  if (std::optional<uint32_t> Known = variableOf(Variable))
    return Literal(*Known, false);
  return std::nullopt;
}

void ClauseForm::add(Decision New, llvm::DenseMap<uint32_t, uint32_t> &To,
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

Literal ClauseForm::addFree() {
  if (Decisions.empty())
    encode(Conditions.yes());
  Decisions.push_back({constant(true), constant(true), constant(true), 0});
  return Literal(Solver.addVariable(), false);
}

std::optional<Literal> ClauseForm::encode(Bdd Here) {
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
      if (std::optional<Bdd> Meaning = meaning(Variable))
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

std::optional<Literal> ClauseForm::define(uint32_t Choice) {
  const std::optional<Literal> Meaning = encode(*Conditions.definition(Choice));
  if (!Meaning)
    return std::nullopt;
  const Literal Self(*variableOf(Choice), false);
  Solver.addClause({~Self, *Meaning});
  Solver.addClause({Self, ~*Meaning});
  return Meaning;
}

} // namespace cocodma
