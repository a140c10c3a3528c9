//===- Bdd.cpp - Reduced ordered binary decision diagrams -----------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bdd.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

using namespace cocodma;

namespace {

/// The variable of the terminal: below all others.
constexpr uint32_t TerminalVariable = std::numeric_limits<uint32_t>::max();

/// Bits of an entry of the unique table that are an index.
constexpr unsigned IndexBits = 25;
constexpr size_t GreatestNodeLimit = (size_t(1) << IndexBits) - 2;
constexpr size_t DefaultNodeLimit = size_t(1) << 22;
constexpr size_t InitialTableSize = size_t(1) << 10;
constexpr size_t GreatestCacheSize = size_t(1) << 18;

/// Tags of the computed cache, beyond all ids of nodes. Those below TagConj are
/// the epochs of andExists().
enum CacheTag : uint32_t {
  FirstTag = 0x80000000u,
  TagConj = 0xFFFFFFF0u,
  TagXor,
  TagDisjoint,
  TagCofactor,
  TagRestrictFalse,
  TagRestrictTrue,
};

size_t mix(uint32_t A, uint32_t B, uint32_t C) {
  uint64_t Hash = (uint64_t(A) << 32 | B) * 0x9E3779B97F4A7C15ull;
  Hash = (Hash ^ (Hash >> 29) ^ C) * 0xBF58476D1CE4E5B9ull;
  return static_cast<size_t>(Hash ^ (Hash >> 32));
}

// An entry of the unique table is the index of a node, and above it a few bits
// of the node's hash: most others are told apart without a look at their nodes,
// which lie far apart in memory.
uint32_t tagOf(size_t Hash) { return uint32_t(Hash >> 32) >> IndexBits; }
uint32_t entryOf(size_t Hash, uint32_t Index) {
  return tagOf(Hash) << IndexBits | Index;
}
bool mayBe(uint32_t Entry, size_t Hash) {
  return Entry >> IndexBits == tagOf(Hash);
}
uint32_t indexOf(uint32_t Entry) {
  return Entry & ((uint32_t(1) << IndexBits) - 1);
}

/// The slots of the unique table where a node may be, in turn. The first ones
/// lie by the newer one of its children: what is computed one after the other
/// lies close together then, and stays in the processor's caches. Where there
/// is no room they are any.
class UniqueProbe {
public:
  UniqueProbe(size_t Size, uint32_t NewerChild, size_t Hash)
      : Mask(Size - 1), Hash(Hash),
        Window(size_t(NewerChild) * SlotsOfChild & Mask & ~(Near - 1)),
        // All single variables have the terminal for a child.
        Tried(NewerChild ? 0 : Near) {}

  size_t slot() const {
    return Tried < Near ? Window | ((Hash + Tried) & (Near - 1))
                        : (Hash + Tried) & Mask;
  }
  void next() { ++Tried; }

private:
  static constexpr size_t Near = 16, SlotsOfChild = 2;
  size_t Mask, Hash, Window, Tried;
};

} // namespace

BddManager::BddManager()
    : UniqueTable(InitialTableSize, 0),
      Cache(InitialTableSize, CacheEntry{Failed, Failed, Failed, Failed}),
      NodeLimit(DefaultNodeLimit) {
  Nodes.push_back({TerminalVariable, True, True});
}

void BddManager::setNodeLimit(size_t Limit) {
  NodeLimit = std::clamp<size_t>(Limit, 1, GreatestNodeLimit);
  Written.clear();
}

//===----------------------------------------------------------------------===//
// Nodes and tables
//===----------------------------------------------------------------------===//

uint32_t BddManager::lowAt(uint32_t F, uint32_t Top) const {
  return topOf(F) == Top ? lowOf(F) : F;
}

uint32_t BddManager::highAt(uint32_t F, uint32_t Top) const {
  return topOf(F) == Top ? highOf(F) : F;
}

