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

std::optional<uint32_t> ProfileJudge::newestChoice(Bdd Now) const {
  // What a choice stands for is made of older atoms.
  return Conditions.bdd().firstInSupport(Now, [this](uint32_t Variable) {
    return Conditions.definition(Variable).has_value();
  });
}

bool ProfileJudge::takeBack(Bdd &Now) {
  BddManager &B = Conditions.bdd();
  std::optional<uint32_t> Which = newestChoice(Now);
  if (!Which)
    return false;
  Bdd Exact = definitionOf(*Which);
  Bdd Next = B.substitute(Now, [&](uint32_t Variable) {
    return Variable == *Which ? Exact : B.variable(Variable);
  });
  if (B.exhausted())
    return false;
  Now = Next;
  return true;
}

Bdd ProfileJudge::oneWay(Bdd Here, bool Strict) {
  // Where a choice of the lost atoms is not needed, none is made. That this
  // cannot be told is no loss; that the limit was hit before is one.
  BddManager &B = Conditions.bdd();
  const bool Spent = B.exhausted();
  Bdd Sure = B.forall(Here, [&](uint32_t Variable) {
    return isLost(Variable, Strict) && !Conditions.definition(Variable);
  });
  auto Model = B.satisfy(Sure.isFalse() || B.exhausted() ? Here : Sure);
  if (!Spent)
    B.clearExhausted();
  Bdd Way = B.constant(Model.has_value());
  if (Model)
    for (auto [Variable, Value] : *Model) {
      Bdd Atom = B.variable(Variable);
      Way = B.conj(Way, Value ? Atom : B.negate(Atom));
    }
  return Way;
}

/// The variables of \p Of.
static void addSupport(BddManager &B, Bdd Of,
                       llvm::SmallDenseSet<uint32_t, 32> &To) {
  for (uint32_t Variable : B.support(Of))
    To.insert(Variable);
}

