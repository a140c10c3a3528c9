// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Host.h"

#include <algorithm>
#include <cstring>

namespace cocodma::model {

void Host::look() {
  if (!Memory.profile().HasHost)
    return;
  for (auto [First, Last] : Memory.hostRuns())
    lookAt(First, Last);
}

void Host::lookAtStore(const void *Virtual, std::size_t Size) {
  if (!Memory.profile().HasHost || !Size || !Memory.writesShared(Virtual))
    return;
  const auto *At = static_cast<const std::uint8_t *>(Virtual);
  // An alias may show frames in any order: a page at a time, and whole ones, so
  // that a canary that was written in pieces is recognized.
  std::size_t Before = reinterpret_cast<std::uintptr_t>(At) % PageSize;
  for (std::size_t Done = 0; Done < Before + Size; Done += PageSize) {
    Frame F = 0;
    if (Memory.frameOf(At - Before + Done, F))
      lookAt(F, F + 1);
  }
}

void Host::lookAt(Frame First, Frame Last) {
  std::span<const std::uint8_t> Bytes(Memory.hostContents() + First * PageSize,
                                      (Last - First) * PageSize);
  for (const CanaryRun &Run : findCanaries(Bytes))
    note({Run.Id,
          Run.Offset,
          Run.Size,
          Memory.base() + First * PageSize + Run.At,
          Current,
          {}});
}

void Host::note(Sighting New) {
  auto Size = Sizes.find(New.Id);
  if (Size == Sizes.end() || New.Offset >= Size->second)
    return;
  New.Size = std::min(New.Size, Size->second - New.Offset);
  auto &Ranges = Known[{New.Id, New.Address - New.Offset}];
  std::size_t End = New.Offset + New.Size;
  // What is known from looks at single pages may be one run now.
  std::size_t Until = New.Offset;
  std::sort(Ranges.begin(), Ranges.end());
  for (auto [From, To] : Ranges)
    if (From <= Until)
      Until = std::max(Until, To);
  if (Until >= End)
    return;
  Ranges.emplace_back(New.Offset, End);
  Seen.push_back(New);
  Seen.back().Stack = Cause;
}

bool Host::mayAccess(std::uint64_t Address, std::size_t Size) const {
  if (!Size || !Memory.profile().HasHost || !Memory.contains(Address, Size))
    return false;
  Frame Last = (Address + Size - 1 - Memory.base()) / PageSize;
  for (Frame F = (Address - Memory.base()) / PageSize; F <= Last; ++F)
    if (!Memory.hostMayRead(F))
      return false;
  return true;
}

bool Host::read(std::uint64_t Address, std::span<std::uint8_t> Into) const {
  if (!mayAccess(Address, Into.size()))
    return false;
  std::memcpy(Into.data(), Memory.hostContents() + (Address - Memory.base()),
              Into.size());
  return true;
}

bool Host::write(std::uint64_t Address, std::span<const std::uint8_t> From) {
  if (!mayAccess(Address, From.size()))
    return false;
  std::memcpy(Memory.hostContents() + (Address - Memory.base()), From.data(),
              From.size());
  return true;
}

} // namespace cocodma::model
