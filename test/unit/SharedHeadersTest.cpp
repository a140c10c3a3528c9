// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Headers that are compiled once: which units may use them, and that a unit is
// the same with them and without.
#include "frontend/SharedHeaders.h"

#include "frontend/UnitParser.h"
#include "summary/Serialization.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace cocodma;

namespace {

/// Three units with two large headers in common; one more for two of them.
class SharedHeadersTest : public testing::Test {
protected:
  SharedHeadersTest() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("cocodma-test", Folder));
    addAll("");
  }

  /// The tree; \p Change is a line more in one of its headers.
  void addAll(const std::string &Change) {
    start();
    const std::string Filler = "/*" + std::string(1 << 20, 'x') + "*/\n";
    add("/k/include/a.h", Filler + "#ifndef A_H\n#define A_H\n"
                                   "#include <b.h>\n"
                                   "#ifdef WIDE\n"
                                   "static inline int a(int x) { return x; }\n"
                                   "#else\n"
                                   "static inline int a(int x) { return b(x); "
                                   "}\n"
                                   "#endif\n"
                                   "#endif\n");
    add("/k/include/b.h",
        Change + "#ifndef B_H\n#define B_H\n"
                 "#ifndef NOTE\n#define NOTE \"none\"\n#endif\n"
                 "struct s { int first, second; };\n"
                 "enum { LIMIT = 7 };\n"
                 "static inline int b(int x) { return x + LIMIT; }\n"
                 "#endif\n");
    add("/k/include/c.h", Filler + "#ifndef C_H\n#define C_H\n"
                                   "static inline int c(struct s *s)\n"
                                   "{\n  return s->second;\n}\n"
                                   "#endif\n");
    add("/k/one/one.c", "#include <a.h>\nint one(int x) { return a(x); }\n");
    for (const char *Name : {"two", "three"})
      add("/k/" + std::string(Name) + "/" + Name + ".c",
          "#define NOTE \"" + std::string(Name) +
              "\"\n"
              "#include <a.h>\n#include <c.h>\n"
              "static struct s s = { 1, LIMIT };\n"
              "const char *note = NOTE;\n"
              "int " +
              Name + "(int x) { return a(x) + c(&s); }\n");
  }

  ~SharedHeadersTest() override {
    (void)llvm::sys::fs::remove_directories(Folder);
  }

  void add(llvm::StringRef Path, const std::string &Text) {
    Memory->addFile(Path, 0, llvm::MemoryBuffer::getMemBufferCopy(Text));
  }

  /// Files are what they are from now on: those that change, and the cache.
  void start() {
    Memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    Files = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
        llvm::vfs::getRealFileSystem());
    Files->pushOverlay(Memory);
  }

  static CompileJob job(const std::string &Name) {
    const std::string File = "/k/" + Name + "/" + Name + ".c";
    return {File,
            "/k",
            {"clang", "-fsyntax-only", "-w", "-I./include",
             "-DMODULE_NAME=\"" + Name + "\"", File},
            ""};
  }

  /// What is to be compiled, after the cache in Folder was looked at.
  std::vector<HeaderUsers> plan(bool MayMake = true) {
    Hashes = std::make_unique<FileHashes>(*Files);
    Shared = std::make_unique<SharedHeaders>(Folder.str().str(), Files, *Hashes,
                                             Added);
    std::vector<size_t> All(Jobs.size());
    for (size_t I = 0; I < All.size(); ++I)
      All[I] = I;
    return Shared->plan(Jobs, All, MayMake);
  }

  /// By job: the headers that it uses; makes what is to be made.
  std::vector<std::shared_ptr<const PrecompiledHeaders>> headers(bool MayMake) {
    std::vector<std::shared_ptr<const PrecompiledHeaders>> Result(Jobs.size());
    std::vector<std::shared_ptr<const PrecompiledHeaders>> Made;
    for (const HeaderUsers &Users : plan(MayMake)) {
      Made.push_back(
          Users.Roots.empty()
              ? Users.Known
              : Shared->make(Users, Users.Base ? Made[*Users.Base] : nullptr));
      for (size_t Job : Users.Jobs)
        Result[Job] = Made.back();
    }
    return Result;
  }

  std::string parsed(const CompileJob &Job,
                     const PrecompiledHeaders *Headers) const {
    FrontEndVocabulary Words;
    Words.Constants = {"LIMIT"};
    Words.Fields = {"s.second"};
    llvm::Expected<UnitSummary> Unit =
        parseUnit(Job, Words, Files, nullptr, Headers);
    if (Unit)
      return serialize(*Unit);
    return llvm::toString(Unit.takeError());
  }

  llvm::SmallString<128> Folder;
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> Memory;
  llvm::IntrusiveRefCntPtr<llvm::vfs::OverlayFileSystem> Files;
  std::vector<CompileJob> Jobs{job("one"), job("two"), job("three")};
  std::set<std::string> Added;
  std::unique_ptr<FileHashes> Hashes;
  std::unique_ptr<SharedHeaders> Shared;
};

