//===- BddQuantification.cpp - Quantifiers, substitution, queries ---------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bdd.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>
#include <cassert>

using namespace cocodma;

namespace {
/// Tags of andExists() in the computed cache: one an epoch.
constexpr uint32_t FirstProductTag = 0x80000000u;
} // namespace

/// One call of exists(): what it quantifies, and what it computed so far.
struct BddManager::Quantifier {
  /// The quantified variables, ascending.
  std::vector<uint32_t> Variables;
  llvm::DenseMap<uint32_t, uint32_t> Done;

  bool contains(uint32_t Variable) const {
    return std::binary_search(Variables.begin(), Variables.end(), Variable);
  }
};

/// One call of andExists(): what it quantifies, by variable.
struct BddManager::Product {
  VariablePredicate IsQuantified;
  uint32_t Tag;
};

/// One call of substitute(): replacements, and what it computed so far.
struct BddManager::Substitution {
  /// The greatest variable that does not replace itself: functions of greater
  /// ones stay what they are.
  uint32_t Last = 0;
  /// Only of variables that do not replace themselves.
  llvm::SmallDenseMap<uint32_t, uint32_t, 8> Replacement;
  llvm::DenseMap<uint32_t, uint32_t> Done;
};

//===----------------------------------------------------------------------===//
// Quantification and substitution
//===----------------------------------------------------------------------===//

Bdd BddManager::exists(Bdd F, VariablePredicate IsQuantified) {
  Quantifier State;
  for (uint32_t Variable : support(F))
    if (IsQuantified(Variable))
      State.Variables.push_back(Variable);
  if (State.Variables.empty())
    return F;
  size_t Start = Nodes.size();
  return finish(Start, computeExists(F.id(), State), F);
}

Bdd BddManager::forall(Bdd F, VariablePredicate IsQuantified) {
  return negate(exists(negate(F), IsQuantified));
}

uint32_t BddManager::computeExists(uint32_t F, Quantifier &State) {
  uint32_t Top = topOf(F);
  if (Top > State.Variables.back())
    return F;
  if (auto Found = State.Done.find(F); Found != State.Done.end())
    return Found->second;
  uint32_t Low = computeExists(lowOf(F), State);
  if (Low == Failed)
    return Failed;
  uint32_t Result;
  if (!State.contains(Top)) {
    Result = makeNode(Top, Low, computeExists(highOf(F), State));
  } else if (Low == True) {
    Result = True;
  } else {
    uint32_t High = computeExists(highOf(F), State);
    Result = High == Failed ? Failed : computeDisj(Low, High);
  }
  State.Done[F] = Result;
  return Result;
}

Bdd BddManager::andExists(Bdd F, Bdd G, VariablePredicate IsQuantified,
                          uint32_t Epoch) {
  assert(Epoch < (1u << 28) && "tags of other operations follow");
  Product State{IsQuantified, FirstProductTag + Epoch};
  size_t Start = Nodes.size();
  return finish(Start, computeProduct(F.id(), G.id(), State), F);
}

uint32_t BddManager::computeProduct(uint32_t F, uint32_t G, Product &State) {
  if (F == False || G == False || F == (G ^ 1))
    return False;
  if (F == True || F == G)
    std::swap(F, G);
  if (F == True)
    return True;
  if (F == G)
    G = True;
  if (G != True && F > G)
    std::swap(F, G);
  uint32_t Result;
  if (lookUp(F, G, State.Tag, Result))
    return Result;
  uint32_t Top = std::min(topOf(F), topOf(G));
  uint32_t Low = computeProduct(lowAt(F, Top), lowAt(G, Top), State);
  if (Low == Failed)
    return Failed;
  if (!State.IsQuantified(Top)) {
    Result = makeNode(Top, Low,
                      computeProduct(highAt(F, Top), highAt(G, Top), State));
  } else if (Low == True) {
    Result = True;
  } else {
    uint32_t High = computeProduct(highAt(F, Top), highAt(G, Top), State);
    Result = High == Failed ? Failed : computeDisj(Low, High);
  }
  remember(F, G, State.Tag, Result);
  return Result;
}

Bdd BddManager::substitute(Bdd F,
                           llvm::function_ref<Bdd(uint32_t)> Replacement) {
  Substitution State;
  for (uint32_t Variable : support(F)) {
    uint32_t New = Replacement(Variable).id();
    if (isVariable(New, Variable))
      continue;
    State.Replacement[Variable] = New;
    State.Last = Variable;
  }
  if (State.Replacement.empty())
    return F;
  size_t Start = Nodes.size();
  return finish(Start, computeSubstitution(F.id(), State), F);
}

