// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Value.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void addAlternative(Guards &Conditions, Value &To, Bdd When, TermId What) {
  if (When.isFalse())
    return;
  auto At = llvm::lower_bound(
      To, What, [](const Guarded &G, TermId Id) { return G.What < Id; });
  if (At != To.end() && At->What == What) {
    At->When = Conditions.formulas().disj(At->When, When);
    return;
  }
  To.insert(At, Guarded{When, What});
}

Value choose(Guards &Conditions, Bdd When, const Value &New, const Value &Old) {
  if (When.isTrue())
    return New;
  if (When.isFalse())
    return Old;
  if (New == Old)
    return New;
  BoundedFormulas &B = Conditions.formulas();
  Value Result;
  for (const Guarded &G : New)
    addAlternative(Conditions, Result, B.conj(G.When, When), G.What);
  Bdd Otherwise = B.negate(When);
  for (const Guarded &G : Old)
    addAlternative(Conditions, Result, B.conj(G.When, Otherwise), G.What);
  return Result;
}

Value under(Guards &Conditions, const Value &V, Bdd Path) {
  if (V.size() <= 1 || Path.isTrue()) {
    if (V.size() == 1 && !V[0].When.isTrue()) {
      // The only alternative there is holds wherever the value is looked at.
      return always(Conditions, V[0].What);
    }
    return V;
  }
  BoundedFormulas &B = Conditions.formulas();
  Value Result;
  for (const Guarded &G : V)
    if (!B.disjoint(G.When, Path))
      Result.push_back({B.cofactor(G.When, Path), G.What});
  if (Result.size() == 1)
    Result[0].When = Conditions.yes();
  return Result;
}

Value settled(Guards &Conditions, const Value &V, Bdd Path) {
  BoundedFormulas &B = Conditions.formulas();
  Value Result = under(Conditions, V, Path);
  if (Result.size() < 2)
    return Result;
  for (Guarded &G : Result) {
    Bdd Holds = Conditions.projected(G.When, Path);
    Bdd Fails = Conditions.projected(B.negate(G.When), Path);
    if (B.disjoint(B.conj(Holds, Fails), Path))
      G.When = Holds;
  }
  return Result;
}

namespace {

/// Gives \p Rest, where no alternative of \p V holds because their guards were
/// simplified, to those that can hold there as far as what verdicts are about
/// goes (\p CanHold, for each): to the last one if it can.
void shareOut(Guards &Conditions, Value &V, Bdd Rest,
              llvm::ArrayRef<Bdd> CanHold) {
  BoundedFormulas &B = Conditions.formulas();
  for (size_t I = V.size(); I-- > 0 && !Rest.isFalse();) {
    V[I].When = B.disj(V[I].When, B.conj(Rest, CanHold[I]));
    Rest = B.conj(Rest, B.negate(CanHold[I]));
  }
  V.back().When = B.disj(V.back().When, Rest);
  llvm::erase_if(V, [](const Guarded &G) { return G.When.isFalse(); });
}

} // namespace

Value compacted(Guards &Conditions, Value V, Bdd Path, size_t Limit) {
  BoundedFormulas &B = Conditions.formulas();
  bool Large = false;
  for (const Guarded &G : V)
    Large |= !G.When.isConstant() && B.isLarger(G.When, Limit);
  if (!Large)
    return V;
  Bdd Rest = Conditions.yes();
  llvm::SmallVector<Bdd, 8> CanHold;
  for (const Guarded &G : V)
    CanHold.push_back(Conditions.projected(G.When, Path));
  for (Guarded &G : llvm::drop_end(V)) {
    Bdd This = Conditions.abstracted(G.When, Path, Limit);
    G.When = B.conj(Rest, This);
    Rest = B.conj(Rest, B.negate(This));
  }
  V.back().When = Conditions.no();
  shareOut(Conditions, V, Rest, CanHold);
  return V;
}

Value partitioned(Guards &Conditions, Value V) {
  BoundedFormulas &B = Conditions.formulas();
  Bdd Rest = Conditions.yes();
  for (size_t I = 0; I < V.size(); ++I) {
    Bdd This = I + 1 == V.size() ? Rest : B.conj(Rest, V[I].When);
    V[I].When = This;
    Rest = B.conj(Rest, B.negate(This));
  }
  llvm::erase_if(V, [](const Guarded &G) { return G.When.isFalse(); });
  return V;
}

Bdd truth(Guards &Conditions, const Value &V) {
  BoundedFormulas &B = Conditions.formulas();
  Bdd Result = Conditions.no();
  for (const Guarded &G : V)
    Result = B.disj(Result, B.conj(G.When, Conditions.truth(G.What)));
  return Result;
}

} // namespace cocodma
