// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/Confined.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <unistd.h>

using namespace cocodma;
using testing::HasSubstr;

namespace {

using Works = std::vector<std::function<std::string()>>;

TEST(Confined, GivesTheOutputsInTheirOrder) {
  Works All;
  for (int I = 0; I < 10; ++I)
    All.push_back([I] { return std::string(100000 * I, char('a' + I)); });
  size_t Finished = 0;
  std::vector<WorkResult> Results =
      runConfined(All, 3, {}, [&](size_t) { ++Finished; });
  ASSERT_EQ(Results.size(), 10u);
  EXPECT_EQ(Finished, 10u);
  for (int I = 0; I < 10; ++I) {
    EXPECT_EQ(Results[I].Output, std::string(100000 * I, char('a' + I)));
    EXPECT_EQ(Results[I].Problem, "");
  }
  EXPECT_TRUE(runConfined({}, 2, {}).empty());
}

TEST(Confined, WhatIsDoneThereIsNotSeenHere) {
  int Value = 1;
  runConfined({[&] {
                Value = 2;
                return std::string();
              }},
              1, {});
  EXPECT_EQ(Value, 1);
}

TEST(Confined, ACrashCostsOnlyItsOwnWork) {
  std::vector<WorkResult> Results = runConfined(
      {[]() -> std::string { _exit(3); }, [] { return std::string("fine"); }},
      2, {});
  EXPECT_THAT(Results[0].Problem, HasSubstr("crashed"));
  EXPECT_EQ(Results[1].Output, "fine");
}

TEST(Confined, TimeIsBounded) {
  WorkLimits Limits;
  Limits.CpuSeconds = 1;
  Works Busy = {[] {
    for (volatile unsigned I = 0;; I = I + 1)
      ;
    return std::string();
  }};
  EXPECT_THAT(runConfined(Busy, 1, Limits)[0].Problem,
              HasSubstr("more than 1 s"));
  Limits.CpuSeconds = 60;
  Limits.WallSeconds = 1;
  Works Idle = {[] {
    for (;;)
      pause();
    return std::string();
  }};
  EXPECT_NE(runConfined(Idle, 1, Limits)[0].Problem, "");
}

} // namespace