uint32_t BddManager::makeNode(uint32_t Variable, uint32_t Low, uint32_t High,
                              bool IgnoreLimit) {
  if (Low == Failed || High == Failed)
    return Failed;
  if (Low == High)
    return Low;
  uint32_t Complement = High & 1;
  Low ^= Complement;
  High ^= Complement;
  const size_t Hash = mix(Variable, Low, High);
  UniqueProbe Probe(UniqueTable.size(), std::max(Low, High) >> 1, Hash);
  for (; UniqueTable[Probe.slot()]; Probe.next()) {
    const uint32_t Entry = UniqueTable[Probe.slot()];
    if (!mayBe(Entry, Hash))
      continue;
    const Node &Found = Nodes[indexOf(Entry)];
    if (Found.Variable == Variable && Found.Low == Low && Found.High == High)
      return indexOf(Entry) << 1 | Complement;
  }
  if (Nodes.size() >= (IgnoreLimit ? GreatestNodeLimit : NodeLimit))
    return Failed;
  return insertNode(Variable, Low, High, Hash, Probe.slot()) | Complement;
}

uint32_t BddManager::insertNode(uint32_t Variable, uint32_t Low, uint32_t High,
                                size_t Hash, size_t Slot) {
  uint32_t Index = static_cast<uint32_t>(Nodes.size());
  Nodes.push_back({Variable, Low, High});
  UniqueTable[Slot] = entryOf(Hash, Index);
  if (Nodes.size() * 4 > UniqueTable.size() * 3)
    growUniqueTable();
  if (Nodes.size() > Cache.size() && Cache.size() < GreatestCacheSize)
    growCache();
  return Index << 1;
}

// Nodes are inserted in the order of their indices. rollBack() relies on that:
// no older node was ever placed behind a newer one.
void BddManager::growUniqueTable() { fillUniqueTable(UniqueTable.size() * 2); }

void BddManager::fillUniqueTable(size_t Size) {
  // The old one goes first: the new one is made of the nodes.
  UniqueTable = Table<uint32_t>();
  UniqueTable.assign(Size, 0);
  for (uint32_t Index = 1; Index < Nodes.size(); ++Index) {
    const Node &N = Nodes[Index];
    const size_t Hash = mix(N.Variable, N.Low, N.High);
    UniqueProbe Probe(Size, std::max(N.Low, N.High) >> 1, Hash);
    while (UniqueTable[Probe.slot()])
      Probe.next();
    UniqueTable[Probe.slot()] = entryOf(Hash, Index);
  }
}

void BddManager::growCache() {
  Table<CacheEntry> Old(Cache.size() * 4,
                        CacheEntry{Failed, Failed, Failed, Failed});
  Old.swap(Cache);
  for (const CacheEntry &Entry : Old)
    if (Entry.First != Failed)
      remember(Entry.First, Entry.Second, Entry.Third, Entry.Result);
}

size_t BddManager::cacheSlot(uint32_t First, uint32_t Second,
                             uint32_t Third) const {
  return mix(First, Second, Third) & (Cache.size() - 1);
}

bool BddManager::lookUp(uint32_t First, uint32_t Second, uint32_t Third,
                        uint32_t &Result) const {
  const CacheEntry &Entry = Cache[cacheSlot(First, Second, Third)];
  if (Entry.First != First || Entry.Second != Second || Entry.Third != Third)
    return false;
  Result = Entry.Result;
  return true;
}

void BddManager::remember(uint32_t First, uint32_t Second, uint32_t Third,
                          uint32_t Result) {
  if (Result == Failed)
    return;
  size_t Slot = cacheSlot(First, Second, Third);
  Cache[Slot] = {First, Second, Third, Result};
  if (NodeLimit != GreatestNodeLimit)
    Written.push_back(uint32_t(Slot));
}

Bdd BddManager::finish(size_t FirstNewNode, uint32_t Result, Bdd Fallback) {
  if (Result != Failed)
    return Bdd::fromId(Result);
  Exhausted = true;
  rollBack(FirstNewNode);
  return Fallback;
}

