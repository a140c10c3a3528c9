// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What looks at a unit while its AST is there: what it adds is kept, and if it
// crashes the unit is not lost.
#include "frontend/UnitLoader.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <cstdlib>

using namespace cocodma;

namespace {

/// Adds one finding to each unit, and counts how often it did.
class Counting : public UnitObserver {
public:
  explicit Counting(unsigned &Count) : Count(Count) {}
  void beginUnit(clang::Preprocessor &) override {}
  void endUnit(clang::ASTContext &, clang::Preprocessor &,
               UnitSummary &Into) override {
    ++Count;
    DesignFinding &New = Into.Design.emplace_back();
    New.Check = "coco-test";
    New.At = {"file.c", 3, 7, "function"};
    New.Lacking = {"one", "two"};
    New.Notes.push_back({{"other.c", 1, 2, ""}, "note"});
  }

private:
  unsigned &Count;
};

class Crashing : public UnitObserver {
public:
  void beginUnit(clang::Preprocessor &) override {}
  void endUnit(clang::ASTContext &, clang::Preprocessor &,
               UnitSummary &) override {
    std::abort();
  }
};

class ObserverTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("observer", Folder));
    llvm::SmallString<128> File(Folder);
    llvm::sys::path::append(File, "unit.c");
    std::error_code Problem;
    llvm::raw_fd_ostream(File, Problem) << "int f(void) { return 1; }\n";
    ASSERT_FALSE(Problem);
    Job.File = File.str().str();
    Job.Directory = Folder.str().str();
    Job.Arguments = {"clang", "-fsyntax-only", Job.File};
    Options.CacheFolder = (Folder + "/cache").str();
    Options.Jobs = 1;
  }
  void TearDown() override { (void)llvm::sys::fs::remove_directories(Folder); }

  UnitSummary load() {
    LoadedUnits Loaded = loadUnits({Job}, Options);
    EXPECT_EQ(Loaded.Units.size(), 1u);
    FromCache = Loaded.FromCache;
    return Loaded.Units.empty() ? UnitSummary() : std::move(Loaded.Units[0]);
  }

  llvm::SmallString<128> Folder;
  CompileJob Job;
  LoaderOptions Options;
  size_t FromCache = 0;
};

TEST_F(ObserverTest, WhatItAddsIsCached) {
  unsigned Count = 0;
  Options.Observers = [&] { return std::make_unique<Counting>(Count); };
  for (unsigned Run = 0; Run < 2; ++Run) {
    UnitSummary Unit = load();
    EXPECT_EQ(FromCache, Run);
    EXPECT_EQ(Count, 1u);
    EXPECT_FALSE(Unit.DesignLost);
    ASSERT_EQ(Unit.Design.size(), 1u);
    EXPECT_EQ(Unit.Design[0].Check, "coco-test");
    EXPECT_EQ(Unit.Design[0].At.Line, 3u);
    EXPECT_EQ(Unit.Design[0].Lacking.size(), 2u);
    ASSERT_EQ(Unit.Design[0].Notes.size(), 1u);
    EXPECT_EQ(Unit.Design[0].Notes[0].At.File, "other.c");
  }
}

TEST_F(ObserverTest, AnotherKeyIsAnotherEntry) {
  unsigned Count = 0;
  Options.Observers = [&] { return std::make_unique<Counting>(Count); };
  load();
  Options.ObserverKey = "other";
  load();
  EXPECT_EQ(FromCache, 0u);
  EXPECT_EQ(Count, 2u);
}

TEST_F(ObserverTest, ACrashCostsNoUnit) {
  Options.Observers = [] { return std::make_unique<Crashing>(); };
  UnitSummary Unit = load();
  EXPECT_TRUE(Unit.DesignLost);
  EXPECT_EQ(Unit.Functions.size(), 1u);
}

} // namespace
