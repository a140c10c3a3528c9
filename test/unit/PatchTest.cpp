//===- PatchTest.cpp - Reading and applying patches -----------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gate/Overlay.h"
#include "gate/PatchApply.h"
#include "gate/PatchReader.h"

#include "llvm/Support/Base64.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <chrono>
#include <fstream>

using namespace cocodma;
using testing::HasSubstr;

namespace {

PatchSeries read(llvm::StringRef Text) {
  llvm::Expected<PatchSeries> Series = readPatches(Text, "p");
  if (!Series) {
    ADD_FAILURE() << llvm::toString(Series.takeError());
    return {};
  }
  return std::move(*Series);
}

std::string errorOf(llvm::StringRef Text) {
  llvm::Expected<PatchSeries> Series = readPatches(Text, "p");
  return Series ? "" : llvm::toString(Series.takeError());
}

/// A diff of f.c from "one two three" (in lines) with 2 replaced.
const char *Simple = "--- a/f.c\n+++ b/f.c\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n"
                     " three\n";

std::string applied(llvm::StringRef Old, llvm::StringRef Diff) {
  PatchSeries Series = read(Diff);
  if (Series.Patches.empty())
    return "?";
  std::vector<unsigned> Starts;
  llvm::Expected<std::string> New =
      applyHunks(Old, Series.Patches[0].Files[0].Hunks, Starts);
  return New ? *New : "error: " + llvm::toString(New.takeError());
}

/// A folder that is removed at the end.
class PatchTreeTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> Unique, Real;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cocodma-patch", Unique));
    ASSERT_FALSE(llvm::sys::fs::real_path(Unique, Real));
    Root = Real.str().str();
    write("f.c", "one\ntwo\nthree\n");
  }
  void TearDown() override { (void)llvm::sys::fs::remove_directories(Root); }
  void write(const std::string &Name, const std::string &Text) {
    std::ofstream(Root + "/" + Name) << Text;
  }
  /// The error of applying all of a text; empty if there is none.
  std::string apply(llvm::StringRef Text) {
    PatchSeries Series = read(Text);
    for (const Patch &One : Series.Patches)
      if (llvm::Error E = applyPatch(One, Root, Tree))
        return llvm::toString(std::move(E));
    return "";
  }

  std::string Root;
  PatchedTree Tree;
};

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

TEST(PatchReader, PlainDiff) {
  PatchSeries Series = read(Simple);
  ASSERT_EQ(Series.Patches.size(), 1u);
  ASSERT_EQ(Series.Patches[0].Files.size(), 1u);
  const FilePatch &File = Series.Patches[0].Files[0];
  EXPECT_EQ(File.NewPath, "f.c");
  ASSERT_EQ(File.Hunks.size(), 1u);
  EXPECT_EQ(File.Hunks[0].OldCount, 3u);
  EXPECT_EQ(File.Hunks[0].Body, " one\n-two\n+TWO\n three\n");
}

TEST(PatchReader, GitHeaders) {
  PatchSeries Series = read(
      "diff --git a/x.c b/y.c\nsimilarity index 100%\nrename from x.c\n"
      "rename to y.c\n"
      "diff --git a/s.sh b/s.sh\nold mode 100644\nnew mode 100755\n"
      "diff --git a/new.c b/new.c\nnew file mode 100644\nindex "
      "0000000..e69de29\n"
      "diff --git a/gone.c b/gone.c\ndeleted file mode 100644\n"
      "index e69de29..0000000\n"
      "diff --git a/i.png b/i.png\nindex 1..2 100644\nGIT binary patch\n"
      "literal 3\nabc\n\n"
      "diff --git \"a/\\303\\244.c\" \"b/\\303\\244.c\"\nindex 1..2 100644\n"
      "--- \"a/\\303\\244.c\"\n+++ \"b/\\303\\244.c\"\n@@ -1 +1 @@\n-a\n+b\n");
  ASSERT_EQ(Series.Patches.size(), 1u);
  const std::vector<FilePatch> &Files = Series.Patches[0].Files;
  ASSERT_EQ(Files.size(), 6u);
  using enum FilePatch::Action;
  EXPECT_EQ(Files[0].What, Rename);
  EXPECT_EQ(Files[0].OldPath, "x.c");
  EXPECT_EQ(Files[0].NewPath, "y.c");
  EXPECT_EQ(Files[1].What, Modify);
  EXPECT_EQ(Files[1].NewPath, "s.sh");
  EXPECT_EQ(Files[2].What, Add);
  EXPECT_EQ(Files[3].What, Remove);
  EXPECT_TRUE(Files[4].Binary);
  EXPECT_EQ(Files[5].NewPath, "\xC3\xA4.c");
}

