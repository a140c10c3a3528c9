// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/CacheFolder.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <set>

using namespace cocodma;
using namespace std::chrono;
namespace fs = llvm::sys::fs;

namespace {

const std::string Hash(31, 'a');

class CacheFolderTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("cocodma-test", Folder));
  }
  void TearDown() override { (void)fs::remove_directories(Folder); }

  std::string path(llvm::StringRef Name) const {
    llvm::SmallString<256> Path(Folder);
    llvm::sys::path::append(Path, Name);
    return Path.str().str();
  }

  static void setAge(const std::string &Path, hours Age) {
    int Descriptor;
    ASSERT_FALSE(fs::openFileForRead(Path, Descriptor));
    EXPECT_FALSE(fs::setLastAccessAndModificationTime(
        Descriptor, system_clock::now() - Age));
    fs::file_t Native = fs::convertFDToNativeFile(Descriptor);
    EXPECT_FALSE(fs::closeFile(Native));
  }

  void make(llvm::StringRef Name, hours Age, size_t Size = 10) {
    std::error_code Problem;
    llvm::raw_fd_ostream Out(path(Name), Problem);
    ASSERT_FALSE(Problem);
    Out << std::string(Size, 'x');
    Out.close();
    setAge(path(Name), Age);
  }

  std::set<std::string> names() const {
    std::set<std::string> Result;
    std::error_code Problem;
    for (fs::directory_iterator At(Folder, Problem), End; At != End && !Problem;
         At.increment(Problem))
      Result.insert(llvm::sys::path::filename(At->path()).str());
    Result.erase("cocodma-pruned");
    return Result;
  }

  unsigned prune(llvm::StringRef Policy) {
    auto Read = readCachePolicy(Policy);
    EXPECT_TRUE(static_cast<bool>(Read));
    return pruneCacheFolder(Folder, *Read);
  }

  llvm::SmallString<256> Folder;
};

TEST_F(CacheFolderTest, OldEntriesGoAndOthersStay) {
  make(Hash + "1.unit", hours(3));
  make(Hash + "2.unit", hours(30));
  make(Hash + "3.report.json", hours(30));
  make("program-" + Hash + "4", hours(30));
  make("program-" + Hash + "4.files", hours(30));
  EXPECT_EQ(prune("prune_after=24h:prune_interval=0s"), 4u);
  EXPECT_EQ(names(), std::set<std::string>({Hash + "1.unit"}));
}

TEST_F(CacheFolderTest, WhatIsNotOursStays) {
  std::set<std::string> Foreign = {"notes.txt",      "0123.unit",
                                   Hash + "1.c",     "program-x",
                                   Hash + "Z.units", "build-facade"};
  for (const std::string &Name : Foreign)
    make(Name, hours(10000));
  ASSERT_FALSE(fs::create_directory(path("sub")));
  make("sub/" + Hash + "1.unit", hours(10000));
  make("sub/outside", hours(10000));
  // A link is neither an entry nor followed.
  ASSERT_FALSE(fs::create_link(path("sub/outside"), path(Hash + "2.unit")));
  Foreign.insert({"sub", Hash + "2.unit"});
  EXPECT_EQ(prune("prune_after=1h:cache_size_bytes=1:prune_interval=0s"), 0u);
  EXPECT_EQ(names(), Foreign);
  EXPECT_TRUE(fs::exists(path("sub/outside")));
  EXPECT_TRUE(fs::exists(path("sub/" + Hash + "1.unit")));
}

TEST_F(CacheFolderTest, TheOldestGoUntilTheRestFits) {
  for (int I = 1; I <= 5; ++I)
    make(Hash + std::to_string(I) + ".unit", hours(10 * I), 1000);
  EXPECT_EQ(prune("cache_size_bytes=2500:prune_interval=0s"), 3u);
  EXPECT_EQ(names(), std::set<std::string>({Hash + "1.unit", Hash + "2.unit"}));
  EXPECT_EQ(prune("cache_size_files=1:prune_interval=0s"), 1u);
  EXPECT_EQ(names(), std::set<std::string>({Hash + "1.unit"}));
}

TEST_F(CacheFolderTest, WhatWasJustUsedStays) {
  make(Hash + "1.unit", hours(0), 1000);
  make(Hash + "2.unit", hours(100), 1000);
  markUsed(path(Hash + "2.unit"));
  EXPECT_EQ(prune("prune_after=1s:cache_size_bytes=1:prune_interval=0s"), 0u);
  EXPECT_EQ(names().size(), 2u);
}

TEST_F(CacheFolderTest, AUseIsNotedOnceInAWhile) {
  auto TimeOf = [&](const std::string &Name) {
    fs::file_status Status;
    EXPECT_FALSE(fs::status(path(Name), Status));
    return Status.getLastModificationTime();
  };
  make(Hash + "1.unit", hours(0));
  make(Hash + "2.unit", hours(1));
  const auto Recent = TimeOf(Hash + "1.unit"), Old = TimeOf(Hash + "2.unit");
  markUsed(path(Hash + "1.unit"));
  markUsed(path(Hash + "2.unit"));
  EXPECT_EQ(TimeOf(Hash + "1.unit"), Recent);
  EXPECT_GT(TimeOf(Hash + "2.unit"), Old);
}

TEST_F(CacheFolderTest, NotAgainBeforeTheInterval) {
  make(Hash + "1.unit", hours(100));
  EXPECT_EQ(prune("prune_after=2h:prune_interval=1h"), 1u);
  make(Hash + "1.unit", hours(100));
  EXPECT_EQ(prune("prune_after=2h:prune_interval=1h"), 0u);
  setAge(path("cocodma-pruned"), hours(2));
  EXPECT_EQ(prune("prune_after=2h:prune_interval=1h"), 1u);
}

TEST_F(CacheFolderTest, WhatStoppedRunsLeftGoesAfterADay) {
  make(Hash + "1.unit.0a1b2c", hours(30));
  make(Hash + "2.unit.0a1b2c", hours(2));
  make(Hash + "3.report.json.0a1b2c3d.tmp", hours(30));
  ASSERT_FALSE(fs::create_directory(path("cocodma-build-0a1b2c")));
  make("cocodma-build-0a1b2c/x.o", hours(30));
  setAge(path("cocodma-build-0a1b2c"), hours(30));
  EXPECT_EQ(prune("prune_interval=0s"), 3u);
  EXPECT_EQ(names(), std::set<std::string>({Hash + "2.unit.0a1b2c"}));
}

TEST(CachePolicy, BadOnesAreNamed) {
  EXPECT_THAT(llvm::toString(readCachePolicy("prune_after=x").takeError()),
              testing::HasSubstr("not an integer"));
  EXPECT_THAT(llvm::toString(readCachePolicy("size=4").takeError()),
              testing::HasSubstr("size"));
  auto Default = readCachePolicy("");
  ASSERT_TRUE(static_cast<bool>(Default));
  EXPECT_EQ(Default->Expiration, hours(720));
  EXPECT_EQ(Default->MaxSizeBytes, uint64_t(4) << 30);
}

} // namespace
