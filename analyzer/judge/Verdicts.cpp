// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Verdicts.h"

#include "llvm/ADT/DenseSet.h"
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

Bdd ProfileJudge::definitionOf(uint32_t Choice) {
  // Asked for again and again, for each way that is tried.
  if (auto Known = Definitions.find(Choice); Known != Definitions.end())
    return Known->second;
  Bdd Result = onPlatform(*Conditions.definition(Choice));
  if (!Conditions.bdd().exhausted())
    Definitions.try_emplace(Choice, Result);
  return Result;
}

Bdd ProfileJudge::oneWay(Bdd Here, bool Strict) {
  // Where a choice of the lost atoms is not needed, none is made.
  BddManager &B = Conditions.bdd();
  Bdd Sure = B.forall(Here, [&](uint32_t Variable) {
    return isLost(Variable, Strict) && !Conditions.definition(Variable);
  });
  auto Model = B.satisfy(Sure.isFalse() || B.exhausted() ? Here : Sure);
  Bdd Way = B.constant(Model.has_value());
  if (Model)
    for (auto [Variable, Value] : llvm::reverse(*Model)) {
      Bdd Atom = B.variable(Variable);
      Way = B.conj(Value ? Atom : B.negate(Atom), Way);
    }
  return Way;
}

Bdd ProfileJudge::guess(Bdd Here, bool Strict) {
  constexpr size_t Nodes = 10'000, Wide = 150;
  BddManager &B = Conditions.bdd();
  NodeBudget Budget(B, Nodes);
  Bdd Way = oneWay(Here, Strict);
  // What a choice stands for is made of older atoms: the newest one is first.
  auto IsChoice = [this](uint32_t Variable) {
    return Conditions.definition(Variable).has_value();
  };
  while (std::optional<uint32_t> Newest = B.firstInSupport(Way, IsChoice)) {
    Bdd Exact = definitionOf(*Newest);
    Way = B.substitute(Way, [&](uint32_t Variable) {
      return Variable == *Newest ? Exact : B.variable(Variable);
    });
    if (B.isLarger(Way, Wide))
      Way = oneWay(Way, Strict);
    if (B.exhausted())
      return B.constant(false);
  }
  Way = oneWay(Way, Strict);
  bool Hangs = llvm::any_of(B.support(Way), [&](uint32_t Variable) {
    return isLost(Variable, Strict);
  });
  return Hangs || B.exhausted() ? B.constant(false) : Way;
}

const ProfileJudge::Outcome &ProfileJudge::outcome(Bdd Here, bool Strict) {
  auto [Entry, New] = Outcomes.try_emplace(Here.id() * 2ull + Strict);
  Outcome &Result = Entry->second;
  if (!New)
    return Result;
  // Most conditions come about in the first way that one thinks of.
  if (Result.Way = guess(Here, Strict); !Result.Way.isFalse()) {
    Result.How = WaySearch::Answer::Found;
    return Result;
  }
  auto Fixed = [this](uint32_t Variable) { return fixedValue(Variable); };
  auto IsGone = [&](uint32_t Variable) { return isLost(Variable, Strict); };
  WaySearch Search(Conditions, Fixed, IsGone);
  Result.How = Search.find(Here);
  if (Result.How == WaySearch::Answer::Never)
    return Result;
  // From the greatest variable on, so that each step adds a root.
  BddManager &B = Conditions.bdd();
  Result.Way = B.constant(true);
  for (auto [Variable, Value] : llvm::reverse(Search.way())) {
    Bdd Atom = B.variable(Variable);
    Result.Way = B.conj(Value ? Atom : B.negate(Atom), Result.Way);
  }
  return Result;
}