std::optional<Bdd> ProfileJudge::generalized(Bdd Clash,
                                             llvm::ArrayRef<Bdd> Theory) {
  // What is excluded is small, and so is all that is made of it; the theory as
  // one formula would not be.
  BddManager &B = Conditions.bdd();
  auto Excluded = [&](Bdd Left) {
    for (Bdd T : Theory)
      Left = Left.isFalse() ? Left : B.conj(Left, T);
    return Left.isFalse() && !B.exhausted();
  };
  if (!Excluded(Clash))
    return std::nullopt;
  for (uint32_t Which : B.support(Clash)) {
    Bdd Wider =
        B.exists(Clash, [&](uint32_t Variable) { return Variable == Which; });
    if (Excluded(Wider))
      Clash = Wider;
  }
  return Clash;
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

Bdd ProfileJudge::meaning(uint32_t Choice) {
  BddManager &B = Conditions.bdd();
  return B.negate(B.exclusiveOr(B.variable(Choice), definitionOf(Choice)));
}

void ProfileJudge::learn(llvm::ArrayRef<Step> Steps, Bdd Impossible,
                         std::vector<Clash> &Clashes) {
  // What cannot be is told in terms of each choice that led there, so that it
  // is not tried again with other values of what does not matter.
  BddManager &B = Conditions.bdd();
  for (const Step &S : llvm::reverse(Steps)) {
    llvm::SmallDenseSet<uint32_t, 32> Involved;
    addSupport(B, Impossible, Involved);
    Bdd Meaning = definitionOf(S.Taken);
    if (llvm::none_of(B.support(Meaning), [&](uint32_t Variable) {
          return Involved.contains(Variable);
        }))
      continue;
    Involved.insert(S.Taken);
    addSupport(B, Meaning, Involved);
    Bdd Theory[] = {meaning(S.Taken), B.negate(Impossible)};
    // Of a step that went on with a part of the ways only, no more is known
    // than that this part is impossible.
    std::optional<Bdd> Earlier =
        generalized(B.exists(S.Before,
                             [&](uint32_t Variable) {
                               return !Involved.contains(Variable);
                             }),
                    Theory);
    if (!Earlier || B.exhausted())
      return;
    Impossible = *Earlier;
    Clashes.push_back({B.negate(Impossible), S.Taken});
  }
}

bool ProfileJudge::takeAllBack(Bdd &Way, std::vector<Clash> &Clashes,
                               bool Strict, bool Refute) {
  constexpr size_t Wide = 150;
  BddManager &B = Conditions.bdd();
  std::vector<Step> Steps;
  while (std::optional<uint32_t> Which = newestChoice(Way)) {
    Bdd Before = Way;
    if (!takeBack(Way))
      return false;
    // Only what is about older choices: newer ones are taken back already.
    llvm::SmallDenseSet<uint32_t, 32> Involved;
    std::vector<Bdd> Theory = {meaning(*Which)};
    addSupport(B, Theory[0], Involved);
    for (const Clash &C : Clashes)
      if (C.Newest > *Which && !Way.isFalse()) {
        Way = B.conj(Way, C.Not);
        Theory.push_back(C.Not);
        addSupport(B, C.Not, Involved);
      }
    if (B.exhausted())
      return false;
    if (Way.isFalse() && !Refute)
      return false;
    if (Way.isFalse()) {
      std::optional<Bdd> Both =
          generalized(B.exists(Before,
                               [&](uint32_t Variable) {
                                 return !Involved.contains(Variable);
                               }),
                      Theory);
      if (!Both || B.exhausted())
        return false;
      Clashes.push_back({B.negate(*Both), *Which});
      learn(Steps, *Both, Clashes);
      return false;
    }
    if (B.isLarger(Way, Wide))
      Way = oneWay(Way, Strict);
    Steps.push_back({B.conj(Before, Way), *Which});
  }
  return true;
}

std::optional<Bdd> ProfileJudge::witness(Bdd Here, bool Strict, bool Refute) {
  // One way in which the condition may hold, made exact step by step: small,
  // where the whole may be large. What turns out impossible is learned, as by
  // the solvers of satisfiability (conflict-driven clause learning). Where a
  // channel leaks is worth more work than where a page is freed: there are many
  // frees.
  const size_t Nodes = Refute ? 300'000 : 10'000;
  const unsigned Tries = Refute ? 150 : 6;
  // What was shown to be impossible never took more than some hundred nodes:
  // where what is left becomes so large, nothing is shown.
  constexpr size_t Large = 20'000;
  BddManager &B = Conditions.bdd();
  const size_t Start = B.nodeCount(), Most = 2'000'000, DroppedBefore = Dropped;
  std::vector<Clash> Clashes;
  size_t Excluded = 0;  // So many of them hold in Here already.
  bool LeftOut = false; // Ways that hang on what was lost, or became too large.
  auto Made = [&] { return B.nodeCount() + Dropped - Start - DroppedBefore; };
  for (unsigned Try = 0; Try < Tries && Made() < Most; ++Try) {
    if (LeftOut && Here.isFalse())
      break;
    B.setNodeLimit(B.nodeCount() + Nodes);
    for (; Excluded < Clashes.size(); ++Excluded)
      Here = B.conj(Here, Clashes[Excluded].Not);
    if (Refute && Excluded && B.isLarger(Here, Large)) {
      B.clearExhausted();
      B.setNodeLimit(SIZE_MAX);
      break;
    }
    Bdd First = oneWay(Here, Strict), Way = First;
    if (Here.isFalse() && !B.exhausted() && !LeftOut) {
      B.setNodeLimit(SIZE_MAX);
      return Here;
    }
    size_t Before = Clashes.size();
    bool Whole = !B.exhausted() && takeAllBack(Way, Clashes, Strict, Refute);
    if (Whole)
      Way = oneWay(Way, Strict);
    bool Found = Whole && !B.exhausted() && !Way.isFalse() &&
                 llvm::none_of(B.support(Way), [&](uint32_t Variable) {
                   return isLost(Variable, Strict);
                 });
    if (!Found && (!Refute || Clashes.size() == Before)) {
      LeftOut = true;
      Here = B.conj(Here, B.negate(First));
    }
    bool Spent = B.exhausted();
    B.clearExhausted();
    B.setNodeLimit(SIZE_MAX);
    if (Found) {
      drop(Start, {&Way});
      return Way;
    }
    if (Spent)
      break;
    std::vector<Bdd *> Needed = {&Here};
    for (Clash &C : Clashes)
      Needed.push_back(&C.Not);
    drop(Start, Needed);
  }
  drop(Start, {});
  return std::nullopt;
}

void ProfileJudge::drop(size_t Since, llvm::ArrayRef<Bdd *> Needed) {
  // So many that it is worth the while.
  constexpr size_t Many = 150'000;
  BddManager &B = Conditions.bdd();
  const size_t Before = B.nodeCount();
  if (Before < Since + Many)
    return;
  llvm::SmallVector<Bdd *> Roots(Needed);
  for (auto &[Choice, Meaning] : Definitions)
    Roots.push_back(&Meaning);
  B.keepOnly(Since, Roots);
  Dropped += Before - B.nodeCount();
}

Bdd ProfileJudge::refined(Bdd Here, bool Strict, bool Refute) {
  const size_t Nodes = 40'000;
  auto [Known, New] =
      Refined.try_emplace(Here.id() * 4ull + Refute * 2ull + Strict, Here);
  if (!New)
    return Known->second;
  BddManager &B = Conditions.bdd();
  Bdd Now = Here;
  const size_t Most = B.nodeCount() + Dropped + Nodes;
  for (unsigned Step = 0; !Now.isConstant(); ++Step) {
    // Now and then only, as most steps change little.
    std::optional<Bdd> Way =
        (!Strict && !Refute) || llvm::has_single_bit(Step + 1)
            ? witness(Now, Strict, Refute)
            : std::nullopt;
    if (Way) {
      Now = *Way;
      break;
    }
    B.setNodeLimit(std::max(Most, B.nodeCount() + Dropped) - Dropped);
    bool Changed = takeBack(Now);
    bool Spent = B.exhausted();
    B.clearExhausted();
    B.setNodeLimit(SIZE_MAX);
    if (!Changed || Spent)
      break;
  }
  return Refined[Here.id() * 4ull + Refute * 2ull + Strict] = Now;
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
  // compares with other numbers does not. A simplification that could not be
  // taken back is lost as well.
  bool IsResult = A.What == Predicate::Zero || A.What == Predicate::Negative ||
                  A.What == Predicate::Equals || A.What == Predicate::Bit;
  return IsResult
             ? isMergedResult(A.Subject)
             : A.What == Predicate::Choice &&
                   (A.Guess || Conditions.definition(Variable).has_value());
}

Possibility ProfileJudge::possibility(Bdd When, bool Strict, bool Refute,
                                      std::optional<Bdd> *Way) {
  BddManager &B = Conditions.bdd();
  Bdd Here = onPlatform(When);
  if (Here.isFalse())
    return Possibility::Never;
  // What leads there on one platform mostly does on another, and is small.
  if (Way && *Way)
    if (Bdd Same = B.conj(Here, onPlatform(**Way)); !Same.isFalse())
      if (std::optional<Bdd> Found = witness(Same, Strict, /*Refute=*/false);
          Found && !Found->isFalse())
        return Possibility::Possible;
  Here = refined(Here, Strict, Refute);
  Bdd Left = B.exists(
      Here, [&](uint32_t Variable) { return !isLost(Variable, Strict); });
  if (Left.isTrue() && Way)
    *Way = Here;
  if (Left.isTrue())
    return Possibility::Possible;
  return Left.isFalse() ? Possibility::Never : Possibility::Depends;
}

bool ProfileJudge::holdsWhatever(Bdd When,
                                 llvm::function_ref<bool(uint32_t)> Open) {
  // What is open is taken out before and after the simplifications are taken
  // back: the way that is looked for must not lead over it.
  BddManager &B = Conditions.bdd();
  Bdd Here = refined(B.forall(onPlatform(When), Open));
  return !B.forall(Here, Open).isFalse() && !B.exhausted();
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
