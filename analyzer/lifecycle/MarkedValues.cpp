// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/MarkedValues.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

MarkedValues::MarkedValues(Guards &Conditions, Bdd Known,
                           llvm::ArrayRef<TermId> Markers)
    : Conditions(Conditions), Known(Known),
      Settings{{Conditions.yes(), Known}} {
  for (TermId Marker : Markers)
    split(Marker);
}

void MarkedValues::split(TermId Marker) {
  constexpr size_t Nodes = 50'000;
  BddManager &B = Conditions.bdd();
  const Bdd Marked = Conditions.truth(Marker);
  std::vector<Setting> Finer;
  NodeBudget Few(B, Nodes);
  for (const Setting &S : Settings)
    for (Bdd Side : {Marked, B.negate(Marked)})
      if (Bdd Here = B.conj(S.Known, Side); !Here.isFalse())
        Finer.push_back({B.conj(S.Marked, Side), Here});
  if (!B.exhausted())
    Settings = std::move(Finer);
}

Value MarkedValues::possible(const Value &Held, Bdd Where) {
  // The marker may have been simplified at another place than the value.
  constexpr size_t Nodes = 20'000;
  Value Result;
  for (const Guarded &G : Held)
    if (!Conditions.isImpossible(G.When, Where, Nodes))
      Result.push_back(G);
  if (Result.empty() || Result.size() == Held.size())
    return Held;
  return partitioned(Conditions, std::move(Result));
}

std::optional<Value> MarkedValues::decided(const Value &Held) {
  if (Held.size() < 2)
    return std::nullopt;
  std::vector<Value> Each;
  Each.reserve(Settings.size());
  for (const Setting &S : Settings)
    Each.push_back(
        cocodma::settled(Conditions, possible(Held, S.Known), S.Known));
  if (llvm::none_of(Each, [](const Value &V) { return V.size() == 1; }))
    return std::nullopt;
  Value Result = Each.front();
  for (size_t I = 1; I < Each.size(); ++I)
    Result = choose(Conditions, Settings[I].Marked, Each[I], Result);
  return Result;
}

Value MarkedValues::settled(const Value &Held) {
  std::optional<Value> Decided = decided(Held);
  return Decided ? *Decided : cocodma::settled(Conditions, Held, Known);
}

} // namespace cocodma
