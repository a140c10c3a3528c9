// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which headers are compiled once for which units.
#include "frontend/SharingPlan.h"

#include "gtest/gtest.h"

using namespace cocodma;

namespace {

constexpr uint64_t Mebibyte = 1 << 20;

SharingUnit unit(std::initializer_list<unsigned> Files, uint64_t Saved = 0) {
  SharingUnit Result;
  Result.Files.resize(4);
  for (unsigned File : Files)
    Result.Files.set(File);
  Result.Saved = Saved;
  return Result;
}

const std::vector<uint64_t> Sizes(4, Mebibyte);

TEST(SharingPlan, OneUnitSharesNothing) {
  EXPECT_TRUE(planSharing({unit({0, 1})}, Sizes).empty());
}

TEST(SharingPlan, WhatSeveralUnitsIncludeIsCompiledOnce) {
  std::vector<SharingNode> Nodes =
      planSharing({unit({0, 1, 2}), unit({0, 1}), unit({0, 1, 3})}, Sizes);
  ASSERT_EQ(Nodes.size(), 1u);
  EXPECT_FALSE(Nodes[0].Parent);
  EXPECT_EQ(Nodes[0].Units, (std::vector<unsigned>{0, 1, 2}));
  EXPECT_EQ(Nodes[0].Files, unit({0, 1}).Files);
}

TEST(SharingPlan, WhatSomeOfThemIncludeIsAddedForThem) {
  std::vector<SharingNode> Nodes = planSharing(
      {unit({0, 1, 2, 3}), unit({0, 1, 2, 3}), unit({0}), unit({0}), unit({0})},
      Sizes);
  ASSERT_EQ(Nodes.size(), 2u);
  EXPECT_EQ(Nodes[0].Files, unit({0}).Files);
  EXPECT_EQ(Nodes[0].Units, (std::vector<unsigned>{2, 3, 4}));
  EXPECT_EQ(Nodes[1].Parent, 0u);
  EXPECT_EQ(Nodes[1].Units, (std::vector<unsigned>{0, 1}));
  EXPECT_EQ(Nodes[1].Files, unit({0, 1, 2, 3}).Files);
}

TEST(SharingPlan, WhatIsThereAlreadyIsNotMadeAgain) {
  EXPECT_TRUE(
      planSharing({unit({0, 1}, 2 * Mebibyte), unit({0, 1}, 2 * Mebibyte),
                   unit({0, 1}, 2 * Mebibyte)},
                  Sizes)
          .empty());
}

TEST(SharingPlan, ALittleIsNotWorthAFile) {
  const std::vector<uint64_t> Small(4, 1 << 10);
  EXPECT_TRUE(planSharing({unit({0}), unit({0}), unit({0})}, Small).empty());
}

} // namespace
