// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values with too many alternatives: which of them become one, and what stays
// known of it.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

Value Evaluator::widen(const std::string &What, const Value &Lost) {
  // Pointers and what confidentiality is made of are lost; any other number is
  // as good as an input.
  bool Kept = false;
  for (const Guarded &G : Lost)
    Kept |=
        Terms.term(G.What).Kind == TermKind::Pointer || Terms.isMarking(G.What);
  if (Kept)
    ++Noticed.Losses["merged values of " + What];
  TermId Merged = Terms.symbol("merged " + What,
                               Kept ? Certainty::Opaque : Certainty::Free);
  Terms.setMerged(Merged);
  return always(Conditions, Merged);
}

Value Evaluator::zeroOrNot(const std::string &What, const Value &Lost) {
  // What code asks most numbers is whether they are zero: that stays.
  Value Merged = widen(What, Lost);
  if (Terms.certainty(Merged[0].What) == Certainty::Opaque)
    return Merged;
  Bdd Set = truth(Conditions, Lost);
  Value Result;
  addAlternative(
      Conditions, Result, Set,
      Terms.binary(BinaryKind::Or, Merged[0].What, Terms.constant(1), true));
  addAlternative(Conditions, Result, B.negate(Set), Terms.constant(0));
  return Result;
}

std::pair<Value, Value> Evaluator::constantsOf(const Value &V) {
  // Constants are results that callers test for, and how memory is protected
  // must not be lost.
  std::pair<Value, Value> Result;
  for (const Guarded &G : V)
    (Terms.constantOf(G.What) || Terms.isMarking(G.What) ? Result.first
                                                         : Result.second)
        .push_back(G);
  if (Result.first.size() > Limits.Numbers / 2)
    Result = {{}, V};
  return Result;
}

Value Evaluator::widenNumbers(Value V, const std::string &What) {
  // What was computed becomes one number.
  auto [Constants, Others] = constantsOf(V);
  // What stands beside objects is for limitedResults().
  bool Objects = llvm::any_of(V, [&](const Guarded &G) {
    return Terms.term(G.What).Kind == TermKind::Pointer;
  });
  if (V.size() <= Limits.Numbers || Objects || Constants.empty() ||
      Others.empty())
    return V;
  Bdd When = Conditions.no();
  for (const Guarded &G : Others)
    When = B.disj(When, G.When);
  addAlternative(Conditions, Constants, When, widen(What, Others)[0].What);
  return Constants;
}

Value Evaluator::simplifiedRest(const std::string &What, const Value &Rest) {
  // One constant that was there before, such as the error value of a DMA
  // address, is what code will test for.
  auto [Result, Others] = constantsOf(Rest);
  if (Result.size() != 1 || Others.empty())
    return zeroOrNot(What, Rest);
  Bdd When = Conditions.no();
  for (const Guarded &G : Others)
    When = B.disj(When, G.When);
  for (const Guarded &G : zeroOrNot(What, Others))
    addAlternative(Conditions, Result, B.conj(When, G.When), G.What);
  return Result;
}

unsigned Evaluator::joinErrors(Value &V) {
  // Error codes become one: negative, and otherwise unknown. So do texts.
  auto IsError = [&](const Guarded &G) { return Terms.isErrorCode(G.What); };
  auto IsText = [&](const Guarded &G) {
    return Terms.term(G.What).Kind == TermKind::String;
  };
  const bool Errors = llvm::count_if(V, IsError) > 1;
  const bool Texts = llvm::count_if(V, IsText) > 1;
  if (!Errors && !Texts)
    return 0;
  TermId Error =
      Errors ? Terms.errorCode(Terms.symbol("an error code", Certainty::Free))
             : 0;
  Value Result;
  for (const Guarded &G : V)
    addAlternative(Conditions, Result, G.When,
                   Errors && IsError(G) ? Error
                   : Texts && IsText(G) ? Terms.string()
                                        : G.What);
  const auto Fewer = unsigned(V.size() - Result.size());
  V = std::move(Result);
  return Fewer;
}

Value Evaluator::limitedResults(Value V, Bdd Path, const std::string &What) {
  // Which object a function gives must not be lost with how many error codes
  // there are.
  Value Result, Numbers;
  Bdd When = Conditions.no();
  for (const Guarded &G : V) {
    bool Pointer = Terms.term(G.What).Kind == TermKind::Pointer;
    (Pointer ? Result : Numbers).push_back(G);
    if (!Pointer)
      When = B.disj(When, G.When);
  }
  if (Numbers.size() <= Limits.Numbers || Result.empty() ||
      Result.size() > Limits.Results)
    return limited(std::move(V), Path, What);
  if (joinErrors(Numbers); Numbers.size() > Limits.Numbers)
    Numbers = zeroOrNot(What, Numbers);
  for (const Guarded &G : Numbers)
    addAlternative(Conditions, Result, B.conj(When, G.When), G.What);
  return limited(std::move(Result), Path, What);
}

Value Evaluator::limited(Value V, Bdd Path, const std::string &What) {
  unsigned Numbers = 0;
  for (const Guarded &G : V)
    Numbers += Terms.term(G.What).Kind != TermKind::Pointer;
  if (Numbers > Limits.Numbers)
    Numbers -= joinErrors(V);
  if (V.size() > Limits.Alternatives || Numbers > Limits.Numbers)
    return widen(What, V);
  return compacted(Conditions, std::move(V), Path, Limits.ValueSize);
}

Value Evaluator::extended(const Value &V, Bdd Path) {
  Value Result;
  Bdd Left = Conditions.yes();
  for (const Guarded &G : V) {
    bool Last = &G == &V.back();
    Bdd When = Last ? Left : B.conj(Left, B.cofactor(G.When, Path));
    addAlternative(Conditions, Result, When, G.What);
    Left = B.conj(Left, B.negate(When));
  }
  return Result;
}

Value Evaluator::merged(Bdd Path, const Value &New, const Value &Old,
                        const std::string &What) {
  if (Path.isTrue())
    return New;
  if (Old.empty())
    return extended(New, Path);
  // What is written stays exact where it is written: only what it replaces
  // elsewhere may be simplified.
  Value Rest = under(Conditions, Old, B.negate(Path));
  bool Pointers = false;
  for (const Guarded &G : New)
    Pointers |= Terms.term(G.What).Kind == TermKind::Pointer;
  unsigned Limit = Pointers ? Limits.Alternatives : Limits.Numbers;
  if (Rest.size() > 1 && Rest.size() + New.size() > Limit)
    joinErrors(Rest);
  if (Rest.size() > 1 && Rest.size() + New.size() > Limit)
    Rest = simplifiedRest(What, Rest);
  Rest =
      compacted(Conditions, std::move(Rest), B.negate(Path), Limits.ValueSize);
  return choose(Conditions, Path, New, Rest);
}

} // namespace cocodma
