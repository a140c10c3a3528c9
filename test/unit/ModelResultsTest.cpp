// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a scenario's process says what happened, and what one leaves to the next.
#include "model/Platform.h"
#include "model/RecordWriter.h"
#include "model/SystemGate.h"

#include "gtest/gtest.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cocodma::model;

namespace {

/// An area for one test.
struct Area {
  ResultArea *At = ResultArea::create();
  nlohmann::json record() const { return nlohmann::json::parse(At->text()); }
};

TEST(ModelRecord, IsJsonWhateverTheKernelSays) {
  Area Results;
  Record(*Results.At, "log")
      .text("text", "a\"b\\c\033[31m\n\xff")
      .number("error", -12)
      .flag("bound", true)
      .address("address", 0x400010000000)
      .addresses("stack", {1, 0xabc})
      .texts("names", {"a", "b"})
      .begin("details")
      .end();
  EXPECT_EQ(Results.record(), nlohmann::json::parse(R"(
    {"record": "log", "text": "a\"b\\c?[31m??", "error": -12, "bound": true,
     "address": "0x400010000000", "stack": ["0x1", "0xabc"],
     "names": ["a", "b"], "details": {}})"));
}

TEST(ModelResults, WhatDoesNotFitIsSaid) {
  Area Results;
  std::string Line(1000, 'x');
  for (std::size_t Size = 0; Size <= ResultArea::Most; Size += Line.size())
    Results.At->append(Line);
  EXPECT_TRUE(Results.At->isTruncated());
  EXPECT_EQ(Results.At->text().size() % Line.size(), 0U);
  Results.At->clear();
  EXPECT_FALSE(Results.At->isTruncated());
  EXPECT_TRUE(Results.At->text().empty());
}

// The kernel's code shares the area, and may write any size there.
TEST(ModelResults, ASizeThatIsNoneHarmsNobody) {
  Area Results;
  Results.At->Size = ~std::size_t(0);
  Results.At->append("more");
  EXPECT_TRUE(Results.At->isTruncated());
  EXPECT_EQ(Results.At->text().size(), ResultArea::Most);
}

TEST(ModelResults, OutliveTheProcess) {
  Area Results;
  pid_t Child = fork();
  if (Child == 0) {
    Results.At->append("said");
    _exit(0);
  }
  ASSERT_EQ(waitpid(Child, nullptr, 0), Child);
  EXPECT_EQ(Results.At->text(), "said");
}

// One guest after the other has the same files: nothing is left to the next.
TEST(ModelGuestFiles, AreClearForTheNextGuest) {
  std::string Error;
  auto Files = GuestFiles::create(64 * PageSize, Error);
  ASSERT_TRUE(Files) << Error;
  {
    Platform P(*findProfile("snp"), *Files, 0x10000000);
    void *At = P.allocatePages(2, true);
    std::memset(At, 0xee, 2 * PageSize);
    ASSERT_EQ(P.convert(At, 1, PageState::Shared), 0);
    EXPECT_EQ(Files->sharedView()[0], 0xee);
    EXPECT_EQ(Files->privateView()[PageSize], 0xee);
  }
  ASSERT_TRUE(Files->clear());
  for (const std::uint8_t *View : {Files->privateView(), Files->sharedView()})
    for (std::size_t I = 0; I < 2 * PageSize; ++I)
      ASSERT_EQ(View[I], 0) << I;
}

// A copy of the process cannot call through a gate that it took away; the
// process itself still can.
TEST(ModelGate, IsGoneForTheCopyOnly) {
  EXPECT_EQ(callThroughGate(SYS_getpid), getpid());
  pid_t Child = fork();
  if (Child == 0) {
    bool Removed = removeGate();
    signal(SIGSEGV, SIG_DFL);
    if (Removed)
      callThroughGate(SYS_getpid);
    _exit(0);
  }
  int Status = 0;
  ASSERT_EQ(waitpid(Child, &Status, 0), Child);
  ASSERT_TRUE(WIFSIGNALED(Status));
  EXPECT_EQ(WTERMSIG(Status), SIGSEGV);
  EXPECT_EQ(callThroughGate(SYS_getpid), getpid());
}

} // namespace