bool ProfileJudge::isMergedResult(TermId Number) const {
  // That a merged result is not zero is kept as "or 1".
  for (;;) {
    const Term &T = Terms.term(Number);
    bool NotZero = T.Kind == TermKind::Binary &&
                   T.Sub == uint8_t(BinaryKind::Or) &&
                   Terms.constantOf(T.B) == 1;
    if (!NotZero && T.Kind != TermKind::Unary)
      return T.Kind == TermKind::Symbol && Terms.isMerged(Number);
    Number = T.A;
  }
}

bool ProfileJudge::isLost(uint32_t Variable, bool Strict) const {
  const Atom &A = Conditions.atom(Variable);
  if (A.Kind == Certainty::Opaque)
    return true;
  if (!Strict)
    return false;
  // What a merged number is says which of the merged results there was; how it
  // compares with other numbers does not.
  bool IsResult = A.What == Predicate::Zero || A.What == Predicate::Negative ||
                  A.What == Predicate::Equals || A.What == Predicate::Bit;
  return IsResult ? isMergedResult(A.Subject)
                  : A.What == Predicate::Choice && A.Guess;
}

Possibility ProfileJudge::possibility(Bdd When, bool Strict,
                                      std::optional<Bdd> *Way) {
  Bdd Here = onPlatform(When);
  if (Here.isFalse())
    return Possibility::Never;
  // What leads there on one platform mostly does on another, and is small.
  if (Way && *Way)
    if (Bdd Same = Conditions.bdd().conj(Here, onPlatform(**Way));
        !Same.isFalse() &&
        outcome(Same, Strict).How == WaySearch::Answer::Found)
      return Possibility::Possible;
  const Outcome &Found = outcome(Here, Strict);
  if (Found.How == WaySearch::Answer::Never)
    return Possibility::Never;
  if (Found.How != WaySearch::Answer::Found)
    return Possibility::Depends;
  if (Way)
    *Way = Found.Way;
  return Possibility::Possible;
}

bool ProfileJudge::isNever(Bdd When) {
  const Bdd Here = onPlatform(When);
  if (Here.isFalse())
    return true;
  auto [Entry, New] = Refuted.try_emplace(Here.id());
  if (New && guess(Here, /*Strict=*/false).isFalse()) {
    auto Fixed = [this](uint32_t Variable) { return fixedValue(Variable); };
    Entry->second = Refuter(Conditions, Fixed).areImpossible(Here);
  }
  return Entry->second;
}

std::vector<std::string> ProfileJudge::lost(Bdd When, bool Strict) {
  std::vector<std::string> Result;
  const Outcome &Found = outcome(onPlatform(When), Strict);
  if (Found.How == WaySearch::Answer::TooLarge)
    Result.push_back("conditions that are too large to decide");
  for (uint32_t Variable : Conditions.bdd().support(Found.Way))
    if (isLost(Variable, Strict))
      Result.push_back(Conditions.describe(Variable, true));
  return Result;
}

SureWays::SureWays(ProfileJudge &Platform)
    : Platform(Platform),
      Fixed([this](uint32_t V) { return this->Platform.fixedValue(V); }),
      IsLost([this](uint32_t V) {
        return this->Platform.isLost(V, /*Strict=*/false);
      }),
      Shown(Platform.Conditions, Fixed) {}

bool SureWays::exist(Bdd When, llvm::function_ref<bool(uint32_t)> Open) {
  // Mostly the first way that one thinks of leads over nothing that is open.
  const Bdd Here = Platform.onPlatform(When);
  const BddManager &B = Platform.Conditions.bdd();
  if (Bdd Way = Platform.guess(Here, /*Strict=*/false);
      !Way.isFalse() && llvm::none_of(B.support(Way), Open))
    return true;
  auto IsOpen = [&](uint32_t V) { return Open(V) || IsLost(V); };
  if (std::optional<bool> Answer = Shown.holdsWhatever(Here, IsOpen))
    return *Answer;
  WaySearch Search(Platform.Conditions, Fixed, IsOpen);
  return Search.find(Here) == WaySearch::Answer::Found;
}

} // namespace cocodma
