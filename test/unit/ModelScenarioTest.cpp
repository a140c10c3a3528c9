// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scenarios are read with clear errors; what a program writes is never trusted.
#include "model/RunResult.h"

#include "gtest/gtest.h"

#include <csignal>

using namespace cocodma::model;

namespace {

Scenario oneBuffer() {
  Scenario What;
  std::string Error;
  EXPECT_TRUE(readScenario(R"({"schema_version": 1, "name": "s",
    "devices": [{"name": "d"}], "buffers": [{"name": "b"}],
    "operations": [{"operation": "map_single", "device": "d", "buffer": "b",
                    "result": "ok"}],
    "expect": {"unseen": ["b"]}})",
                           What, Error))
      << Error;
  return What;
}

nlohmann::json resultOf(const std::string &Text, int Signal = 0) {
  ProgramOutput Output;
  Output.Text = Text;
  Output.Signal = Signal;
  return makeResult(oneBuffer(), Output);
}

/// A wrong document and a part of what is said about it.
struct WrongScenario {
  const char *Text;
  const char *Message;
};

class WrongScenarioTest : public testing::TestWithParam<WrongScenario> {};

TEST_P(WrongScenarioTest, IsRefusedWithItsPlace) {
  Scenario What;
  std::string Error;
  EXPECT_FALSE(readScenario(GetParam().Text, What, Error));
  EXPECT_NE(Error.find(GetParam().Message), std::string::npos) << Error;
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongScenarioTest,
    testing::Values(
        WrongScenario{"{", "is no JSON: near byte"},
        WrongScenario{"[]", "the document must be an object"},
        WrongScenario{"{}", "schema_version must be 1"},
        WrongScenario{R"({"schema_version": 1, "opeations": []})",
                      "opeations is not known"},
        WrongScenario{R"({"schema_version": 1, "profile": "sgx"})",
                      "profile is 'sgx', but must be snp-vtom"},
        WrongScenario{
            R"({"schema_version": 1, "devices": [{"name": "d", "dma":
               {"mask_bits": 65}}]})",
            "devices[0].dma.mask_bits"},
        WrongScenario{
            R"({"schema_version": 1, "devices": [{"name": "d", "dma":
               {"pool": "shared"}}]})",
            "devices[0].dma.pool is 'shared', but must be default"},
        WrongScenario{R"({"schema_version": 1, "devices": [{}]})",
                      "devices[0].name is missing"},
        WrongScenario{R"({"schema_version": 1, "devices": 3})",
                      "devices must be a list"},
        WrongScenario{R"({"schema_version": 1, "buffers": [{"name": "b"},
                         {"name": "b"}]})",
                      "buffers[1].name 'b' is taken"},
        WrongScenario{R"({"schema_version": 1, "buffers": [{"name": "b",
                         "size": 8}]})",
                      "must be at least 32"},
        WrongScenario{
            R"({"schema_version": 1, "operations": [
                         {"operation": "fly"}]})",
            "operations[0].operation is 'fly', but must be map_single"},
        WrongScenario{R"({"schema_version": 1, "operations": [
                         {"operation": "unmap", "of": "m"}]})",
                      "operations[0].of names nothing"},
        WrongScenario{R"({"schema_version": 1, "faults": [{"at": "decrypt",
                         "call": -1}]})",
                      "faults[0].call must be a whole number"},
        WrongScenario{R"({"schema_version": 1, "expect": {"seen": ["x"]}})",
                      "expect.seen names no buffer"}));

TEST(ModelResult, CompletedRun) {
  auto R = resultOf(R"({"record":"device","index":0,"bound":true}
{"record":"begin","index":0}
{"record":"end","index":0,"error":0}
{"record":"finish","buffers_left_shared":[],"shared_pages":0,"freed_shared":0,"faults_injected":0}
)");
  EXPECT_EQ(R["end"], "completed");
  EXPECT_EQ(R["operations"][0]["result"], "ok");
  EXPECT_TRUE(R["expectations_met"].get<bool>());
}

TEST(ModelResult, SightingsAgainstTheExpectation) {
  auto R = resultOf(
      R"({"record":"seen","kind":"buffer","of":"b","address":"0x1","offset":0,"size":16,"operation":0})"
      "\n");
  EXPECT_FALSE(R["expectations_met"].get<bool>());
}

TEST(ModelResult, WhatWasNotExecutedProvesNothing) {
  EXPECT_FALSE(resultOf("")["expectations_met"].get<bool>());
  EXPECT_EQ(resultOf("")["end"], "not-replayed");
  EXPECT_EQ(resultOf("", SIGSYS)["end"], "forbidden");
  EXPECT_EQ(resultOf("", SIGALRM)["end"], "timeout");
  EXPECT_EQ(resultOf("", SIGSEGV)["end"], "crashes");
}

TEST(ModelResult, NonsenseIsNoResult) {
  const char *Finish =
      R"({"record":"finish","buffers_left_shared":[],"shared_pages":0,"freed_shared":0,"faults_injected":0})";
  for (const char *Line :
       {"hello", "{}", "[1]", R"({"record": 5})", R"({"record": "what"})",
        R"({"record": "end", "index": 99, "error": 0})",
        R"({"record": "end", "index": 0, "error": "none"})",
        R"({"record": "seen", "kind": 1})"}) {
    auto R = resultOf(std::string(Line) + "\n" + Finish + "\n");
    EXPECT_EQ(R["end"], "not-replayed") << Line;
  }
}

TEST(ModelResult, TerminalsGetNoCommands) {
  auto R = resultOf(R"({"record":"log","text":"\u001b]0;x\u0007\u009b31m"})"
                    "\n");
  for (unsigned char C : R["log"][0].get<std::string>())
    EXPECT_TRUE(C >= ' ' && C < 0x7f);
}

} // namespace
