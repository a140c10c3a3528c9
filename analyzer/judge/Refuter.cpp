// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Refuter.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

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

Literal Refuter::assumeOneOf(std::vector<Literal> Roots) {
  const Literal One = Clauses.addFree();
  Roots.push_back(~One);
  Clauses.solver().addClause(Roots);
  return One;
}

std::optional<bool> Refuter::findWay(llvm::ArrayRef<Literal> Roots,
                                     Literal Assumed) {
  constexpr uint64_t Conflicts = 20'000; // After so many it is given up.
  for (;;) {
    std::optional<bool> Model = Clauses.solver().solve(Conflicts, Assumed);
    if (!Model || !*Model)
      return Model;
    std::vector<uint32_t> Undefined;
    if (auto Root = llvm::find_if(
            Roots, [this](Literal L) { return Clauses.holds(L); });
        Root != Roots.end())
      Undefined = undefinedBelow(*Root);
    if (Undefined.empty())
      return true;
    for (uint32_t Choice : Undefined) {
      std::optional<Literal> Meaning = Clauses.define(Choice);
      if (!Meaning)
        return std::nullopt;
      Defined.try_emplace(*Clauses.variableOf(Choice), *Meaning);
    }
  }
}

bool Refuter::areImpossible(llvm::ArrayRef<Bdd> All) {
  std::vector<Literal> Roots;
  for (Bdd Here : All) {
    std::optional<Literal> Root = Clauses.encode(Here);
    if (!Root)
      return false;
    Roots.push_back(*Root);
  }
  return findWay(Roots, assumeOneOf(Roots)) == false;
}

std::optional<bool>
Refuter::holdsWhatever(Bdd Here, llvm::function_ref<bool(uint32_t)> IsOpen) {
  std::optional<Literal> Root = Clauses.encode(Here);
  if (!Root)
    return std::nullopt;
  const Literal Assumed = assumeOneOf({*Root});
  llvm::DenseSet<uint32_t> Chosen;
  for (;;) {
    std::optional<bool> Found = findWay(*Root, Assumed);
    if (!Found || !*Found)
      return Found;
    if (llvm::none_of(Way, IsOpen))
      return true;
    // Against the values that this way has: they are read before clauses come.
    std::vector<Literal> Opposite;
    for (uint32_t Atom : Way)
      if (IsOpen(Atom) && Chosen.insert(Atom).second) {
        const Literal Is(*Clauses.variableOf(Atom), false);
        Opposite.push_back(Clauses.holds(Is) ? ~Is : Is);
      }
    if (Opposite.empty())
      return std::nullopt;
    for (Literal L : Opposite)
      Clauses.solver().addClause({~Assumed, L});
  }
}

} // namespace cocodma
