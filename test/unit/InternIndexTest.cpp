//===- InternIndexTest.cpp - Tests of the index of interned entries -------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/InternIndex.h"

#include "gtest/gtest.h"

#include <vector>

using namespace cocodma;

namespace {

/// Numbers that are kept once each, in the order of their coming.
struct Numbers {
  /// \p Spread: how many different hashes there are.
  explicit Numbers(uint64_t Spread) : Spread(Spread) {}

  uint64_t hashOf(uint64_t Number) const {
    return InternIndex::mix(Number % Spread, 0);
  }
  uint32_t positionOf(uint64_t Number) const {
    return Index.find(hashOf(Number),
                      [&](uint32_t At) { return All[At] == Number; });
  }
  void add(uint64_t Number) {
    Index.add(hashOf(Number), uint32_t(All.size()),
              [&](uint32_t At) { return hashOf(All[At]); });
    All.push_back(Number);
  }
  void removeLast() {
    Index.removeLast(hashOf(All.back()), uint32_t(All.size() - 1));
    All.pop_back();
  }

  uint64_t Spread;
  std::vector<uint64_t> All;
  InternIndex Index;
};

} // namespace

TEST(InternIndex, FindsWhatIsThereAndNothingElse) {
  // With few hashes all lie in one another's way; 5000 are more than there is
  // room for at first.
  for (uint64_t Spread : {uint64_t(3), UINT64_MAX}) {
    const uint64_t Most = Spread == 3 ? 300 : 5000;
    Numbers N(Spread);
    for (uint64_t Number = 0; Number < Most; ++Number) {
      ASSERT_EQ(N.positionOf(Number), InternIndex::None);
      N.add(Number);
    }
    for (uint64_t Number = 0; Number < Most; ++Number)
      ASSERT_EQ(N.positionOf(Number), Number);
    while (N.All.size() > Most / 3)
      N.removeLast();
    for (uint64_t Number = 0; Number < Most; ++Number)
      ASSERT_EQ(N.positionOf(Number),
                Number < Most / 3 ? uint32_t(Number) : InternIndex::None);
    // Other numbers come in the place of those that went.
    for (uint64_t Number = Most; Number < 2 * Most; ++Number)
      N.add(Number);
    for (uint64_t Number = Most; Number < 2 * Most; ++Number)
      ASSERT_EQ(N.positionOf(Number), Number - Most + Most / 3);
  }
}