TEST(PatchReader, MailInQuotedPrintable) {
  PatchSeries Series = read(
      "From: A <a@example.org>\r\nSubject: =?UTF-8?q?[PATCH]_sch=C3=B6n?="
      "\r\nContent-Type: text/plain; charset=UTF-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
      "text\r\n---\r\n--- a/f.c\r\n+++ b/f.c\r\n@@ -1,3 +1,3 @@\r\n on=\r\n"
      "e\r\n-two=20\r\n+x =3D 1;\r\n three\r\n-- \r\n2.39\r\n");
  ASSERT_EQ(Series.Patches.size(), 1u);
  EXPECT_EQ(Series.Patches[0].Subject, "[PATCH] sch\xC3\xB6n");
  EXPECT_EQ(Series.Patches[0].Files[0].Hunks[0].Body,
            " one\n-two \n+x = 1;\n three\n");
}

TEST(PatchReader, MailInBase64AndMultipart) {
  std::string Encoded = llvm::encodeBase64(llvm::StringRef(Simple));
  PatchSeries Series =
      read("Subject: [PATCH] x\nMIME-Version: 1.0\n"
           "Content-Type: multipart/mixed; boundary=\"b1\"\n\npreamble\n--b1\n"
           "Content-Type: text/html\n\n<p>no</p>\n--b1\n"
           "Content-Type: text/x-patch; name=\"x.patch\"\n"
           "Content-Transfer-Encoding: base64\n\n" +
           Encoded.substr(0, 40) + "\n" + Encoded.substr(40) + "\n--b1--\n");
  ASSERT_EQ(Series.Patches.size(), 1u);
  EXPECT_EQ(Series.Patches[0].Files[0].Hunks[0].Body,
            " one\n-two\n+TWO\n three\n");
}

TEST(PatchReader, SeriesIsSortedAndItsCoverLetterLeftOut) {
  std::string Box;
  for (const char *Number : {"0/2", "2/2", "1/2"}) {
    Box += "From git@z Thu Jan  1 00:00:00 1970\nFrom: A <a@example.org>\n"
           "Subject: [PATCH v3 ";
    Box += Number;
    Box += "] x\n\ntext\n\n";
    if (Number[0] != '0')
      Box += std::string("---\n") + Simple + "\n";
  }
  Box += "From git@z Thu Jan  1 00:00:00 1970\nSubject: Re: [PATCH v3 1/2] x\n"
         "\nno\n" +
         std::string(Simple);
  PatchSeries Series = read(Box);
  ASSERT_EQ(Series.Patches.size(), 2u);
  EXPECT_EQ(Series.Patches[0].Subject, "[PATCH v3 1/2] x");
  EXPECT_EQ(Series.Patches[1].Subject, "[PATCH v3 2/2] x");
  EXPECT_THAT(Series.Notes, testing::SizeIs(2));
}

TEST(PatchReader, LineEndsOfMailersGoAndThoseOfAuthorsStay) {
  std::string Foreign;
  for (const char *C = Simple; *C; ++C)
    Foreign += *C == '\n' ? "\r\n" : std::string(1, *C);
  EXPECT_EQ(read(Foreign).Patches[0].Files[0].Hunks[0].Body,
            " one\n-two\n+TWO\n three\n");
  EXPECT_EQ(applied("one\r\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\r\n+1\r\n"),
            "1\r\n");
}

TEST(PatchReader, HostilePaths) {
  for (const char *Path : {"a/../../etc/passwd", "/etc/passwd", "a//x",
                           "a/.git/config", "a/./x", "\"a/x\\000y\"", "a/.."}) {
    std::string Text = std::string("--- ") + Path + "\n+++ " + Path +
                       "\n@@ -1 +1 @@\n-a\n+b\n";
    EXPECT_THAT(errorOf(Text), HasSubstr("the path")) << Path;
  }
  EXPECT_THAT(
      errorOf("diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n"
              "+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n"
              "\\ No newline at end of file\n"),
      HasSubstr("symbolic link"));
  EXPECT_THAT(errorOf("diff --git a/m b/m\nrename from ../m\nrename to m\n"),
              HasSubstr("the path"));
}

