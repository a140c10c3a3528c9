//===- GateTest.cpp - Comparing reports, baselines, policies --------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gate/Baseline.h"
#include "gate/Compare.h"
#include "gate/Policy.h"
#include "gate/Protections.h"

#include "llvm/Support/raw_ostream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cocodma;
using testing::HasSubstr;

namespace {

Finding finding(const std::string &Fingerprint,
                const std::string &Function = "queue",
                const std::string &File = "drivers/a.c") {
  Finding F;
  F.Check = "coco-bounce";
  F.Message = "private data is bounced";
  F.Location = {File, 10, 3, Function};
  F.Fingerprint = Fingerprint;
  F.DeviceClass = "vmbus";
  F.DataClass = "external";
  F.Profiles = {"snp-vtom", "tdx-paravisor"};
  F.SiteIds = {"site-" + Fingerprint};
  return F;
}

Site site(const Finding &F, Verdict V = Verdict::Leak) {
  Site S;
  S.Id = F.SiteIds[0];
  S.Kind = "map";
  S.Verdict = V;
  S.ByProfile["snp-vtom"] = {V, ""};
  S.Location = F.Location;
  return S;
}

Report reportOf(const std::vector<Finding> &Findings) {
  Report R;
  R.Profiles = {"snp-vtom", "tdx-paravisor"};
  R.Findings = Findings;
  for (const Finding &F : Findings)
    R.Sites.push_back(site(F));
  return R;
}

/// The new report after the comparison.
Report compared(const Report &Old, Report New, const CompareInput &How = {}) {
  compareReports(Old, New, How);
  return New;
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

TEST(Compare, IntroducedFixedPreexisting) {
  Report R = compared(reportOf({finding("a"), finding("b")}),
                      reportOf({finding("b"), finding("c", "other")}));
  ASSERT_EQ(R.Findings.size(), 2u);
  EXPECT_EQ(R.Findings[0].Change, Change::Preexisting);
  EXPECT_EQ(R.Findings[1].Change, Change::Introduced);
  ASSERT_EQ(R.Gate->Fixed.size(), 1u);
  EXPECT_EQ(R.Gate->Fixed[0].Fingerprint, "a");
  EXPECT_EQ(R.Gate->Verdict, "introduces");
}

TEST(Compare, CountsEqualFingerprints) {
  Report R = compared(reportOf({finding("a")}),
                      reportOf({finding("a"), finding("a")}));
  EXPECT_EQ(countChange(R.Findings, Change::Preexisting), 1u);
  EXPECT_EQ(countChange(R.Findings, Change::Introduced), 1u);
}

TEST(Compare, MoreProfilesAreIntroducedAndFewerArePartial) {
  Finding Less = finding("a"), More = finding("a");
  Less.Profiles = {"snp-vtom"};
  Report R = compared(reportOf({Less}), reportOf({More}));
  EXPECT_EQ(R.Findings[0].Change, Change::Introduced);
  EXPECT_THAT(R.Findings[0].ChangeNote, HasSubstr("new on tdx-paravisor"));
  R = compared(reportOf({More}), reportOf({Less}));
  EXPECT_EQ(R.Findings[0].Change, Change::Changed);
  EXPECT_EQ(R.Gate->Verdict, "partial");
}

TEST(Compare, WhatRemainsOfAClassOrOfAFolderMakesAFixPartial) {
  auto Fixing = [](bool OfClass, const std::string &Other) {
    Finding Gone = finding("a", "queue", "drivers/one/a.c");
    Finding Left = finding("b", "free", Other);
    if (!OfClass)
      Gone.DeviceClass = Left.DeviceClass = "";
    return compared(reportOf({Gone, Left}), reportOf({Left})).Gate->Verdict;
  };
  EXPECT_EQ(Fixing(true, "drivers/two/b.c"), "partial");
  EXPECT_EQ(Fixing(false, "drivers/one/b.c"), "partial");
  // A page of another subsystem is another matter.
  EXPECT_EQ(Fixing(false, "arch/two/b.c"), "fixes");
}

TEST(Compare, WhatIsFixedIsSaidBesideWhatIsIntroduced) {
  Finding Instead = finding("b");
  Instead.Check = "coco-raw-dma-address";
  Report R = compared(reportOf({finding("a")}), reportOf({Instead}));
  EXPECT_EQ(R.Gate->Verdict, "introduces");
  EXPECT_THAT(
      R.Gate->Reasons,
      testing::ElementsAre(
          HasSubstr("introduces coco-raw-dma-address at drivers/a.c:10"),
          "fixes coco-bounce at drivers/a.c:10",
          "1 introduced, 1 fixed, 0 changed, 0 preexisting"));
}

TEST(Compare, WhatIsUnknownNowIsNotFixed) {
  Report Old = reportOf({finding("a")}), New;
  New.Sites = {site(finding("a"), Verdict::Unknown)};
  Report R = compared(Old, New);
  EXPECT_TRUE(R.Gate->Fixed.empty());
  ASSERT_EQ(R.Findings.size(), 1u);
  EXPECT_EQ(R.Findings[0].Verdict, Verdict::Unknown);
  EXPECT_EQ(R.Gate->Verdict, "incomplete");
  EXPECT_TRUE(isNewlyIncomplete(Old, R, {}));
  EXPECT_FALSE(isNewlyIncomplete(R, R, {}));
}

TEST(Compare, WhatWasUnknownUnderAnotherNameIsNotNew) {
  Report Old, New;
  Old.Sites = {site(finding("a", "before"), Verdict::Unknown)};
  New.Sites = {site(finding("b", "after"), Verdict::Unknown)};
  New.Sites[0].Location.File = "drivers/b.c";
  EXPECT_TRUE(isNewlyIncomplete(Old, New, {}));
  CompareInput How;
  How.RenamedFrom["drivers/b.c"] = "drivers/a.c";
  How.Hunks = {{"drivers/b.c", 1, 1, "@@\n-before()\n+after()\n"}};
  EXPECT_FALSE(isNewlyIncomplete(Old, New, How));
  EXPECT_EQ(compared(Old, New, How).Gate->Verdict, "no-effect");
  // Another one is.
  New.Sites.push_back(New.Sites[0]);
  EXPECT_TRUE(isNewlyIncomplete(Old, New, How));
  // So is one that was private.
  New.Sites.pop_back();
  Old.Sites[0].Verdict = Verdict::Private;
  EXPECT_TRUE(isNewlyIncomplete(Old, New, How));
}

TEST(Compare, AFileThatFailedUnderAnotherNameIsNotNew) {
  Report Old, New;
  Old.Skipped = {{"unit", "drivers/a.c", "expected ;", ""}};
  New.Skipped = {{"unit", "drivers/b.c", "expected ;", ""}};
  CompareInput How;
  EXPECT_TRUE(isNewlyIncomplete(Old, New, How));
  How.RenamedFrom["drivers/b.c"] = "drivers/a.c";
  EXPECT_FALSE(isNewlyIncomplete(Old, New, How));
}

TEST(Compare, WhatDoesNotCompileIsNotFixed) {
  Report New;
  New.Skipped = {{"unit", "drivers/a.c", "expected ;", ""}};
  Report R = compared(reportOf({finding("a")}), New);
  EXPECT_TRUE(R.Gate->Fixed.empty());
  EXPECT_EQ(R.Gate->Verdict, "incomplete");
}

TEST(Compare, RenamedFunctionOnlyIfThePatchSaysSo) {
  Report Old = reportOf({finding("a", "before")});
  Report New = reportOf({finding("b", "after")});
  CompareInput How;
  How.Hunks = {
      {"drivers/a.c", 1, 1, "@@\n-int before(void)\n+int after(void)\n"}};
  EXPECT_EQ(compared(Old, New, How).Findings[0].Change, Change::Preexisting);
  How.Hunks[0].Text = "@@\n-  x = before;\n+  x = other;\n";
  EXPECT_EQ(compared(Old, New, How).Findings[0].Change, Change::Introduced);
  // The new name was there before: its leak is a new one.
  Old.Sites.push_back(site(finding("b", "after"), Verdict::Private));
  How.Hunks[0].Text = "@@\n-  x = before;\n+  x = after;\n";
  EXPECT_EQ(compared(Old, New, How).Findings[0].Change, Change::Introduced);
}

TEST(Compare, FailsClosedAndIneffective) {
  Finding Closed = finding("c");
  Closed.Check = "coco-fails-closed";
  Closed.Verdict = Verdict::FailsClosed;
  EXPECT_EQ(
      compared(reportOf({finding("a")}), reportOf({Closed})).Gate->Verdict,
      "fails-closed");
  CompareInput How;
  How.TouchesProtection = true;
  Report Same = reportOf({finding("a")});
  EXPECT_EQ(compared(Same, Same, How).Gate->Verdict, "ineffective");
  EXPECT_EQ(compared(Same, Same).Gate->Verdict, "no-effect");
  EXPECT_EQ(compared({}, {}, How).Gate->Verdict, "no-effect");
}

TEST(Compare, SuppressedFindingsDoNotCount) {
  Finding F = finding("a");
  F.Suppression = "looked at";
  Report R = compared({}, reportOf({F}));
  EXPECT_NE(R.Gate->Verdict, "introduces");
  EXPECT_FALSE(countsAgainst(R.Findings[0]));
}

TEST(Protections, WordsComeFromTheSpec) {
  Spec Vocabulary;
  Vocabulary.Classes.emplace_back();
  Vocabulary.Classes[0].Markers.emplace_back();
  Vocabulary.Classes[0].Markers[0].Field = "co_external_memory";
  SourceText None;
  std::set<std::string> Words = protectionWords(Vocabulary, {}, None);
  auto Touches = [&](const char *File, const char *Text) {
    return touchesProtection({{File, 1, 1, Text}}, Words);
  };
  EXPECT_TRUE(Touches("a.c", "@@\n+if (c->co_external_memory)\n"));
  EXPECT_FALSE(Touches("a.c", "@@\n if (c->co_external_memory)\n+x\n"));
  EXPECT_FALSE(Touches("a.c", "@@\n+if (c->co_external_memory2)\n"));
  EXPECT_FALSE(Touches("a.rst", "@@\n+co_external_memory\n"));
}

//===----------------------------------------------------------------------===//
// Baselines and policies
//===----------------------------------------------------------------------===//

std::string baselineError(llvm::StringRef Text) {
  llvm::Expected<Baseline> B = readBaseline(Text, "b");
  return B ? "" : llvm::toString(B.takeError());
}

TEST(Baseline, IsReadBackAndCounts) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  Report Known = reportOf({finding("a"), finding("a"), finding("b")});
  Known.Findings[2].Suppression = "reason";
  writeBaseline(Known, Out);
  llvm::Expected<Baseline> B = readBaseline(Text, "b");
  ASSERT_TRUE(static_cast<bool>(B)) << llvm::toString(B.takeError());
  ASSERT_EQ(B->size(), 1u);
  EXPECT_EQ((*B)[0].Count, 2u);

  Report R = reportOf({finding("a"), finding("a"), finding("a")});
  applyBaseline(R, *B);
  EXPECT_EQ(countChange(R.Findings, Change::Preexisting), 2u);
  EXPECT_EQ(countChange(R.Findings, Change::Introduced), 1u);
  EXPECT_TRUE(R.Stale.empty());
  R = reportOf({finding("a")});
  applyBaseline(R, *B);
  EXPECT_EQ(R.Stale.size(), 1u);
}

TEST(Baseline, DamageIsAnError) {
  for (
      const char *Text :
      {"", "{", "[]", "{}", R"({"cocodma_baseline": 2, "entries": []})",
       R"({"cocodma_baseline": 1})",
       R"({"cocodma_baseline": 1, "entries": [{}]})",
       R"({"cocodma_baseline": 1, "entries": [{"fingerprint": ""}]})",
       R"({"cocodma_baseline": 1, "entries": [{"fingerprint": "a", "count": 0}]})",
       R"({"cocodma_baseline": 1, "entries": [{"fingerprint": "a", "count": -1}]})",
       R"({"cocodma_baseline": 1,
            "entries": [{"fingerprint": "a"}, {"fingerprint": "a"}]})"})
    EXPECT_THAT(baselineError(Text), HasSubstr("b: no usable baseline"))
        << Text;
  EXPECT_EQ(baselineError(R"({"cocodma_baseline": 1, "entries": []})"), "");
}

TEST(Policy, FirstRuleThatFitsAndWorstProfile) {
  llvm::Expected<Policy> P = readPolicy(
      R"({"cocodma_policy": 1, "rules": [
          {"paths": ["drivers/net/**"], "action": "ignore"},
          {"checks": ["coco-bounce"], "profiles": ["snp-vtom"],
           "action": "warn"}]})",
      "p");
  ASSERT_TRUE(static_cast<bool>(P)) << llvm::toString(P.takeError());
  Report R = reportOf({finding("a"), finding("b"), finding("c")});
  R.Findings[0].Location.File = "drivers/net/hyperv/x.c";
  R.Findings[1].Profiles = {"snp-vtom"};
  applyPolicy(R, *P);
  EXPECT_EQ(R.Findings[0].Action, "ignore");
  EXPECT_EQ(R.Findings[1].Action, "warn");
  EXPECT_EQ(R.Findings[2].Action, "fail");
  EXPECT_FALSE(countsAgainst(R.Findings[1]));
  EXPECT_TRUE(countsAgainst(R.Findings[2]));
}

} // namespace
