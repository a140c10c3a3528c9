// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the entry of a growing array by its content. The array keeps what is
// found; entries go only from its end, as where work is taken back.
#ifndef COCODMA_SUPPORT_INTERNINDEX_H
#define COCODMA_SUPPORT_INTERNINDEX_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cocodma {

/// A hash table with linear probing of positions in an array that is not its
/// own. Positions are added in ascending order and removed in descending order,
/// so that removing leaves no gaps before what is still there.
class InternIndex {
public:
  /// What find() gives if there is no such entry.
  static constexpr uint32_t None = ~0u;

  /// A hash of two words, for keys that fit into them.
  static uint64_t mix(uint64_t First, uint64_t Second) {
    uint64_t Hash = First * 0x9E3779B97F4A7C15ull;
    Hash = (Hash ^ (Hash >> 29) ^ Second) * 0xBF58476D1CE4E5B9ull;
    return Hash ^ (Hash >> 32);
  }

  /// The position that was added with \p Hash and for which \p IsIt is true.
  template <typename Predicate>
  uint32_t find(uint64_t Hash, Predicate IsIt) const {
    for (size_t At = Hash & Mask; Slots[At]; At = (At + 1) & Mask)
      if (Slots[At] >> 32 == Hash >> 32 && IsIt(positionIn(Slots[At])))
        return positionIn(Slots[At]);
    return None;
  }

  /// Adds \p Position, which is not there and greater than all that are.
  /// \p HashOf tells the hash of each position that is there.
  template <typename Function>
  void add(uint64_t Hash, uint32_t Position, Function HashOf) {
    if (++Count * 4 > Slots.size() * 3)
      grow(HashOf);
    place(Slots, Mask, Hash, Position);
  }

  /// Removes \p Position, the greatest one, which was added with \p Hash.
  void removeLast(uint64_t Hash, uint32_t Position) {
    size_t At = Hash & Mask;
    while (positionIn(Slots[At]) != Position || !Slots[At])
      At = (At + 1) & Mask;
    Slots[At] = 0;
    --Count;
  }

private:
  // A slot is half of the hash and the position, plus one; zero is free.
  static uint32_t positionIn(uint64_t Slot) { return uint32_t(Slot) - 1; }

  static void place(std::vector<uint64_t> &Into, size_t Mask, uint64_t Hash,
                    uint32_t Position) {
    size_t At = Hash & Mask;
    while (Into[At])
      At = (At + 1) & Mask;
    Into[At] = Hash >> 32 << 32 | (Position + 1);
  }

  template <typename Function> void grow(Function HashOf) {
    // In ascending order of the positions again.
    std::vector<uint32_t> Positions;
    for (uint64_t Slot : Slots)
      if (Slot)
        Positions.push_back(positionIn(Slot));
    std::sort(Positions.begin(), Positions.end());
    Slots.assign(Slots.size() * 2, 0);
    Mask = Slots.size() - 1;
    for (uint32_t Position : Positions)
      place(Slots, Mask, HashOf(Position), Position);
  }

  std::vector<uint64_t> Slots = std::vector<uint64_t>(1024);
  size_t Mask = 1023, Count = 0;
};

} // namespace cocodma

#endif // COCODMA_SUPPORT_INTERNINDEX_H