// Takes back the nodes of a failed operation, the newest first, so that small
// operations still succeed afterwards.
void BddManager::rollBack(size_t FirstNewNode) {
  if (Nodes.size() == FirstNewNode)
    return;
  removeNewest(FirstNewNode);
  auto IsGone = [&](uint32_t Id) {
    return Id < FirstTag && (Id >> 1) >= FirstNewNode;
  };
  for (uint32_t Slot : Written) {
    CacheEntry &Entry = Cache[Slot];
    if (Entry.First != Failed && (IsGone(Entry.First) || IsGone(Entry.Second) ||
                                  IsGone(Entry.Third) || IsGone(Entry.Result)))
      Entry = {Failed, Failed, Failed, Failed};
  }
  Written.clear();
}

void BddManager::removeNewest(size_t FirstRemoved) {
  Sizes.clear();
  while (Nodes.size() > FirstRemoved) {
    const Node &Last = Nodes.back();
    UniqueProbe Probe(UniqueTable.size(), std::max(Last.Low, Last.High) >> 1,
                      mix(Last.Variable, Last.Low, Last.High));
    while (indexOf(UniqueTable[Probe.slot()]) != Nodes.size() - 1)
      Probe.next();
    UniqueTable[Probe.slot()] = 0;
    Nodes.pop_back();
  }
}

void BddManager::truncate(size_t Count) {
  assert(Count >= 1 && "the terminal stays");
  if (Nodes.size() <= Count)
    return;
  if (Nodes.size() - Count < Count) {
    removeNewest(Count);
  } else {
    Sizes.clear();
    Nodes.resize(Count);
    fillUniqueTable(
        std::max(InitialTableSize, std::bit_ceil(Nodes.size() * 2)));
  }
  // The cache is large: no branches, so that the compiler makes vectors of it.
  const uint32_t End = uint32_t(Count) * 2;
  for (CacheEntry &Entry : Cache) {
    const uint32_t Gone = outlives(Entry, End) ? 0 : Failed;
    Entry = {Entry.First | Gone, Entry.Second | Gone, Entry.Third | Gone,
             Entry.Result | Gone};
  }
  Written.clear();
}

