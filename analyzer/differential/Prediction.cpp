// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/Prediction.h"

namespace cocodma {

namespace {

/// New nodes that one case may make.
constexpr size_t CaseNodes = 400'000;

/// Puts values in the place of atoms, and what was simplified in the place of
/// the choices that stand for it.
class Resolver {
public:
  Resolver(Valuation &Values, Guards &Conditions)
      : Values(Values), Conditions(Conditions) {}

  Bdd resolve(Bdd F) {
    return Conditions.bdd().substitute(
        F, [this](uint32_t Variable) { return meaning(Variable); });
  }

private:
  Bdd meaning(uint32_t Variable) {
    auto Found = Meanings.find(Variable);
    if (Found != Meanings.end())
      return Found->second;
    BddManager &B = Conditions.bdd();
    Bdd Result = B.variable(Variable);
    if (std::optional<bool> Value = Values.holds(Variable))
      Result = B.constant(*Value);
    else if (std::optional<Bdd> Of = Conditions.definition(Variable))
      Result = resolve(*Of);
    return Meanings[Variable] = Result;
  }

  Valuation &Values;
  Guards &Conditions;
  std::map<uint32_t, Bdd> Meanings;
};

/// True if the term contains what was computed from an address: its value is
/// not known, however much is told.
bool isDerived(const TermTable &Terms, TermId Id) {
  const Term &T = Terms.term(Id);
  switch (T.Kind) {
  case TermKind::Pointer:
    return T.B != 0 && Terms.last(T.B).What == PathStep::Kind::Derived;
  case TermKind::Binary:
    return isDerived(Terms, T.A) || isDerived(Terms, T.B);
  case TermKind::Unary:
    return isDerived(Terms, T.A);
  default:
    return false;
  }
}

/// True if the atom says nothing of an input that a run could tell.
bool isLost(const Atom &A, const TermTable &Terms) {
  if (A.Kind == Certainty::Opaque || A.Guess || A.What == Predicate::Choice ||
      A.What == Predicate::SameObject)
    return true;
  if (A.What == Predicate::NotNull || A.What == Predicate::ErrorValue)
    return Terms.object(A.Subject).Lost;
  return Terms.isMerged(A.Subject) || isDerived(Terms, A.Subject);
}

/// How far \p Is, with all values in it, answers its question. Adds to \p Open
/// what it hangs on.
Answer answer(Bdd Is, const Guards &Conditions, const TermTable &Terms,
              BddManager &B, std::map<std::string, bool> &Open) {
  if (Is.isConstant())
    return Answer::Decided;
  Answer Result = Answer::Open;
  for (uint32_t Variable : B.support(Is)) {
    bool Lost = isLost(Conditions.atom(Variable), Terms);
    Open[Conditions.describe(Variable, true)] |= Lost;
    if (Lost)
      Result = Answer::Lost;
  }
  return Result;
}

} // namespace

Prediction predict(const CallGuards &Of, Valuation &Values, Guards &Conditions,
                   const TermTable &Terms) {
  Prediction Result;
  BddManager &B = Conditions.bdd();
  NodeBudget Limit(B, CaseNodes);
  Resolver Here(Values, Conditions);
  Bdd Fails = Here.resolve(Of.Fails), Acts = Here.resolve(Of.Acts),
      Releases = Here.resolve(Of.Releases);
  auto Is = [&](Bdd Question, bool Yes) {
    return Yes ? Question : B.negate(Question);
  };
  for (bool F : {false, true})
    for (bool A : {false, true})
      for (bool R : {false, true})
        if (B.exhausted() || !Of.Complete ||
            !B.disjoint(B.conj(Is(Fails, F), Is(Acts, A)), Is(Releases, R)))
          Result.Possible.insert({F, A, R});
  if (B.exhausted() || !Of.Complete) {
    Result.Fails = Result.Acts = Result.Releases = Answer::Lost;
    Result.Open["what is beyond a limit of the analysis"] = true;
    return Result;
  }
  Result.Fails = answer(Fails, Conditions, Terms, B, Result.Open);
  Result.Acts = answer(Acts, Conditions, Terms, B, Result.Open);
  Result.Releases = answer(Releases, Conditions, Terms, B, Result.Open);
  return Result;
}

} // namespace cocodma
