// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/CacheFolder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <vector>

using llvm::StringRef;
using namespace std::chrono;
namespace fs = llvm::sys::fs;

namespace cocodma {
namespace {

/// What is younger may be in use. In minutes, as fractions of it count.
constexpr minutes InUse = hours(1);
/// No run takes that long to write one file.
constexpr hours Abandoned(24);
/// Its time of change is that of the last pruning.
constexpr StringRef Stamp = "cocodma-pruned";

bool isHash(StringRef Text) {
  return Text.size() == 32 && llvm::all_of(Text, llvm::isHexDigit);
}

enum class Kind { Foreign, Entry, Leftover, Scratch };

/// What a name in the folder stands for.
Kind kindOf(StringRef Name) {
  if (Name.consume_front("cocodma-build-"))
    return llvm::all_of(Name, llvm::isAlnum) ? Kind::Scratch : Kind::Foreign;
  if (Name.consume_front("program-"))
    Name.consume_back(".files");
  StringRef Stem = Name.take_front(32);
  if (!isHash(Stem))
    return Kind::Foreign;
  StringRef Rest = Name.drop_front(32);
  // Compiled headers: a hash of the flags and one of the headers.
  if (Rest.consume_front("-") && isHash(Rest.take_front(32))) {
    Rest = Rest.drop_front(32);
    if (Rest == ".pch" || Rest == ".headers")
      return Kind::Entry;
    return Rest.starts_with(".headers.") || Rest.starts_with(".pch.")
               ? Kind::Leftover
               : Kind::Foreign;
  }
  if (Rest.empty() || Rest == ".unit" || Rest == ".report.json" ||
      Rest == ".part")
    return Kind::Entry;
  // A file that is being written has letters behind its name.
  for (StringRef Ending : {".unit.", ".report.json.", ".part.", ".files."})
    if (Rest.starts_with(Ending))
      return Kind::Leftover;
  return Kind::Foreign;
}

/// And closes the file. A time that cannot be set is no reason to stop.
void setTime(int Descriptor, llvm::sys::TimePoint<> Now) {
  fs::file_t Native = fs::convertFDToNativeFile(Descriptor);
  llvm::consumeError(llvm::errorCodeToError(
      fs::setLastAccessAndModificationTime(Descriptor, Now)));
  llvm::consumeError(llvm::errorCodeToError(fs::closeFile(Native)));
}

struct Entry {
  std::string Path;
  uint64_t Size;
  llvm::sys::TimePoint<> Used;
};

class Pruning {
public:
  Pruning(StringRef Folder, const llvm::CachePruningPolicy &Policy)
      : Folder(Folder), Policy(Policy), Now(system_clock::now()) {}

  unsigned run() {
    if (!Policy.Interval || !isDue())
      return 0;
    collect();
    // The oldest first; names decide where the times are the same.
    llvm::sort(Entries, [](const Entry &A, const Entry &B) {
      return std::tie(A.Used, A.Path) < std::tie(B.Used, B.Path);
    });
    uint64_t Size = 0, Files = Entries.size();
    for (const Entry &E : Entries)
      Size += E.Size;
    uint64_t Most = mostBytes(Size);
    for (const Entry &E : Entries) {
      bool Old = Policy.Expiration.count() && Now - E.Used > Policy.Expiration;
      bool TooMuch =
          Size > Most || (Policy.MaxSizeFiles && Files > Policy.MaxSizeFiles);
      if (!Old && !TooMuch)
        break;
      if (Now - E.Used < InUse)
        break;
      remove(E.Path);
      Size -= E.Size;
      --Files;
    }
    return Removed;
  }

private:
  /// Whether it is time again. A stamp from the future is none.
  bool isDue() {
    llvm::SmallString<256> Path(Folder);
    llvm::sys::path::append(Path, Stamp);
    fs::file_status Status;
    if (!fs::status(Path, Status, /*follow=*/false)) {
      auto Since = Now - Status.getLastModificationTime();
      if (Since >= seconds(0) && Since < *Policy.Interval)
        return false;
      if (Status.type() != fs::file_type::regular_file)
        return false;
    }
    int Descriptor;
    if (fs::openFileForWrite(Path, Descriptor, fs::CD_OpenAlways))
      return false;
    setTime(Descriptor, Now);
    return true;
  }

  void collect() {
    std::error_code Problem;
    for (fs::directory_iterator At(Folder, Problem, /*follow_symlinks=*/false),
         End;
         At != End && !Problem; At.increment(Problem)) {
      Kind What = kindOf(llvm::sys::path::filename(At->path()));
      fs::file_status Status;
      if (What == Kind::Foreign ||
          fs::status(At->path(), Status, /*follow=*/false))
        continue;
      auto Used = Status.getLastModificationTime();
      bool IsFile = Status.type() == fs::file_type::regular_file;
      if (What == Kind::Entry && IsFile)
        Entries.push_back({At->path(), Status.getSize(), Used});
      else if (What == Kind::Leftover && IsFile && Now - Used > Abandoned)
        remove(At->path());
      else if (What == Kind::Scratch &&
               Status.type() == fs::file_type::directory_file &&
               Now - Used > Abandoned)
        Removed += !fs::remove_directories(At->path());
    }
  }

  uint64_t mostBytes(uint64_t Size) const {
    uint64_t Most = Policy.MaxSizeBytes ? Policy.MaxSizeBytes : UINT64_MAX;
    llvm::ErrorOr<fs::space_info> Space = fs::disk_space(Folder);
    if (Policy.MaxSizePercentageOfAvailableSpace && Space)
      Most = std::min(
          Most, (Space->free + Size) / 100 *
                    std::min(Policy.MaxSizePercentageOfAvailableSpace, 100u));
    return Most;
  }

  void remove(const std::string &Path) { Removed += !fs::remove(Path); }

  StringRef Folder;
  const llvm::CachePruningPolicy &Policy;
  llvm::sys::TimePoint<> Now;
  std::vector<Entry> Entries;
  unsigned Removed = 0;
};

} // namespace

llvm::Expected<llvm::CachePruningPolicy> readCachePolicy(StringRef Text) {
  std::string Whole = "prune_after=720h:cache_size_bytes=4g";
  if (!Text.empty())
    Whole += ":" + Text.str();
  return llvm::parseCachePruningPolicy(Whole);
}

void markUsed(StringRef Path) {
  auto Now = system_clock::now();
  fs::file_status Status;
  // Once in a while is enough.
  if (fs::status(Path, Status) ||
      Now - Status.getLastModificationTime() < InUse / 4)
    return;
  int Descriptor;
  // Not for writing: it may be a program that is running.
  if (fs::openFileForRead(Path, Descriptor))
    return;
  setTime(Descriptor, Now);
}

unsigned pruneCacheFolder(StringRef Folder,
                          const llvm::CachePruningPolicy &Policy) {
  return Pruning(Folder, Policy).run();
}

} // namespace cocodma