TEST(PatchReader, DamagedInput) {
  EXPECT_THAT(errorOf(""), HasSubstr("no patch in it"));
  EXPECT_THAT(errorOf("hello\n"), HasSubstr("no patch in it"));
  EXPECT_THAT(errorOf("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n one\n"),
              HasSubstr("p:4: the hunk is damaged"));
  EXPECT_THAT(errorOf("--- a/f\n+++ b/f\n@@ -1,x +1 @@\n one\n"),
              HasSubstr("is no head of a hunk"));
  EXPECT_THAT(errorOf("--- a/f\n+++ b/f\n@@ -1,99999999999 +1 @@\n one\n"),
              HasSubstr("is no head of a hunk"));
  EXPECT_THAT(errorOf("--- a/f\n+++ b/f\nnothing\n"),
              HasSubstr("without a hunk"));
  std::string Escapes = errorOf("--- a/f\n+++ b/f\n@@ -\033[31m\n");
  EXPECT_EQ(Escapes.find('\033'), std::string::npos);
  std::string Log = "commit " + std::string(40, 'a') + "\n\n" + Simple +
                    "\ncommit " + std::string(40, 'b') + "\n\n" + Simple;
  EXPECT_THAT(errorOf(Log), HasSubstr("git format-patch --stdout"));
}

TEST(PatchReader, NeedsLinearTimeOnly) {
  auto Begin = std::chrono::steady_clock::now();
  EXPECT_THAT(errorOf(std::string(LargestPatch + 1, 'x')),
              HasSubstr("larger than 64 MiB"));
  std::string Many;
  for (unsigned I = 0; I <= MostPatchedFiles; ++I)
    Many += "--- a/f" + std::to_string(I) + "\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n";
  EXPECT_THAT(errorOf(Many), HasSubstr("more than 20000 files"));
  std::string Parts =
      "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n";
  for (unsigned I = 0; I < 20000; ++I)
    Parts += "--b\nContent-Type: multipart/mixed; boundary=b\n\n";
  EXPECT_THAT(errorOf(Parts), HasSubstr("no patch in it"));
  EXPECT_LT(std::chrono::steady_clock::now() - Begin, std::chrono::seconds(20));
}

//===----------------------------------------------------------------------===//
// Applying
//===----------------------------------------------------------------------===//

TEST(PatchApply, OffsetsButNoFuzz) {
  EXPECT_EQ(applied("one\ntwo\nthree\n", Simple), "one\nTWO\nthree\n");
  const char *Later = "--- a/f\n+++ b/f\n@@ -5,3 +5,3 @@\n one\n-two\n+TWO\n"
                      " three\n";
  EXPECT_EQ(applied("0\none\ntwo\nthree\n4\n", Later),
            "0\none\nTWO\nthree\n4\n");
  // The nearest of several places.
  EXPECT_EQ(applied("one\ntwo\nthree\n-\n-\none\ntwo\nthree\n", Later),
            "one\ntwo\nthree\n-\n-\none\nTWO\nthree\n");
  EXPECT_THAT(applied("ONE\ntwo\nthree\n", Later), HasSubstr("does not fit"));
}

TEST(PatchApply, HunksAreBoundToTheEnds) {
  EXPECT_THAT(applied("0\none\ntwo\nthree\n", Simple),
              HasSubstr("does not fit"));
  EXPECT_THAT(applied("a\nb\nc\nd\n",
                      "--- a/f\n+++ b/f\n@@ -2,2 +2,2 @@\n b\n-c\n+C\n"),
              HasSubstr("does not fit"));
}

TEST(PatchApply, NoNewlineAtTheEnd) {
  const char *Diff = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n"
                     "\\ No newline at end of file\n+c\n";
  EXPECT_EQ(applied("a\nb", Diff), "a\nc\n");
  EXPECT_THAT(applied("a\nb\n", Diff), HasSubstr("does not fit"));
  EXPECT_EQ(applied("a\nb\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
                              "\\ No newline at end of file\n"),
            "a\nc");
  EXPECT_EQ(applied("a\nb", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n"
                            "\\ No newline at end of file\n"),
            "A\nb");
}

TEST(PatchApply, SeveralHunksKeepTheirOffset) {
  std::string Old = "new\n", Wanted = "new\n";
  for (int I = 0; I < 40; ++I) {
    Old += std::to_string(I) + "\n";
    Wanted += (I == 9 || I == 29 ? "x" : std::to_string(I)) + std::string("\n");
  }
  EXPECT_EQ(applied(Old, "--- a/f\n+++ b/f\n@@ -9,3 +9,3 @@\n 8\n-9\n+x\n 10\n"
                         "@@ -29,3 +29,3 @@\n 28\n-29\n+x\n 30\n"),
            Wanted);
}