bool BddManager::outlives(const CacheEntry &Entry, uint32_t End) {
  // Only results that are computed again without nodes beside their own: how
  // many nodes an operation makes, and so whether it hits the limit, must not
  // hang on what was computed before.
  const uint32_t Tag = Entry.Third;
  const bool OfOperation =
      bool(Tag == TagConj) | bool(Tag == TagXor) | bool(Tag == TagDisjoint);
  return (OfOperation | bool(Tag < End)) & bool(Entry.First < End) &
         bool(Entry.Second < End) & bool(Entry.Result < End);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Bdd BddManager::variable(uint32_t Variable) {
  assert(Variable != TerminalVariable && "reserved for the terminal");
  if (Variable > Greatest) {
    Greatest = Variable;
    VariableMarks.clear();
  }
  Smallest = std::min(Smallest, Variable);
  return Bdd::fromId(makeNode(Variable, False, True, /*IgnoreLimit=*/true));
}

Bdd BddManager::conj(Bdd F, Bdd G) {
  size_t Start = Nodes.size();
  return finish(Start, computeConj(F.id(), G.id()), F);
}

Bdd BddManager::disj(Bdd F, Bdd G) {
  size_t Start = Nodes.size();
  return finish(Start, computeDisj(F.id(), G.id()), F);
}

Bdd BddManager::implies(Bdd F, Bdd G) {
  size_t Start = Nodes.size();
  return finish(Start, computeDisj(F.id() ^ 1, G.id()), F);
}

Bdd BddManager::exclusiveOr(Bdd F, Bdd G) {
  size_t Start = Nodes.size();
  return finish(Start, computeXor(F.id(), G.id()), F);
}

Bdd BddManager::ite(Bdd F, Bdd G, Bdd H) {
  size_t Start = Nodes.size();
  return finish(Start, computeIte(F.id(), G.id(), H.id()), G);
}

bool BddManager::disjoint(Bdd F, Bdd G) {
  return computeDisjoint(F.id(), G.id());
}

uint32_t BddManager::computeConj(uint32_t F, uint32_t G) {
  if (F == G || G == True)
    return F;
  if (F == True)
    return G;
  if (F == False || G == False || F == (G ^ 1))
    return False;
  if (F > G)
    std::swap(F, G);
  uint32_t Result;
  if (lookUp(F, G, TagConj, Result))
    return Result;
  uint32_t Top = std::min(topOf(F), topOf(G));
  const uint32_t HighF = highAt(F, Top), HighG = highAt(G, Top);
  fetchConj(HighF, HighG);
  uint32_t Low = computeConj(lowAt(F, Top), lowAt(G, Top));
  if (Low == Failed)
    return Failed;
  Result = makeNode(Top, Low, computeConj(HighF, HighG));
  remember(F, G, TagConj, Result);
  return Result;
}

// Tables are large, and what comes next is known before it is needed.
void BddManager::fetchConj(uint32_t F, uint32_t G) const {
  __builtin_prefetch(&Nodes[F >> 1]);
  __builtin_prefetch(&Nodes[G >> 1]);
  __builtin_prefetch(
      &Cache[cacheSlot(std::min(F, G), std::max(F, G), TagConj)]);
}

uint32_t BddManager::computeDisj(uint32_t F, uint32_t G) {
  uint32_t Result = computeConj(F ^ 1, G ^ 1);
  return Result == Failed ? Failed : Result ^ 1;
}

uint32_t BddManager::computeXor(uint32_t F, uint32_t G) {
  uint32_t Complement = (F ^ G) & 1;
  F &= ~1u;
  G &= ~1u;
  if (F == G)
    return False ^ Complement;
  if (F > G)
    std::swap(F, G);
  if (F == True)
    return G ^ 1 ^ Complement;
  uint32_t Result;
  if (lookUp(F, G, TagXor, Result))
    return Result ^ Complement;
  uint32_t Top = std::min(topOf(F), topOf(G));
  uint32_t Low = computeXor(lowAt(F, Top), lowAt(G, Top));
  if (Low == Failed)
    return Failed;
  Result = makeNode(Top, Low, computeXor(highAt(F, Top), highAt(G, Top)));
  remember(F, G, TagXor, Result);
  return Result == Failed ? Failed : Result ^ Complement;
}

/// Does ite(F, G, H) where it has fewer than three operands.
bool BddManager::reduceIte(uint32_t F, uint32_t G, uint32_t H,
                           uint32_t &Result) {
  if (F == True || G == H)
    Result = G;
  else if (F == False)
    Result = H;
  else if (G == True || G == F)
    Result = computeDisj(F, H);
  else if (G == False || G == (F ^ 1))
    Result = computeConj(F ^ 1, H);
  else if (H == True || H == (F ^ 1))
    Result = computeDisj(F ^ 1, G);
  else if (H == False || H == F)
    Result = computeConj(F, G);
  else if (G == (H ^ 1))
    Result = computeXor(F, H);
  else
    return false;
  return true;
}

uint32_t BddManager::computeIte(uint32_t F, uint32_t G, uint32_t H) {
  uint32_t Result;
  if (reduceIte(F, G, H, Result))
    return Result;
  if (F & 1) {
    F ^= 1;
    std::swap(G, H);
  }
  uint32_t Complement = G & 1;
  G ^= Complement;
  H ^= Complement;
  if (lookUp(F, G, H, Result))
    return Result ^ Complement;
  uint32_t Top = std::min(std::min(topOf(F), topOf(G)), topOf(H));
  uint32_t Low = computeIte(lowAt(F, Top), lowAt(G, Top), lowAt(H, Top));
  if (Low == Failed)
    return Failed;
  Result = makeNode(Top, Low,
                    computeIte(highAt(F, Top), highAt(G, Top), highAt(H, Top)));
  remember(F, G, H, Result);
  return Result == Failed ? Failed : Result ^ Complement;
}

bool BddManager::computeDisjoint(uint32_t F, uint32_t G) {
  if (F == False || G == False || F == (G ^ 1))
    return true;
  if (F == True || G == True || F == G)
    return false;
  if (F > G)
    std::swap(F, G);
  uint32_t Result;
  if (lookUp(F, G, TagDisjoint, Result))
    return Result == True;
  if (lookUp(F, G, TagConj, Result))
    return Result == False;
  uint32_t Top = std::min(topOf(F), topOf(G));
  bool Disjoint = computeDisjoint(lowAt(F, Top), lowAt(G, Top)) &&
                  computeDisjoint(highAt(F, Top), highAt(G, Top));
  remember(F, G, TagDisjoint, Disjoint ? True : False);
  return Disjoint;
}

Bdd BddManager::restrictVariable(Bdd F, uint32_t Variable, bool Value) {
  size_t Start = Nodes.size();
  uint32_t Literal = variable(Variable).id();
  return finish(Start, computeRestrict(F.id(), Literal, Value), F);
}

// Literal is the function that is the variable. It stands in the key of the
// cache, since a variable's number could be taken for a tag.
uint32_t BddManager::computeRestrict(uint32_t F, uint32_t Literal, bool Value) {
  uint32_t Top = topOf(F);
  if (Top > topOf(Literal))
    return F;
  if (Top == topOf(Literal))
    return Value ? highOf(F) : lowOf(F);
  uint32_t Tag = Value ? TagRestrictTrue : TagRestrictFalse;
  uint32_t Complement = F & 1;
  F ^= Complement;
  uint32_t Result;
  if (lookUp(F, Literal, Tag, Result))
    return Result ^ Complement;
  uint32_t Low = computeRestrict(lowOf(F), Literal, Value);
  if (Low == Failed)
    return Failed;
  Result = makeNode(Top, Low, computeRestrict(highOf(F), Literal, Value));
  remember(F, Literal, Tag, Result);
  return Result == Failed ? Failed : Result ^ Complement;
}

Bdd BddManager::cofactor(Bdd F, Bdd Care) {
  size_t Start = Nodes.size();
  Bdd Result = finish(Start, computeCofactor(F.id(), Care.id()), F);
  if (Result == F || !isLarger(Result, size(F)))
    return Result;
  return F;
}

uint32_t BddManager::computeCofactor(uint32_t F, uint32_t Care) {
  if (Care == True || Care == False || F == True || F == False)
    return F;
  if (F == Care)
    return True;
  if (F == (Care ^ 1))
    return False;
  uint32_t Complement = F & 1;
  F ^= Complement;
  uint32_t Result;
  if (!lookUp(F, Care, TagCofactor, Result)) {
    Result = cofactorBranches(F, Care);
    remember(F, Care, TagCofactor, Result);
  }
  return Result == Failed ? Failed : Result ^ Complement;
}

uint32_t BddManager::cofactorBranches(uint32_t F, uint32_t Care) {
  uint32_t Top = topOf(F);
  if (topOf(Care) < Top) {
    uint32_t Either = computeDisj(lowOf(Care), highOf(Care));
    return Either == Failed ? Failed : computeCofactor(F, Either);
  }
  uint32_t LowCare = lowAt(Care, Top), HighCare = highAt(Care, Top);
  if (LowCare == False)
    return computeCofactor(highOf(F), HighCare);
  if (HighCare == False)
    return computeCofactor(lowOf(F), LowCare);
  uint32_t Low = computeCofactor(lowOf(F), LowCare);
  if (Low == Failed)
    return Failed;
  return makeNode(Top, Low, computeCofactor(highOf(F), HighCare));
}
