// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Plan.h"

#include <algorithm>
#include <map>

namespace cocodma {
namespace {

/// Depth-first search that finds the order and the retreating edges.
class Search {
public:
  explicit Search(const FunctionSummary &Body)
      : Body(Body), State(Body.Blocks.size()) {}

  void run() {
    struct Entry {
      uint32_t Block;
      size_t Next;
    };
    std::vector<Entry> Stack = {{0, 0}};
    State[0] = 1;
    while (!Stack.empty()) {
      Entry &Top = Stack.back();
      const auto &Successors = Body.Blocks[Top.Block].Successors;
      if (Top.Next == Successors.size()) {
        State[Top.Block] = 2;
        PostOrder.push_back(Top.Block);
        Stack.pop_back();
        continue;
      }
      uint32_t To = Successors[Top.Next++];
      if (State[To] == 0) {
        State[To] = 1;
        Stack.push_back({To, 0});
      } else if (State[To] == 1) {
        BackEdges[To].push_back(Top.Block);
      }
    }
  }

  std::vector<uint32_t> PostOrder;
  std::map<uint32_t, std::vector<uint32_t>> BackEdges;

private:
  const FunctionSummary &Body;
  std::vector<uint8_t> State;
};

void findCounters(const FunctionSummary &Body, Loop &L) {
  for (uint32_t B : L.Blocks)
    for (InstIndex I = Body.Blocks[B].First; I < Body.Blocks[B].End; ++I) {
      const Inst &Write = Body.Insts[I];
      if (Write.Op != Opcode::WriteLocal)
        continue;
      InstIndex Source = Write.B;
      while (Body.Insts[Source].Op == Opcode::Cast)
        Source = Body.Insts[Source].A;
      const Inst &From = Body.Insts[Source];
      bool Stepped = From.Op == Opcode::Binary &&
                     From.Sub <= uint8_t(BinaryKind::ShiftRight);
      if (Stepped)
        L.Counters.push_back(Write.A);
    }
  std::sort(L.Counters.begin(), L.Counters.end());
  L.Counters.erase(std::unique(L.Counters.begin(), L.Counters.end()),
                   L.Counters.end());
}

} // namespace

Plan makePlan(const FunctionSummary &Body) {
  Search Found(Body);
  Found.run();
  Plan Result;
  Result.Order.assign(Found.PostOrder.rbegin(), Found.PostOrder.rend());
  Result.LoopOf.assign(Body.Blocks.size(), None);
  if (Found.BackEdges.empty())
    return Result;
  std::vector<std::vector<uint32_t>> Predecessors(Body.Blocks.size());
  for (uint32_t B : Result.Order)
    for (uint32_t S : Body.Blocks[B].Successors)
      Predecessors[S].push_back(B);
  for (const auto &[Header, Sources] : Found.BackEdges) {
    Loop L;
    L.Header = Header;
    L.Contains.assign(Body.Blocks.size(), false);
    L.Contains[Header] = true;
    std::vector<uint32_t> Work(Sources);
    while (!Work.empty()) {
      uint32_t B = Work.back();
      Work.pop_back();
      if (L.Contains[B])
        continue;
      L.Contains[B] = true;
      for (uint32_t P : Predecessors[B])
        Work.push_back(P);
    }
    for (uint32_t B : Result.Order)
      if (L.Contains[B])
        L.Blocks.push_back(B);
    for (uint32_t B : L.Blocks)
      for (uint32_t S : Body.Blocks[B].Successors)
        L.LeftInside |= B != Header && !L.Contains[S];
    findCounters(Body, L);
    Result.LoopOf[Header] = Result.Loops.size();
    Result.Loops.push_back(std::move(L));
  }
  return Result;
}

} // namespace cocodma
