//===- ReportFormatsTest.cpp - Escapes, sources, reading back -------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "report/Chain.h"
#include "report/Escape.h"
#include "report/Formats.h"
#include "report/JsonReader.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cocodma;

namespace {

TEST(Escape, Plain) {
  EXPECT_EQ(plainText("a\nb\tc"), "a b c");
  EXPECT_EQ(plainText("\033[31m\x7F"), "\\x1B[31m\\x7F");
  EXPECT_EQ(plainText("\xC2\x9B"
                      "1m"),
            "\\u009B1m");
  EXPECT_EQ(plainText("\xE2\x80\xAE"), "\\u202E");
  EXPECT_EQ(plainText("\xC3\xBC"), "\xC3\xBC");
  EXPECT_EQ(plainText("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(plainSource("\tx"), "\tx");
}

TEST(Escape, Markup) {
  EXPECT_EQ(htmlText("<a href='x' b=\"y\">&"),
            "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;");
  EXPECT_EQ(markdownText("*a* [b](c) <d> @e |"),
            "\\*a\\* \\[b\\](c) &lt;d&gt; &#64;e \\|");
  EXPECT_EQ(markdownCode("a"), "`a`");
  EXPECT_EQ(markdownCode("a``b"), "``` a``b ```");
  EXPECT_EQ(uriPath("drivers/a b#%.c"), "drivers/a%20b%23%25.c");
  EXPECT_EQ(uriPath("../x"), "%2E%2E/x");
  EXPECT_EQ(uriPath("/usr/x.h"), "file:///usr/x.h");
}

TEST(SourceText, StaysInItsFolder) {
  llvm::SmallString<128> Folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cocodma-source", Folder));
  std::string Tree = (Folder + "/tree").str();
  ASSERT_FALSE(llvm::sys::fs::create_directory(Tree));
  for (std::string Name : {"/secret.c", "/tree/a.c"}) {
    std::error_code Reason;
    llvm::raw_fd_ostream Out((Folder + Name).str(), Reason);
    Out << "one\r\ntwo";
  }
  ASSERT_FALSE(llvm::sys::fs::create_link("../secret.c", Tree + "/link.c"));
  SourceText Sources(Tree);
  ASSERT_TRUE(Sources.line("a.c", 1));
  EXPECT_EQ(*Sources.line("a.c", 1), "one");
  EXPECT_EQ(*Sources.line("a.c", 2), "two");
  EXPECT_FALSE(Sources.line("a.c", 0));
  EXPECT_FALSE(Sources.line("a.c", 3));
  for (const char *Name : {"../secret.c", "link.c", "none.c", "", "."})
    EXPECT_FALSE(Sources.line(Name, 1)) << Name;
  EXPECT_FALSE(Sources.line((Folder + "/secret.c").str(), 1));
  EXPECT_FALSE(SourceText().line("a.c", 1));
  (void)llvm::sys::fs::remove_directories(Folder);
}

TEST(Chain, IsEmptyWhereNoDataLeaves) {
  Finding F;
  F.Verdict = Verdict::Private;
  EXPECT_TRUE(chainOf(F).empty());
  F.Verdict = Verdict::Crashes;
  EXPECT_TRUE(chainOf(F).empty());
}

TEST(Chain, SaysWhoMustNotSeeIt) {
  Finding F;
  F.Check = "coco-bounce";
  std::vector<ChainLink> Links = chainOf(F);
  ASSERT_EQ(Links.size(), 5u);
  EXPECT_TRUE(Links[3].Shared && Links[4].Shared);
  F.Check = "coco-fails-closed";
  EXPECT_FALSE(chainOf(F)[4].Shared);
}

TEST(JsonReader, AllMembersComeBack) {
  Report R;
  R.Kernel = {"7.3", "x86", true, false};
  R.Profiles = {"snp-vtom"};
  Finding F;
  F.Check = "coco-bounce";
  F.Suppression = "reason";
  F.Change = Change::Changed;
  F.ChangeNote = "note";
  F.Action = "warn";
  F.Validation = {ValidationStatus::Confirmed, "seen", 3};
  F.Trace = {{"call", {"a.c", 1, 2, "f"}, "calls"}};
  R.Findings = {F};
  Site S;
  S.ByProfile["none"] = {Verdict::Private, "why"};
  R.Sites = {S};
  R.Stale = {{"dead", "coco-bounce", "b.c"}};
  R.Gate.emplace();
  R.Gate->Verdict = "partial";
  R.Gate->Fixed = {F};
  R.Gate->Patches = {{"subject", "fixes", 1, 2, 3, {"why"}}};
  R.Gate->Hunks = {{"a.c", 4, 5, "@@\n+x\n", 2}};
  auto TextOf = [](const Report &Which) {
    std::string Text;
    llvm::raw_string_ostream Out(Text);
    ReportSources None;
    writeReport(Which, Format::Json, None, {}, Out);
    return Text;
  };
  llvm::Expected<Report> Back = readReport(TextOf(R), "r");
  ASSERT_TRUE(static_cast<bool>(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(TextOf(*Back), TextOf(R));
  EXPECT_EQ(Back->Gate->Hunks[0].Text, "@@\n+x\n");
  EXPECT_EQ(Back->Findings[0].Suppression, "reason");

  // A line that no source has, which loops over lines must not meet.
  R.Sites[0].Location.Line = 4294967292u;
  EXPECT_THAT(llvm::toString(readReport(TextOf(R), "r").takeError()),
              testing::HasSubstr("no source has such a line"));
}

std::string mailOf(const Report &R) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  ReportSources None;
  writeReport(R, Format::Mail, None, {}, Out);
  return Text;
}

TEST(Mail, QuotesTheHunkThatAFindingIsDueTo) {
  Finding F;
  F.Change = Change::Introduced;
  F.Location = {"a.c", 100, 1, "f"};
  F.Trace = {{"branch", {"b.c", 7, 1, "g"}, "taking the true branch"},
             {"call", {"a.c", 100, 1, "f"}, "calls"}};
  Report R;
  R.Gate.emplace();
  R.Gate->Patches = {{"one", "introduces", 1, 0, 0, {}},
                     {"two", "no-effect", 0, 0, 0, {}}};
  R.Findings = {F};
  // Around its line.
  R.Gate->Hunks = {{"b.c", 5, 5, "@@\n-guard\n", 1},
                   {"a.c", 98, 5, "@@\n+leak\n", 2}};
  EXPECT_THAT(mailOf(R), testing::HasSubstr("From two:\n> --- a.c\n> @@\n"
                                            "> +leak\n"));
  // On its path.
  R.Gate->Hunks.pop_back();
  EXPECT_THAT(mailOf(R), testing::HasSubstr("From one:\n> --- b.c\n> @@\n"
                                            "> -guard\n"));
  // Near it, and not near it.
  R.Gate->Hunks = {{"a.c", 80, 5, "@@\n-guard\n"}};
  EXPECT_THAT(mailOf(R), testing::HasSubstr("> -guard\n"));
  R.Gate->Hunks = {{"a.c", 20, 5, "@@\n-guard\n"}};
  EXPECT_THAT(mailOf(R), testing::Not(testing::HasSubstr("> -guard\n")));
}

} // namespace