TEST_F(PatchTreeTest, SeriesAddsRenamesAndRemoves) {
  std::string Box =
      "diff --git a/f.c b/g.c\nrename from f.c\nrename to g.c\n--- a/f.c\n"
      "+++ b/g.c\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n"
      "diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n"
      "+++ b/n.c\n@@ -0,0 +1 @@\n+new\n"
      "--- a/g.c\n+++ b/g.c\n@@ -1,3 +1,2 @@\n-one\n TWO\n three\n";
  EXPECT_EQ(apply(Box), "");
  EXPECT_EQ(Tree.Changes.at("f.c"), std::nullopt);
  EXPECT_EQ(Tree.Changes.at("g.c"), "TWO\nthree\n");
  EXPECT_EQ(Tree.Changes.at("n.c"), "new\n");
  EXPECT_EQ(Tree.RenamedFrom.at("g.c"), "f.c");
  ASSERT_EQ(Tree.Hunks.size(), 3u);
  EXPECT_EQ(Tree.Hunks[0].Start, 1u);
}

TEST_F(PatchTreeTest, EarlierHunksMoveWithTheirLines) {
  // f.c is one, two, three.
  Tree.PatchNumber = 1;
  EXPECT_EQ(apply("--- a/f.c\n+++ b/f.c\n@@ -2,2 +2,2 @@\n two\n-three\n"
                  "+THREE\n"),
            "");
  Tree.PatchNumber = 2;
  // Two lines above it, one inside of it, and another name.
  EXPECT_EQ(apply("diff --git a/f.c b/g.c\nrename from f.c\nrename to g.c\n"
                  "--- a/f.c\n+++ b/g.c\n@@ -1,3 +1,6 @@\n+a\n+b\n one\n two\n"
                  "+c\n THREE\n"),
            "");
  ASSERT_EQ(Tree.Changes.at("g.c"), "a\nb\none\ntwo\nc\nTHREE\n");
  ASSERT_EQ(Tree.Hunks.size(), 2u);
  EXPECT_EQ(Tree.Hunks[0].File, "g.c");
  EXPECT_EQ(Tree.Hunks[0].Patch, 1u);
  EXPECT_EQ(Tree.Hunks[1].Patch, 2u);
  EXPECT_EQ(Tree.Hunks[1].Start, 1u);
  EXPECT_EQ(Tree.Hunks[1].Count, 6u);
  // All that lies between the first and the last changed line counts as one.
  EXPECT_EQ(Tree.Hunks[0].Start + Tree.Hunks[0].Count, 7u);
}

TEST_F(PatchTreeTest, WhatDoesNotApplyIsNamed) {
  EXPECT_THAT(apply("--- a/h.c\n+++ b/h.c\n@@ -1 +1 @@\n-a\n+b\n"),
              HasSubstr("h.c: is not in the tree"));
  EXPECT_THAT(apply("--- /dev/null\n+++ b/f.c\n@@ -0,0 +1 @@\n+b\n"),
              HasSubstr("f.c: exists already"));
  EXPECT_THAT(apply("--- a/f.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n"),
              HasSubstr("f.c: "));
  ASSERT_FALSE(llvm::sys::fs::create_link("/etc/hostname", Root + "/l.c"));
  EXPECT_THAT(apply("--- a/l.c\n+++ b/l.c\n@@ -1 +1 @@\n-a\n+b\n"),
              HasSubstr("symbolic link"));
  ASSERT_FALSE(llvm::sys::fs::create_link("/etc", Root + "/out"));
  EXPECT_THAT(apply("--- a/out/passwd\n+++ b/out/passwd\n@@ -1 +1 @@\n-a\n"
                    "+b\n"),
              HasSubstr("leads out of the tree"));
}

TEST_F(PatchTreeTest, OverlayHidesTheDisk) {
  Overlay Changes = {{"f.c", std::nullopt}, {"sub/n.c", "new"}};
  auto Files = makeOverlay(Changes, {Root}, llvm::vfs::getRealFileSystem());
  EXPECT_FALSE(Files->exists(Root + "/f.c"));
  EXPECT_FALSE(Files->status(Root + "/f.c"));
  EXPECT_FALSE(Files->openFileForRead(Root + "/f.c"));
  auto Text = Files->getBufferForFile(Root + "/./sub/../sub/n.c");
  ASSERT_TRUE(static_cast<bool>(Text));
  EXPECT_EQ((*Text)->getBuffer(), "new");
  EXPECT_TRUE(llvm::sys::fs::exists(Root + "/f.c"));
  EXPECT_FALSE(llvm::sys::fs::exists(Root + "/sub"));
}

} // namespace
