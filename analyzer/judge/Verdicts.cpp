// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Verdicts.h"

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

Bdd ProfileJudge::refined(Bdd Here) {
  constexpr size_t Nodes = 200'000;
  auto [Known, New] = Refined.try_emplace(Here.id(), Here);
  if (!New)
    return Known->second;
  BddManager &B = Conditions.bdd();
  Bdd Now = Here;
  B.setNodeLimit(B.nodeCount() + Nodes);
  while (!Now.isConstant()) {
    // The newest choice first: what it stands for is made of older atoms.
    std::optional<Bdd> Meaning;
    uint32_t Which = 0;
    for (uint32_t Variable : B.support(Now))
      if (!Meaning && (Meaning = Conditions.definition(Variable)))
        Which = Variable;
    if (!Meaning)
      break;
    Bdd Exact = onPlatform(*Meaning);
    Bdd Next = B.substitute(Now, [&](uint32_t Variable) {
      return Variable == Which ? Exact : B.variable(Variable);
    });
    if (B.exhausted())
      break;
    if (Next.isFalse() && getenv("DBGR")) {
      fprintf(stderr, "REFUTED by %s#%u: size %zu; was size %zu\n", Conditions.describe(Which, true).c_str(), Conditions.indexOf(Which), B.size(Exact), B.size(Now));
      if (auto M = B.satisfy(Now)) for (auto [V, X] : *M) fprintf(stderr, "   %s #%u\n", Conditions.describe(V, X).substr(0, 130).c_str(), Conditions.indexOf(V));
      fprintf(stderr, "  meaning:"); for (auto V : B.support(Exact)) fprintf(stderr, " %s #%u;", Conditions.describe(V, true).substr(0, 90).c_str(), Conditions.indexOf(V)); fprintf(stderr, "\n");
    }
    Now = Next;
  }
  B.clearExhausted();
  B.setNodeLimit(SIZE_MAX);
  return Refined[Here.id()] = Now;
}

Possibility ProfileJudge::possibility(Bdd When) {
  BddManager &B = Conditions.bdd();
  Bdd Here = onPlatform(When);
  if (Here.isFalse())
    return Possibility::Never;
  Here = refined(Here);
  Bdd Left = B.exists(Here, [&](uint32_t Variable) {
    return Conditions.atom(Variable).Kind != Certainty::Opaque;
  });
  if (Left.isTrue())
    return Possibility::Possible;
  return Left.isFalse() ? Possibility::Never : Possibility::Depends;
}

std::vector<std::string> ProfileJudge::lost(Bdd When) {
  std::vector<std::string> Result;
  for (uint32_t Variable : Conditions.bdd().support(onPlatform(When)))
    if (Conditions.atom(Variable).Kind == Certainty::Opaque)
      Result.push_back(Conditions.describe(Variable, true));
  return Result;
}

} // namespace cocodma
