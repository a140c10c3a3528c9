//===- ReportTest.cpp - Tests of the report and its writers ---------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "report/AtomicFile.h"
#include "report/JsonWriter.h"
#include "report/TextWriter.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <algorithm>

using namespace cocodma;

namespace {

Finding bounceFinding() {
  Finding F;
  F.Check = "coco-bounce";
  F.Message = "private data is bounced";
  F.Location = {"drivers/scsi/storvsc_drv.c", 1870, 13, "storvsc_queuecommand"};
  F.Fingerprint = "f00d";
  F.DeviceClass = "vmbus";
  F.DataClass = "external";
  F.Victim = "the channel's";
  F.Profiles = {"snp-vtom", "tdx-paravisor"};
  F.Guard = "co_external_memory";
  F.Trace = {{"call",
              {"drivers/scsi/scsi_lib_dma.c", 25, 11, "scsi_dma_map"},
              "calls dma_map_sg_attrs()"}};
  F.SiteIds = {"s1"};
  F.Validation = {ValidationStatus::Confirmed, "seen at 0x1000", 1};
  return F;
}

Site bounceSite() {
  Site S;
  S.Id = "s1";
  S.Kind = "map";
  S.Verdict = Verdict::Leak;
  S.ByProfile = {{"snp-vtom", {Verdict::Leak, "bounced"}},
                 {"none", {Verdict::Unreachable, "no guest"}}};
  S.Location = bounceFinding().Location;
  S.Expression = "scsi_dma_map(scmnd)";
  S.DeviceClass = "vmbus";
  S.DataClass = "external";
  return S;
}

Report sampleReport() {
  Report R;
  R.Tool = {"cocodma", "0.1", "22.1.8"};
  R.Kernel = {"7.3.4", "x86", true, true};
  R.Configuration.Options = {{"CONFIG_AMD_MEM_ENCRYPT", "y"}};
  R.Configuration.Warnings = {"CONFIG_INTEL_TDX_GUEST is off"};
  R.Profiles = {"snp-vtom", "none"};
  R.Assumptions = {{"pool-is-shared", "the pool is decrypted", true},
                   {"off", "not assumed", false}};
  R.Summary = {false, 29, 1, 2};
  R.Findings = {bounceFinding()};
  R.Sites = {bounceSite()};
  R.Skipped = {{"unit-failed", "drivers/x.c", "does not parse",
                "its sites are missing"}};
  return R;
}

std::string jsonOf(const Report &R) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  writeJson(R, Out);
  return Text;
}

std::string textOf(const Report &R, const TextOptions &Options = {}) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  writeText(R, Out, Options);
  return Text;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

