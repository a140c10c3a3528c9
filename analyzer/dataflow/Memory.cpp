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
  for (const Memory *Layer = this; Layer; Layer = Layer->Below) {
    auto Found = Layer->Paths.find(Object);
    if (Found != Layer->Paths.end())
      Result.insert(Result.end(), Found->second.begin(), Found->second.end());
  }
  llvm::sort(Result);
  Result.erase(llvm::unique(Result), Result.end());
  return Result;
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
