// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Memory.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

const Value *Memory::find(Cell Which) const {
  for (const Memory *Layer = this; Layer; Layer = Layer->Below) {
    auto Found = Layer->Cells.find(Which);
    if (Found != Layer->Cells.end())
      return &Found->second;
  }
  return nullptr;
}

void Memory::set(Cell Which, Value New) {
  auto [Entry, IsNew] = Cells.try_emplace(Which);
  Entry->second = std::move(New);
  if (IsNew) {
    Paths[Which.Object].push_back(Which.Path);
    Order.push_back(Which);
  }
}

std::vector<PathId> Memory::paths(ObjectId Object) const {
  std::vector<PathId> Result;
  unsigned Layers = 0;
  for (const Memory *Layer = this; Layer; Layer = Layer->Below) {
    auto Found = Layer->Paths.find(Object);
    if (Found == Layer->Paths.end())
      continue;
    ++Layers;
    Result.insert(Result.end(), Found->second.begin(), Found->second.end());
  }
  if (Layers < 2)
    return Result; // One layer names each cell once, in the order of writes.
  llvm::sort(Result);
  Result.erase(llvm::unique(Result), Result.end());
  return Result;
}

size_t Memory::cellCount(ObjectId Object) const {
  size_t Result = 0;
  for (const Memory *Layer = this; Layer; Layer = Layer->Below) {
    auto Found = Layer->Paths.find(Object);
    if (Found != Layer->Paths.end())
      Result += Found->second.size();
  }
  return Result;
}

void Memory::addFill(ObjectId Object, Fill New) {
  std::vector<Fill> &List = Fills[Object];
  // An unconditional fill hides what earlier ones of the same bytes did.
  if (New.When.isTrue())
    llvm::erase_if(List,
                   [&](const Fill &Old) { return Old.Prefix == New.Prefix; });
  constexpr size_t Limit = 12;
  if (List.size() >= Limit)
    List.erase(List.begin());
  List.push_back(New);
}

std::vector<UnionCell> Memory::unionCells(ObjectId Object) const {
  std::vector<UnionCell> Result;
  if (Below)
    Result = Below->unionCells(Object);
  auto Found = Unions.find(Object);
  if (Found != Unions.end())
    Result.insert(Result.end(), Found->second.begin(), Found->second.end());
  return Result;
}

void Memory::addUnionCell(Cell Which, Bdd Written) {
  std::vector<UnionCell> &List = Unions[Which.Object];
  auto Known = llvm::find_if(
      List, [&](const UnionCell &C) { return C.Path == Which.Path; });
  if (Known == List.end())
    Known = List.insert(List.end(), {Which.Path, {}});
  if (Written.isTrue())
    Known->Written.clear();
  if (!Written.isFalse() && !llvm::is_contained(Known->Written, Written))
    Known->Written.push_back(Written);
}

std::vector<Fill> Memory::fills(ObjectId Object) const {
  std::vector<Fill> Result;
  if (Below)
    Result = Below->fills(Object);
  auto Found = Fills.find(Object);
  if (Found != Fills.end())
    Result.insert(Result.end(), Found->second.begin(), Found->second.end());
  return Result;
}

} // namespace cocodma