const char *ExpectedFinding = R"json("findings": [
    {
      "check": "coco-bounce",
      "verdict": "leak",
      "severity": "high",
      "message": "private data is bounced",
      "location": {
        "file": "drivers/scsi/storvsc_drv.c",
        "line": 1870,
        "column": 13,
        "function": "storvsc_queuecommand"
      },
      "fingerprint": "f00d",
      "device_class": "vmbus",
      "data_class": "external",
      "victim": "the channel's",
      "profiles": [
        "snp-vtom",
        "tdx-paravisor"
      ],
      "guard": "co_external_memory",
      "trace": [
        {
          "kind": "call",
          "file": "drivers/scsi/scsi_lib_dma.c",
          "line": 25,
          "column": 11,
          "function": "scsi_dma_map",
          "message": "calls dma_map_sg_attrs()"
        }
      ],
      "site_ids": [
        "s1"
      ],
      "validation": {
        "status": "confirmed",
        "runs": 1,
        "detail": "seen at 0x1000"
      }
    }
  ],
  "sites": [
    {
      "id": "s1",
      "kind": "map",
      "verdict": "leak",
      "by_profile": {
        "none": {
          "verdict": "unreachable",
          "reason": "no guest"
        },
        "snp-vtom": {
          "verdict": "leak",
          "reason": "bounced"
        }
      },
)json";

TEST(JsonReport, FindingsAndSitesHaveTheDocumentedShape) {
  EXPECT_NE(jsonOf(sampleReport()).find(ExpectedFinding), std::string::npos)
      << jsonOf(sampleReport());
}

TEST(JsonReport, TopLevelHasTheDocumentedShape) {
  llvm::Expected<llvm::json::Value> Parsed =
      llvm::json::parse(jsonOf(sampleReport()));
  ASSERT_TRUE(static_cast<bool>(Parsed));
  const llvm::json::Object &Root = *Parsed->getAsObject();
  EXPECT_EQ(Root.getInteger("schema_version"), 1);
  for (const char *Key : {"tool", "kernel", "configuration", "summary"})
    EXPECT_TRUE(Root.getObject(Key)) << Key;
  for (const char *Key :
       {"profiles", "assumptions", "findings", "sites", "skipped"})
    EXPECT_TRUE(Root.getArray(Key)) << Key;
  EXPECT_EQ(Root.size(), 10u);
  const llvm::json::Object &Summary = *Root.getObject("summary");
  EXPECT_EQ(Summary.getBoolean("complete"), false);
  EXPECT_EQ(Summary.getInteger("units_analyzed"), 29);
  EXPECT_EQ(Summary.getInteger("findings"), 1);
  EXPECT_EQ(Summary.getObject("by_verdict")->size(), 7u);
  EXPECT_EQ(Summary.getObject("by_verdict")->getInteger("leak"), 1);
}

TEST(JsonReport, AnEmptyReportIsComplete) {
  llvm::Expected<llvm::json::Value> Parsed = llvm::json::parse(jsonOf({}));
  ASSERT_TRUE(static_cast<bool>(Parsed));
  EXPECT_TRUE(Parsed->getAsObject()->getArray("findings")->empty());
}

TEST(JsonReport, ForeignBytesAreMadeValid) {
  Report R = sampleReport();
  R.Sites[0].Expression = "bad \xff\xfe \"quoted\"\n";
  llvm::Expected<llvm::json::Value> Parsed = llvm::json::parse(jsonOf(R));
  EXPECT_TRUE(static_cast<bool>(Parsed));
}

TEST(JsonReport, SuppressedFindingsStayAndAreNotCounted) {
  Report R = sampleReport();
  R.Findings[0].Suppression = "reviewed";
  std::string Text = jsonOf(R);
  EXPECT_NE(Text.find("\"suppression\": {\n        \"reason\": \"reviewed\""),
            std::string::npos);
  EXPECT_NE(Text.find("\"findings\": 0"), std::string::npos);
}

TEST(JsonReport, OrderDoesNotDependOnDiscovery) {
  Report R = sampleReport();
  for (unsigned Index = 0; Index < 5; ++Index) {
    Finding F = bounceFinding();
    F.Location.Line -= Index % 3;
    F.Check = Index % 2 ? "coco-bus-cast" : "coco-bounce";
    F.Fingerprint += std::to_string(Index);
    R.Findings.push_back(F);
    Site S = bounceSite();
    S.Location.Column += 10 - Index;
    S.Id += std::to_string(Index);
    R.Sites.push_back(S);
    R.Skipped.push_back({"k", std::to_string(9 - Index), "", ""});
  }
  std::string First = jsonOf(R);
  std::reverse(R.Findings.begin(), R.Findings.end());
  std::rotate(R.Sites.begin(), R.Sites.begin() + 2, R.Sites.end());
  std::reverse(R.Skipped.begin(), R.Skipped.end());
  EXPECT_EQ(First, jsonOf(R));
}

TEST(ReportData, SortGoesByFileLineColumnCheck) {
  Report R;
  auto Add = [&](const char *File, unsigned Line, unsigned Column,
                 const char *Check) {
    Finding F;
    F.Location = {File, Line, Column, ""};
    F.Check = Check;
    R.Findings.push_back(F);
  };
  Add("b.c", 1, 1, "4");
  Add("a.c", 10, 1, "3");
  Add("a.c", 9, 2, "2");
  Add("a.c", 9, 2, "1");
  Add("a.c", 9, 1, "0");
  sortReport(R);
  std::string Order;
  for (const Finding &F : R.Findings)
    Order += F.Check;
  EXPECT_EQ(Order, "01234");
}

TEST(ReportData, VerdictsHaveAPrecedence) {
  EXPECT_EQ(worse(Verdict::Private, Verdict::Unknown), Verdict::Unknown);
  EXPECT_EQ(worse(Verdict::Leak, Verdict::Crashes), Verdict::Leak);
  for (Verdict Value : AllVerdicts)
    EXPECT_EQ(verdictOf(nameOf(Value)), Value);
  EXPECT_FALSE(verdictOf("clean"));
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

TEST(TextReport, LooksLikeClang) {
  EXPECT_EQ(textOf(sampleReport()),
            "drivers/scsi/storvsc_drv.c:1870:13: warning: private data is "
            "bounced "
            "[coco-bounce]\n"
            "drivers/scsi/scsi_lib_dma.c:25:11: note: calls "
            "dma_map_sg_attrs()\n"
            "drivers/scsi/storvsc_drv.c:1870:13: note: leak on snp-vtom, "
            "tdx-paravisor if co_external_memory; vmbus external data; victim: "
            "the "
            "channel's; confirmed (seen at 0x1000)\n"
            "\n"
            "configuration: CONFIG_INTEL_TDX_GUEST is off\n"
            "skipped: unit-failed: drivers/x.c: does not parse (its sites are "
            "missing)\n"
            "assumed: pool-is-shared: the pool is decrypted\n"
            "\n"
            "verdict            sites\n"
            "leak                   1\n"
            "crashes                0\n"
            "unknown                0\n"
            "fails-closed           0\n"
            "private                0\n"
            "shared-by-design       0\n"
            "unreachable            0\n"
            "total                  1\n"
            "\n"
            "1 finding; 29 units analyzed, 1 failed, 2 not applicable; "
            "profiles: "
            "snp-vtom, none\n"
            "INCOMPLETE: something that was asked for was not analyzed; see "
            "the "
            "lines above\n");
}

TEST(TextReport, ColoursOnlyIfAskedFor) {
  EXPECT_EQ(textOf(sampleReport()).find('\033'), std::string::npos);
  TextOptions Options;
  Options.Color = true;
  EXPECT_NE(textOf(sampleReport(), Options).find("\033[1;35mwarning: "),
            std::string::npos);
}

TEST(TextReport, LedgerIfAskedFor) {
  EXPECT_EQ(textOf(sampleReport()).find("Sites:"), std::string::npos);
  TextOptions Options;
  Options.Sites = true;
  EXPECT_NE(textOf(sampleReport(), Options)
                .find("Sites:\n"
                      "  drivers/scsi/storvsc_drv.c:1870:13: leak: map "
                      "`scsi_dma_map(scmnd)`\n"
                      "    none: unreachable: no guest\n"
                      "    snp-vtom: leak: bounced\n"),
            std::string::npos);
}

TEST(TextReport, ControlCharactersAreShown) {
  Report R = sampleReport();
  R.Findings[0].Message = "evil \033[2J\r and\ntwo lines";
  R.Findings[0].Location.File = "a\x07.c";
  std::string Text = textOf(R);
  EXPECT_NE(Text.find("a\\x07.c:1870:13: warning: evil \\x1B[2J\\x0D and two "
                      "lines [coco-bounce]\n"),
            std::string::npos);
}

TEST(TextReport, SuppressedFindingsAreCountedOnly) {
  Report R = sampleReport();
  R.Findings[0].Suppression = "reviewed";
  std::string Text = textOf(R);
  EXPECT_EQ(Text.find("warning:"), std::string::npos);
  EXPECT_NE(Text.find("0 findings (1 suppressed); "), std::string::npos);
}

TEST(TextReport, ATreeWithoutMarkersIsSaidToBeOne) {
  Report R = sampleReport();
  R.Kernel.HasMarkers = false;
  EXPECT_NE(textOf(R).find("kernel: no marker of confidential data"),
            std::string::npos);
}

TEST(TextReport, UnknownPlaces) {
  Report R = sampleReport();
  R.Findings[0].Location = {"", 0, 0, ""};
  EXPECT_EQ(textOf(R).find("<unknown>: warning: private"), 0u);
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// A folder that vanishes with the test.
class AtomicFile : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cocodma-test", Folder));
  }
  void TearDown() override {
    (void)llvm::sys::fs::setPermissions(Folder, llvm::sys::fs::all_all);
    (void)llvm::sys::fs::remove_directories(Folder);
  }
  std::string path(llvm::StringRef Name) {
    llvm::SmallString<128> Result = Folder;
    llvm::sys::path::append(Result, Name);
    return Result.str().str();
  }
  std::string write(llvm::StringRef Path, llvm::StringRef Text) {
    return llvm::toString(writeFileAtomically(
        Path, [&](llvm::raw_ostream &Out) { Out << Text; }));
  }
  std::string contents(llvm::StringRef Path) {
    auto Buffer = llvm::MemoryBuffer::getFile(Path);
    return Buffer ? (*Buffer)->getBuffer().str() : "<none>";
  }
  unsigned countFiles() {
    unsigned Count = 0;
    std::error_code Error;
    for (llvm::sys::fs::directory_iterator At(Folder, Error), End;
         At != End && !Error; At.increment(Error))
      ++Count;
    return Count;
  }

  llvm::SmallString<128> Folder;
};

TEST_F(AtomicFile, CreatesAndReplaces) {
  EXPECT_EQ(write(path("a"), "one"), "");
  EXPECT_EQ(contents(path("a")), "one");
  EXPECT_EQ(write(path("a"), "two"), "");
  EXPECT_EQ(contents(path("a")), "two");
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(AtomicFile, TheOldFileStandsUntilTheEnd) {
  EXPECT_EQ(write(path("a"), "old"), "");
  llvm::Error Failed =
      writeFileAtomically(path("a"), [&](llvm::raw_ostream &Out) {
        Out << "new";
        Out.flush();
        EXPECT_EQ(contents(path("a")), "old");
      });
  EXPECT_FALSE(static_cast<bool>(Failed));
  EXPECT_EQ(contents(path("a")), "new");
}

TEST_F(AtomicFile, FollowsSymbolicLinks) {
  EXPECT_EQ(write(path("a"), "old"), "");
  ASSERT_FALSE(llvm::sys::fs::create_link(path("a"), path("link")));
  EXPECT_EQ(write(path("link"), "new"), "");
  EXPECT_EQ(contents(path("a")), "new");
  EXPECT_TRUE(llvm::sys::fs::is_symlink_file(path("link")));
}

TEST_F(AtomicFile, SaysWhyNot) {
  EXPECT_EQ(write(path("no/such/a"), "x"),
            path("no/such/a") +
                ": cannot be written: No such file or directory");
  EXPECT_EQ(write(Folder, "x"),
            Folder.str().str() + ": cannot be written: Is a directory");
}

TEST_F(AtomicFile, AFullDiskIsAnError) {
  if (!llvm::sys::fs::exists("/dev/full"))
    GTEST_SKIP();
  EXPECT_EQ(write("/dev/full", "x"),
            "/dev/full: cannot be written: No space left on device");
}

TEST_F(AtomicFile, DevicesAreWrittenDirectly) {
  EXPECT_EQ(write("/dev/null", "x"), "");
  EXPECT_FALSE(llvm::sys::fs::is_regular_file("/dev/null"));
}

} // namespace