uint32_t BddManager::computeSubstitution(uint32_t F, Substitution &State) {
  uint32_t Top = topOf(F);
  if (F <= False || Top > State.Last)
    return F;
  uint32_t Complement = F & 1;
  F ^= Complement;
  if (auto Found = State.Done.find(F); Found != State.Done.end())
    return Found->second ^ Complement;
  uint32_t Low = computeSubstitution(lowOf(F), State);
  uint32_t High =
      Low == Failed ? Failed : computeSubstitution(highOf(F), State);
  if (High == Failed)
    return Failed;
  auto New = State.Replacement.find(Top);
  uint32_t Result;
  if (New != State.Replacement.end())
    Result = computeIte(New->second, High, Low);
  else if (topOf(Low) > Top && topOf(High) > Top)
    Result = makeNode(Top, Low, High);
  else
    Result = computeIte(variable(Top).id(), High, Low);
  if (Result == Failed)
    return Failed;
  State.Done[F] = Result;
  return Result ^ Complement;
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

/// Calls Visit(node index) once for each inner node of F, in no useful order,
/// until that gives false.
template <typename Visitor>
void BddManager::visitNodes(Bdd F, Visitor Visit) const {
  if (++MarkEpoch == 0) {
    for (const Node &N : Nodes)
      N.Mark = 0;
    MarkEpoch = 1;
  }
  Nodes[0].Mark = MarkEpoch;
  Open.clear();
  auto Enter = [&](uint32_t Id) {
    if (Nodes[Id >> 1].Mark == MarkEpoch)
      return;
    Nodes[Id >> 1].Mark = MarkEpoch;
    Open.push_back(Id >> 1);
  };
  Enter(F.id());
  while (!Open.empty()) {
    uint32_t Index = Open.back();
    Open.pop_back();
    if (!Visit(Index))
      return;
    Enter(Nodes[Index].Low);
    Enter(Nodes[Index].High);
  }
}

void BddManager::keepOnly(size_t Count, llvm::ArrayRef<Bdd *> Roots) {
  // What a node is made of is older than it is.
  std::vector<bool> Kept(Nodes.size() - std::min(Nodes.size(), Count));
  for (const Bdd *Root : Roots)
    visitNodes(*Root, [&](uint32_t Index) {
      if (Index >= Count)
        Kept[Index - Count] = true;
      return true;
    });
  std::vector<std::pair<uint32_t, Node>> Left;
  for (size_t I = 0; I < Kept.size(); ++I)
    if (Kept[I])
      Left.emplace_back(uint32_t(Count + I), Nodes[Count + I]);
  truncate(Count);
  llvm::DenseMap<uint32_t, uint32_t> NewIds; // Of regular edges, by index.
  auto Renamed = [&](uint32_t Id) {
    return (Id >> 1) < Count ? Id : NewIds.lookup(Id >> 1) | (Id & 1);
  };
  for (const auto &[Index, N] : Left)
    NewIds[Index] = makeNode(N.Variable, Renamed(N.Low), Renamed(N.High),
                             /*IgnoreLimit=*/true);
  for (Bdd *Root : Roots)
    *Root = Bdd::fromId(Renamed(Root->id()));
}

// The same functions are asked about again and again.
bool BddManager::sizeWithin(Bdd F, size_t Limit, size_t &Size) const {
  constexpr size_t Slots = 1 << 12;
  if (Sizes.empty())
    Sizes.resize(Slots);
  const uint32_t Id = F.id() >> 1;
  KnownSize &Known = Sizes[Id % Slots];
  if (Known.Id == Id && (Known.Larger ? Known.Size >= Limit : true)) {
    Size = Known.Size;
    return !Known.Larger && Size <= Limit;
  }
  Size = 0;
  visitNodes(F, [&](uint32_t) { return ++Size <= Limit; });
  const bool Within = Size <= Limit;
  Known = {Id, uint32_t(Within ? Size : Limit), !Within};
  return Within;
}

size_t BddManager::size(Bdd F) const {
  size_t Size = 0;
  sizeWithin(F, Nodes.size(), Size);
  return Size;
}

bool BddManager::isLarger(Bdd F, size_t Limit) const {
  size_t Size = 0;
  return !sizeWithin(F, Limit, Size);
}

std::optional<uint32_t>
BddManager::firstInSupport(Bdd F, VariablePredicate IsWanted) const {
  std::optional<uint32_t> First;
  visitNodes(F, [&](uint32_t Index) {
    const uint32_t Variable = Nodes[Index].Variable;
    if ((!First || Variable < *First) && IsWanted(Variable))
      First = Variable;
    return true;
  });
  return First;
}

std::vector<uint32_t> BddManager::sortedSupport(Bdd F) const {
  std::vector<uint32_t> Variables;
  visitNodes(F, [&](uint32_t Index) {
    Variables.push_back(Nodes[Index].Variable);
    return true;
  });
  std::sort(Variables.begin(), Variables.end());
  Variables.erase(std::unique(Variables.begin(), Variables.end()),
                  Variables.end());
  return Variables;
}

std::vector<uint32_t> BddManager::support(Bdd F) const {
  std::vector<uint32_t> Variables;
  if (F.isConstant())
    return Variables;
  // Variables that lie far apart would need too many marks.
  constexpr size_t MostMarks = size_t(1) << 24;
  size_t Range = size_t(Greatest - Smallest) + 1;
  if (Range > MostMarks)
    return sortedSupport(F);
  VariableMarks.resize(Range, 0);
  if (++VariableEpoch == 0) {
    std::fill(VariableMarks.begin(), VariableMarks.end(), 0);
    VariableEpoch = 1;
  }
  visitNodes(F, [&](uint32_t Index) {
    uint32_t Variable = Nodes[Index].Variable;
    uint32_t &Mark = VariableMarks[Greatest - Variable];
    if (Mark != VariableEpoch) {
      Mark = VariableEpoch;
      Variables.push_back(Variable);
    }
    return true;
  });
  std::sort(Variables.begin(), Variables.end());
  return Variables;
}

std::optional<std::vector<std::pair<uint32_t, bool>>>
BddManager::satisfy(Bdd F) const {
  if (F.isFalse())
    return std::nullopt;
  std::vector<std::pair<uint32_t, bool>> Path;
  for (uint32_t At = F.id(); At != True;) {
    bool Value = lowOf(At) == False;
    Path.emplace_back(topOf(At), Value);
    At = Value ? highOf(At) : lowOf(At);
  }
  return Path;
}

bool BddManager::evaluate(Bdd F,
                          llvm::function_ref<bool(uint32_t)> Value) const {
  uint32_t At = F.id();
  while (At > False)
    At = Value(topOf(At)) ? highOf(At) : lowOf(At);
  return At == True;
}
