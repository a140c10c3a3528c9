// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Canary.h"

#include <cstring>

namespace cocodma::model {

namespace {

// No text, no address, no small number looks like this.
constexpr std::uint8_t Magic[4] = {0xc9, 0x5a, 0xd1, 0x8e};

// Added to numbers, so that small ones do not look like the zeros around.
constexpr CanaryId IdMask = 0xa5d2;
constexpr std::uint32_t IndexMask = 0x5a96c3e1;

/// The finalizer of splitmix64.
std::uint64_t mix(std::uint64_t Value) {
  Value = (Value ^ (Value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  Value = (Value ^ (Value >> 27)) * 0x94d049bb133111ebULL;
  return Value ^ (Value >> 31);
}

/// A cell: magic, number of the canary, index of the cell, a checksum of both.
void makeCell(CanaryId Id, std::uint32_t Index, std::uint8_t *Cell) {
  std::uint64_t Sum = mix((std::uint64_t(Id) << 32) + Index + 1);
  Id ^= IdMask;
  Index ^= IndexMask;
  std::memcpy(Cell, Magic, 4);
  std::memcpy(Cell + 4, &Id, 2);
  std::memcpy(Cell + 6, &Index, 4);
  std::memcpy(Cell + CanaryHead, &Sum, CanaryCell - CanaryHead);
}

/// Where the next head may start; the end if there is none. Most memory is
/// zero, and memchr() gets over it far faster than memmem() does.
std::size_t nextHead(std::span<const std::uint8_t> Bytes, std::size_t From) {
  while (From + CanaryHead <= Bytes.size()) {
    const void *Hit = std::memchr(&Bytes[From], Magic[0],
                                  Bytes.size() - CanaryHead + 1 - From);
    if (!Hit)
      break;
    From = static_cast<std::size_t>(static_cast<const std::uint8_t *>(Hit) -
                                    Bytes.data());
    if (!std::memcmp(&Bytes[From], Magic, sizeof(Magic)))
      return From;
    ++From;
  }
  return Bytes.size();
}

} // namespace

std::uint8_t canaryByte(CanaryId Id, std::size_t Offset) {
  std::uint8_t Cell[CanaryCell];
  makeCell(Id, static_cast<std::uint32_t>(Offset / CanaryCell), Cell);
  return Cell[Offset % CanaryCell];
}

void fillCanary(std::span<std::uint8_t> Bytes, CanaryId Id) {
  std::uint8_t Cell[CanaryCell];
  for (std::size_t At = 0; At < Bytes.size(); At += CanaryCell) {
    makeCell(Id, static_cast<std::uint32_t>(At / CanaryCell), Cell);
    std::memcpy(&Bytes[At], Cell, std::min(CanaryCell, Bytes.size() - At));
  }
}

std::vector<CanaryRun> findCanaries(std::span<const std::uint8_t> Bytes) {
  std::vector<CanaryRun> Runs;
  const std::uint8_t *Data = Bytes.data();
  for (std::size_t From = 0;;) {
    std::size_t Start = nextHead(Bytes, From);
    if (Start == Bytes.size())
      break;
    CanaryRun Run;
    std::uint32_t Index = 0;
    std::memcpy(&Run.Id, Data + Start + 4, 2);
    std::memcpy(&Index, Data + Start + 6, 4);
    Run.Id ^= IdMask;
    Index ^= IndexMask;
    Run.Offset = std::size_t(Index) * CanaryCell;
    std::size_t Head = Start, End = Start;
    while (End < Bytes.size() &&
           Data[End] == canaryByte(Run.Id, Run.Offset + (End - Start)))
      ++End;
    while (Start > From && Run.Offset > 0 &&
           Data[Start - 1] == canaryByte(Run.Id, Run.Offset - 1)) {
      --Start;
      --Run.Offset;
    }
    // A head agrees with itself; that it is one, other bytes must say.
    bool Sure = End - Head > CanaryHead + 1 || Start < Head;
    Run.At = Start;
    Run.Size = End - Start;
    // The next canary may start in what seemed to be the end of this one.
    From = std::max(End - std::min<std::size_t>(End, 4), Head + CanaryHead);
    if (Sure)
      Runs.push_back(Run);
  }
  return Runs;
}

} // namespace cocodma::model
