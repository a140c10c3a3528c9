//===- BddQuantification.cpp - Quantifiers, substitution, queries ---------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bdd.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>

using namespace cocodma;

/// One call of exists(): what it quantifies, and what it computed so far.
struct BddManager::Quantifier {
  /// The quantified variables, ascending.
  std::vector<uint32_t> Variables;
  llvm::DenseMap<uint32_t, uint32_t> Done;

  bool contains(uint32_t Variable) const {
    return std::binary_search(Variables.begin(), Variables.end(), Variable);
  }
};

/// One call of substitute(): replacements, and what it computed so far.
struct BddManager::Substitution {
  llvm::DenseMap<uint32_t, uint32_t> Replacement;
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

Bdd BddManager::substitute(Bdd F,
                           llvm::function_ref<Bdd(uint32_t)> Replacement) {
  Substitution State;
  for (uint32_t Variable : support(F))
    State.Replacement[Variable] = Replacement(Variable).id();
  size_t Start = Nodes.size();
  return finish(Start, computeSubstitution(F.id(), State), F);
}

uint32_t BddManager::computeSubstitution(uint32_t F, Substitution &State) {
  if (F <= False)
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
  uint32_t Result = computeIte(State.Replacement.lookup(topOf(F)), High, Low);
  if (Result == Failed)
    return Failed;
  State.Done[F] = Result;
  return Result ^ Complement;
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

/// Calls Visit(node index) once for each inner node of F, in no useful order.
template <typename Visitor>
void BddManager::visitNodes(Bdd F, Visitor Visit) const {
  Marks.resize(Nodes.size(), 0);
  if (++MarkEpoch == 0) {
    std::fill(Marks.begin(), Marks.end(), 0);
    MarkEpoch = 1;
  }
  Marks[0] = MarkEpoch;
  std::vector<uint32_t> Open;
  auto Enter = [&](uint32_t Id) {
    if (Marks[Id >> 1] == MarkEpoch)
      return;
    Marks[Id >> 1] = MarkEpoch;
    Open.push_back(Id >> 1);
  };
  Enter(F.id());
  while (!Open.empty()) {
    uint32_t Index = Open.back();
    Open.pop_back();
    Visit(Index);
    Enter(Nodes[Index].Low);
    Enter(Nodes[Index].High);
  }
}

size_t BddManager::size(Bdd F) const {
  size_t Count = 0;
  visitNodes(F, [&](uint32_t) { ++Count; });
  return Count;
}

std::vector<uint32_t> BddManager::support(Bdd F) const {
  std::vector<uint32_t> Variables;
  visitNodes(
      F, [&](uint32_t Index) { Variables.push_back(Nodes[Index].Variable); });
  std::sort(Variables.begin(), Variables.end());
  Variables.erase(std::unique(Variables.begin(), Variables.end()),
                  Variables.end());
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
