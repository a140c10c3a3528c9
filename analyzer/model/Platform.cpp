// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Platform.h"

#include <cerrno>
#include <charconv>
#include <cstring>

namespace cocodma::model {

namespace {

std::string hex(std::uint64_t Value) {
  char Digits[16];
  return "0x" +
         std::string(Digits, std::to_chars(Digits, Digits + 16, Value, 16).ptr);
}

} // namespace

std::unique_ptr<Platform> Platform::create(const Profile &P, Frame Frames,
                                           std::uint64_t Base,
                                           std::string &Error) {
  auto Memory = GuestMemory::create(P, Frames, Base, Error);
  return std::unique_ptr<Platform>(Memory ? new Platform(std::move(Memory))
                                          : nullptr);
}

Platform::Platform(const Profile &P, GuestFiles &Files, std::uint64_t Base)
    : Platform(std::make_unique<GuestMemory>(P, Files, Base)) {}

Platform::Platform(std::unique_ptr<GuestMemory> Made)
    : Memory(std::move(Made)), Observer(std::make_unique<Host>(*Memory)),
      Bus(std::make_unique<DmaBus>(*Memory)),
      Allocator(std::make_unique<PageAllocator>(*Memory)) {
  if (!profile().separatesViews())
    return;
  Allocator->onObjectPage([this](Frame F) {
    std::uint64_t Address = Memory->base() + F * PageSize;
    auto *At = static_cast<std::uint8_t *>(Memory->toVirtual(Address));
    fillCanary({At, PageSize},
               newCanary(CanaryKind::Neighbour, hex(Address), PageSize));
  });
}

CanaryId Platform::newCanary(CanaryKind Kind, std::string Name,
                             std::size_t Size) {
  Owners.push_back({Kind, std::move(Name)});
  auto Id = static_cast<CanaryId>(Owners.size() - 1);
  Observer->limit(Id, Size);
  return Id;
}

const CanaryOwner *Platform::owner(CanaryId Id) const {
  return Id < Owners.size() ? &Owners[Id] : nullptr;
}

void *Platform::allocatePages(std::uint64_t Count, bool Zero) {
  Frame First = 0;
  if (Injector.fails(FaultPoint::Allocation) ||
      !Allocator->allocate(Count, First))
    return nullptr;
  void *At = Memory->toVirtual(Memory->base() + First * PageSize);
  // Large runs are the boot code's, and their pages were never written.
  if (Zero && Count < 256)
    std::memset(At, 0, Count * PageSize);
  return At;
}

/// Data of whoever gets this memory next.
void Platform::handOver(void *Address, std::size_t Size) {
  if (!Memory->writesShared(Address))
    return;
  Observer->look();
  ++FreedShared;
  CanaryId Id =
      newCanary(CanaryKind::NextOwner, hex(Memory->toPhysical(Address)), Size);
  fillCanary({static_cast<std::uint8_t *>(Address), Size}, Id);
  Observer->lookAtStore(Address, Size);
}

bool Platform::freePages(void *Address, std::uint64_t Count) {
  if (!Memory->inLinearMap(Address) ||
      !Allocator->free(
          (Memory->toPhysical(Address) - Memory->base()) / PageSize, Count))
    return false;
  for (std::uint64_t I = 0; I < Count; ++I)
    handOver(static_cast<std::uint8_t *>(Address) + I * PageSize, PageSize);
  return true;
}

void *Platform::allocateObject(std::size_t Size) {
  if (Injector.fails(FaultPoint::Allocation))
    return nullptr;
  return Allocator->allocateObject(Size);
}

bool Platform::freeObject(const void *Object) {
  std::size_t Size = Allocator->objectSize(Object);
  if (!Size)
    return false;
  handOver(const_cast<void *>(Object), std::min(Size, PageSize));
  return Allocator->freeObject(Object);
}

int Platform::convert(void *Address, std::uint64_t Count, PageState To) {
  FaultHow How = FaultHow::Before;
  bool Fails = Injector.fails(
      To == PageState::Shared ? FaultPoint::Decrypt : FaultPoint::Encrypt, How);
  auto *At = static_cast<std::uint8_t *>(Address);
  std::vector<Frame> Pages(std::min<std::uint64_t>(Count, Memory->frames()));
  for (std::size_t I = 0; I < Pages.size(); ++I)
    if (!Memory->frameOf(At + I * PageSize, Pages[I]))
      return -EINVAL;
  std::uint64_t Done = Count;
  if (Fails && How != FaultHow::After)
    Done = How == FaultHow::Before ? 0 : (Count + 1) / 2;
  if (Pages.empty())
    return Fails ? -EIO : 0;
  // What was shared until now may be gone from the host's view afterwards.
  Observer->look();
  if (Memory->inLinearMap(Address))
    Memory->convert(Pages[0], std::min<std::uint64_t>(Done, Pages.size()), To);
  else
    for (std::size_t I = 0; I < Done && I < Pages.size(); ++I) {
      Memory->convert(Pages[I], 1, To);
      Memory->setAliasView(At + I * PageSize, To);
    }
  if (To == PageState::Shared)
    Observer->look();
  return Fails ? -EIO : 0;
}

} // namespace cocodma::model