TEST_F(SharedHeadersTest, AUnitIsTheSameWithThemAndWithout) {
  auto Headers = headers(/*MayMake=*/true);
  for (size_t I = 0; I < Jobs.size(); ++I) {
    ASSERT_TRUE(Headers[I]) << I;
    EXPECT_EQ(parsed(Jobs[I], Headers[I].get()), parsed(Jobs[I], nullptr)) << I;
  }
  // What two of them have more is an addition to what all have.
  EXPECT_EQ(Headers[0]->Layers.size(), 1u);
  EXPECT_EQ(Headers[1]->Layers.size(), 2u);
  EXPECT_EQ(Headers[1], Headers[2]);
}

TEST_F(SharedHeadersTest, TheNextRunFindsThem) {
  auto Made = headers(/*MayMake=*/true);
  auto Found = headers(/*MayMake=*/false);
  for (size_t I = 0; I < Jobs.size(); ++I) {
    ASSERT_TRUE(Made[I] && Found[I]) << I;
    EXPECT_EQ(Made[I]->Layers.back().Path, Found[I]->Layers.back().Path) << I;
    EXPECT_EQ(parsed(Jobs[I], Found[I].get()), parsed(Jobs[I], nullptr)) << I;
  }
}

TEST_F(SharedHeadersTest, OneUnitAloneFindsThem) {
  headers(/*MayMake=*/true);
  Jobs = {job("two")};
  EXPECT_TRUE(headers(/*MayMake=*/true)[0]);
}

TEST_F(SharedHeadersTest, AHeaderThatChangedIsRead) {
  headers(/*MayMake=*/true);
  addAll("/* changed */\n");
  for (const auto &Found : headers(/*MayMake=*/false))
    EXPECT_FALSE(Found);
}

TEST_F(SharedHeadersTest, ANewHeaderMayStandBeforeThem) {
  headers(/*MayMake=*/true);
  Added = {"b.h"};
  for (const auto &Found : headers(/*MayMake=*/false))
    EXPECT_FALSE(Found);
}

TEST_F(SharedHeadersTest, ADamagedFileIsNotUsed) {
  auto Made = headers(/*MayMake=*/true);
  std::error_code Error;
  llvm::raw_fd_ostream(Made[0]->Layers[0].Path, Error) << "damaged";
  for (const auto &Found : headers(/*MayMake=*/false))
    EXPECT_FALSE(Found);
}

TEST_F(SharedHeadersTest, WhatAUnitDefinesBeforeMayChangeThem) {
  auto Made = headers(/*MayMake=*/true);
  add("/k/four/four.c", "#define WIDE\n#include <a.h>\n"
                        "int four(int x) { return a(x); }\n");
  llvm::Expected<UnitSummary> Unit =
      parseUnit(job("four"), {}, Files, nullptr, Made[0].get());
  EXPECT_TRUE(Unit.errorIsA<UnfitHeaders>());
  llvm::consumeError(Unit.takeError());
}

TEST_F(SharedHeadersTest, WhatAUnitDefinesAfterwardsDoesNot) {
  auto Made = headers(/*MayMake=*/true);
  add("/k/four/four.c", "#include <a.h>\n#define WIDE\n#include <b.h>\n"
                        "int four(int x) { return a(x); }\n");
  EXPECT_EQ(parsed(job("four"), Made[0].get()), parsed(job("four"), nullptr));
}

TEST_F(SharedHeadersTest, AUnitThatMayNotIncludeThemGetsNone) {
  headers(/*MayMake=*/true);
  add("/k/four/four.c", "#ifdef CONFIG_A\n#include <a.h>\n#endif\n");
  Jobs = {job("four")};
  EXPECT_FALSE(headers(/*MayMake=*/false)[0]);
}

TEST_F(SharedHeadersTest, AFlagThatTheyAskForMakesOthersOfThem) {
  headers(/*MayMake=*/true);
  Jobs = {job("one")};
  Jobs[0].Arguments.insert(Jobs[0].Arguments.end() - 1, "-DWIDE");
  EXPECT_FALSE(headers(/*MayMake=*/false)[0]);
}

TEST_F(SharedHeadersTest, OneMoreFolderBehindTheOthersDoesNot) {
  headers(/*MayMake=*/true);
  Jobs = {job("one")};
  Jobs[0].Arguments.insert(Jobs[0].Arguments.end() - 1, "-I./more");
  EXPECT_TRUE(headers(/*MayMake=*/false)[0]);
  Jobs[0].Arguments.insert(Jobs[0].Arguments.begin() + 1, "-I./before");
  EXPECT_FALSE(headers(/*MayMake=*/false)[0]);
}

TEST_F(SharedHeadersTest, AUnitBesideOneOfThemParsesItItself) {
  auto Made = headers(/*MayMake=*/true);
  EXPECT_TRUE(hasFileBeside(*Made[0], "/k/include/unit.c"));
  EXPECT_FALSE(hasFileBeside(*Made[0], "/k/one/one.c"));
}

} // namespace
