// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is in files, and how they are called.
#ifndef COCODMA_FRONTEND_FILEHASHES_H
#define COCODMA_FRONTEND_FILEHASHES_H

#include "summary/UnitSummary.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/xxhash.h"

#include <mutex>
#include <optional>
#include <vector>

namespace clang {
class SourceManager;
} // namespace clang

namespace cocodma {

/// Content hashes of files, each read once a run. Thread-safe.
class FileHashes {
public:
  explicit FileHashes(llvm::vfs::FileSystem &Files) : Files(Files) {}

  /// Nothing if the file cannot be read.
  std::optional<uint64_t> of(const std::string &Path) {
    {
      std::lock_guard<std::mutex> Lock(Mutex);
      auto Found = Known.find(Path);
      if (Found != Known.end())
        return Found->second;
    }
    std::optional<uint64_t> Hash;
    auto Buffer = Files.getBufferForFile(Path, /*FileSize=*/-1,
                                         /*RequiresNullTerminator=*/false);
    if (Buffer)
      Hash = llvm::xxh3_64bits((*Buffer)->getBuffer());
    std::lock_guard<std::mutex> Lock(Mutex);
    Known[Path] = Hash;
    return Hash;
  }

  /// Whether \p File is as it was.
  bool isUnchanged(const Dependency &File) {
    std::optional<uint64_t> Hash = of(File.Path);
    return Hash && *Hash == File.Hash;
  }

private:
  llvm::vfs::FileSystem &Files;
  std::mutex Mutex;
  llvm::StringMap<std::optional<uint64_t>> Known;
};

/// A file's name as summaries have it: absolute and without dots, however the
/// compiler spells it.
std::string fileName(llvm::StringRef Spelt, const clang::SourceManager &In);

/// The files that the compiler read so far, in the order of their names.
std::vector<Dependency> filesRead(const clang::SourceManager &Sources);

} // namespace cocodma

#endif // COCODMA_FRONTEND_FILEHASHES_H
