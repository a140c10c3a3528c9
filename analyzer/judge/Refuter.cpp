// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Refuter.h"

namespace cocodma {

std::vector<uint32_t> Refuter::undefinedBelow(Literal Root) {
  const std::vector<ClauseForm::Decision> &Decisions = Clauses.decisions();
  std::vector<uint32_t> Result, Atoms;
  std::vector<bool> Seen(Decisions.size());
  std::vector<uint32_t> Work = {Root.variable()};
  while (!Work.empty()) {
    const uint32_t Variable = Work.back();
    Work.pop_back();
    if (Seen[Variable])
      continue;
    Seen[Variable] = true;
    const ClauseForm::Decision &D = Decisions[Variable];
    if (D.Atom == ClauseForm::NoAtom) {
      Work.push_back(D.If.variable());
      Work.push_back((Clauses.holds(D.If) ? D.Then : D.Else).variable());
    } else if (auto Known = Defined.find(Variable); Known != Defined.end()) {
      Work.push_back(Known->second.variable());
    } else if (Clauses.variableOf(D.Atom) == Variable) {
      (Conditions.definition(D.Atom) ? Result : Atoms).push_back(D.Atom);
    }
  }
  if (Result.empty())
    Way = std::move(Atoms);
  return Result;
}

bool Refuter::areImpossible(llvm::ArrayRef<Bdd> All) {
  constexpr uint64_t Conflicts = 20'000; // After so many it is given up.
  Way.reset();
  std::vector<Literal> Roots;
  for (Bdd Here : All) {
    std::optional<Literal> Root = Clauses.encode(Here);
    if (!Root)
      return false;
    Roots.push_back(*Root);
  }
  // Assumed for this question only.
  const Literal One = Clauses.addFree();
  std::vector<Literal> Any = Roots;
  Any.push_back(~One);
  Clauses.solver().addClause(Any);
  for (;;) {
    std::optional<bool> Model = Clauses.solver().solve(Conflicts, One);
    if (!Model || !*Model)
      return Model.has_value();
    std::vector<uint32_t> Open;
    for (Literal Root : Roots)
      if (Clauses.holds(Root)) {
        Open = undefinedBelow(Root);
        break;
      }
    if (Open.empty())
      return false;
    for (uint32_t Choice : Open) {
      std::optional<Literal> Meaning = Clauses.define(Choice);
      if (!Meaning)
        return false;
      Defined.try_emplace(*Clauses.variableOf(Choice), *Meaning);
    }
  }
}

} // namespace cocodma
