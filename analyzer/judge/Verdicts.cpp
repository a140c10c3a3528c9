// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Verdicts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

namespace cocodma {

ProfileJudge::ProfileJudge(Guards &Conditions, TermTable &Terms,
                           const Facts &Known, const Profile &Platform)
    : Conditions(Conditions), Terms(Terms), Known(Known), Platform(Platform) {}

std::optional<bool> ProfileJudge::fixedValue(uint32_t Variable) {
  uint32_t Index = Guards::indexOf(Variable);
  if (Index >= Cache.size())
    Cache.resize(Conditions.atomCount(), -1);
  int8_t &Slot = Cache[Index];
  if (Slot < 0) {
    Slot = 2;
    const Atom &A = Conditions.atom(Variable);
    bool OfTerm = A.What == Predicate::Zero || A.What == Predicate::Negative ||
                  A.What == Predicate::Equals || A.What == Predicate::Bit ||
                  A.What == Predicate::LessThan;
    if (OfTerm && Terms.term(A.Subject).Kind == TermKind::Symbol) {
      const Symbol &S = Terms.symbolOf(A.Subject);
      if (S.Fact != None)
        if (std::optional<int64_t> Value = Known.value(S.Fact, Platform))
          Slot = Guards::evaluate(A, *Value);
    }
  }
  if (Slot == 2)
    return std::nullopt;
  return Slot == 1;
}

Bdd ProfileJudge::onPlatform(Bdd When) {
  BddManager &B = Conditions.bdd();
  return B.substitute(When, [&](uint32_t Variable) {
    std::optional<bool> Value = fixedValue(Variable);
    return Value ? B.constant(*Value) : B.variable(Variable);
  });
}

bool ProfileJudge::takeBack(Bdd &Now) {
  // The newest choice first: what it stands for is made of older atoms.
  BddManager &B = Conditions.bdd();
  for (uint32_t Which : B.support(Now)) {
    std::optional<Bdd> Meaning = Conditions.definition(Which);
    if (!Meaning)
      continue;
    Bdd Exact = onPlatform(*Meaning);
    Bdd Next = B.substitute(Now, [&](uint32_t Variable) {
      return Variable == Which ? Exact : B.variable(Variable);
    });
    if (B.exhausted())
      return false;
    Now = Next;
    return true;
  }
  return false;
}

Bdd ProfileJudge::oneWay(Bdd Here, bool Strict) {
  // Where a choice of the lost atoms is not needed, none is made.
  BddManager &B = Conditions.bdd();
  Bdd Sure = B.forall(Here, [&](uint32_t Variable) {
    return isLost(Variable, Strict) && !Conditions.definition(Variable);
  });
  auto Model = B.satisfy(Sure.isFalse() || B.exhausted() ? Here : Sure);
  B.clearExhausted();
  Bdd Way = B.constant(Model.has_value());
  if (Model)
    for (auto [Variable, Value] : *Model) {
      Bdd Atom = B.variable(Variable);
      Way = B.conj(Way, Value ? Atom : B.negate(Atom));
    }
  return Way;
}

std::optional<Bdd> ProfileJudge::witness(Bdd Here, bool Strict) {
  // One way in which the condition may hold, made exact step by step: small,
  // where the whole may be large. What turns out impossible is left out the
  // next time.
  const size_t Nodes = 10'000;
  constexpr unsigned Tries = 6;
  constexpr size_t Wide = 150;
  BddManager &B = Conditions.bdd();
  for (unsigned Try = 0; Try < Tries && !Here.isFalse(); ++Try) {
    B.setNodeLimit(B.nodeCount() + Nodes);
    Bdd First = oneWay(Here, Strict), Way = First;
    while (!Way.isFalse() && takeBack(Way))
      if (B.size(Way) > Wide)
        Way = oneWay(Way, Strict);
    if (!Way.isFalse())
      Way = oneWay(Way, Strict);
    if (!Way.isFalse() &&
        llvm::none_of(
            B.support(Way),
            [&](uint32_t Variable) { return isLost(Variable, Strict); }) &&
        !B.exhausted()) {
      B.setNodeLimit(SIZE_MAX);
      return Way;
    }
    Here = B.conj(Here, B.negate(First));
    bool Spent = B.exhausted();
    B.clearExhausted();
    B.setNodeLimit(SIZE_MAX);
    if (Spent)
      break;
  }
  return std::nullopt;
}

Bdd ProfileJudge::refined(Bdd Here, bool Strict) {
  // Where a channel leaks is worth more work than where a page is freed: there
  // are many frees.
  const size_t Nodes = 40'000;
  auto [Known, New] = Refined.try_emplace(Here.id() * 2ull + Strict, Here);
  if (!New)
    return Known->second;
  BddManager &B = Conditions.bdd();
  Bdd Now = Here;
  size_t Most = B.nodeCount() + Nodes;
  for (unsigned Step = 0; !Now.isConstant(); ++Step) {
    // For frees now and then only, as most steps change little.
    std::optional<Bdd> Way = !Strict || llvm::has_single_bit(Step + 1)
                                 ? witness(Now, Strict)
                                 : std::nullopt;
    if (Way) {
      Now = *Way;
      break;
    }
    B.setNodeLimit(std::max(Most, B.nodeCount()));
    bool Changed = takeBack(Now);
    bool Spent = B.exhausted();
    B.clearExhausted();
    B.setNodeLimit(SIZE_MAX);
    if (!Changed || Spent)
      break;
  }
  return Refined[Here.id() * 2ull + Strict] = Now;
}

bool ProfileJudge::isLost(uint32_t Variable, bool Strict) const {
  const Atom &A = Conditions.atom(Variable);
  if (A.Kind == Certainty::Opaque)
    return true;
  // What a merged number is says which of the merged results there was; how it
  // compares with other numbers does not. A simplification that could not be
  // taken back is lost as well.
  bool IsResult = A.What == Predicate::Zero || A.What == Predicate::Negative ||
                  A.What == Predicate::Equals || A.What == Predicate::Bit;
  if (!Strict)
    return false;
  return IsResult ? Terms.term(A.Subject).Kind == TermKind::Symbol &&
                        Terms.isMerged(A.Subject)
                  : A.What == Predicate::Choice &&
                        Conditions.definition(Variable).has_value();
}

Possibility ProfileJudge::possibility(Bdd When, bool Strict) {
  BddManager &B = Conditions.bdd();
  Bdd Here = onPlatform(When);
  if (Here.isFalse())
    return Possibility::Never;
  Here = refined(Here, Strict);
  Bdd Left = B.exists(
      Here, [&](uint32_t Variable) { return !isLost(Variable, Strict); });
  if (Left.isTrue())
    return Possibility::Possible;
  return Left.isFalse() ? Possibility::Never : Possibility::Depends;
}

std::vector<std::string> ProfileJudge::lost(Bdd When, bool Strict) {
  std::vector<std::string> Result;
  for (uint32_t Variable :
       Conditions.bdd().support(refined(onPlatform(When), Strict)))
    if (isLost(Variable, Strict))
      Result.push_back(Conditions.describe(Variable, true));
  return Result;
}

} // namespace cocodma
