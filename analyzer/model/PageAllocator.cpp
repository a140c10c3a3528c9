// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/PageAllocator.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace cocodma::model {

namespace {
constexpr std::size_t SmallestObject = 32;
} // namespace

PageAllocator::PageAllocator(GuestMemory &Memory)
    : Memory(Memory), Used(Memory.frames(), false) {}

void PageAllocator::placeLarge(std::uint64_t Pages, std::uint64_t Address) {
  LargeCount = Pages;
  LargeFrom = (Address - Memory.base()) / PageSize;
}

bool PageAllocator::takeRun(Frame From, std::uint64_t Count, Frame &First) {
  std::uint64_t Run = 0;
  while (FirstFree < Used.size() && Used[FirstFree])
    ++FirstFree;
  for (Frame F = std::max(From, FirstFree); F < Used.size(); ++F) {
    Run = Used[F] ? 0 : Run + 1;
    if (Run < Count)
      continue;
    First = F + 1 - Count;
    for (Frame Take = First; Take <= F; ++Take)
      Used[Take] = true;
    return true;
  }
  return false;
}

bool PageAllocator::allocate(std::uint64_t Count, Frame &First) {
  if (!Count || Count > Used.size())
    return false;
  while (Count == 1 && !Recent.empty()) {
    First = Recent.back();
    Recent.pop_back();
    if (Used[First])
      continue;
    Used[First] = true;
    return true;
  }
  return takeRun(Count >= LargeCount ? LargeFrom : 0, Count, First);
}

bool PageAllocator::free(Frame First, std::uint64_t Count) {
  if (First >= Used.size() || Count > Used.size() - First)
    return false;
  for (Frame F = First; F < First + Count; ++F)
    if (!Used[F])
      return false;
  FirstFree = std::min(FirstFree, First);
  for (Frame F = First; F < First + Count; ++F) {
    Used[F] = false;
    Recent.push_back(F);
  }
  return true;
}

void *PageAllocator::allocateObject(std::size_t Size) {
  std::size_t Class = std::bit_ceil(std::max(Size, SmallestObject));
  std::vector<std::uint8_t *> &Free = FreeObjects[Class];
  if (Free.empty()) {
    Frame First = 0;
    std::uint64_t Pages = (Class + PageSize - 1) / PageSize;
    if (!allocate(Pages, First))
      return nullptr;
    auto *At = static_cast<std::uint8_t *>(
        Memory.toVirtual(Memory.base() + First * PageSize));
    if (Class < PageSize && NewPage)
      NewPage(First);
    // The first object of a page is handed out first.
    for (std::size_t End = Pages * PageSize; End >= Class; End -= Class)
      Free.push_back(At + End - Class);
  }
  std::uint8_t *Object = Free.back();
  Free.pop_back();
  if (Class > PageSize)
    Memory.zero(Object, Class); // Most of it was never written.
  else
    std::memset(Object, 0, Class);
  Objects[Object] = Class;
  return Object;
}

std::size_t PageAllocator::objectSize(const void *Object) const {
  auto Found = Objects.find(Object);
  return Found == Objects.end() ? 0 : Found->second;
}

bool PageAllocator::freeObject(const void *Object) {
  auto Found = Objects.find(Object);
  if (Found == Objects.end())
    return false;
  FreeObjects[Found->second].push_back(
      const_cast<std::uint8_t *>(static_cast<const std::uint8_t *>(Object)));
  Objects.erase(Found);
  return true;
}

} // namespace cocodma::model
