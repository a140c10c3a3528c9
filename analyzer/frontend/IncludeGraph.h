// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which headers a unit includes for certain, told from the lines of the
// preprocessor alone: those that stand outside of all conditions but the guard
// of a header.
#ifndef COCODMA_FRONTEND_INCLUDEGRAPH_H
#define COCODMA_FRONTEND_INCLUDEGRAPH_H

#include "frontend/UnitParser.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cocodma {

/// What is certain about the headers of one unit.
struct CertainIncludes {
  /// By file: whether it is included. Without those beside the main file.
  llvm::BitVector Files;
  /// What the main file, and headers beside it, include as `<...>`: how it is
  /// spelt without the brackets, and the file, in the order of the source.
  std::vector<std::pair<std::string, unsigned>> Direct;
};

/// Reads the lines of the preprocessor in sources, each file once.
class IncludeGraph {
public:
  /// One file.
  struct File {
    std::string Path; ///< Absolute, without dots.
    uint64_t Size = 0;
    /// Inclusions outside of conditions, and under some; as spelt, with `"` or
    /// `<` in front.
    std::vector<std::string> Always, Sometimes;
    bool IsGuarded = false; ///< Read a second time, it is empty.
    /// Macros that a condition asks for, but to give a default.
    std::vector<std::string> Tested;
  };

  /// Files are read through \p Files.
  explicit IncludeGraph(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files)
      : Files(std::move(Files)) {}

  /// What \p Job includes for certain. The vectors of later calls may be
  /// longer.
  CertainIncludes of(const CompileJob &Job);

  /// By the number that CertainIncludes has.
  const File &file(unsigned Number) const { return *Known[Number]; }

  /// Nothing if it was not read.
  std::optional<unsigned> number(llvm::StringRef Path) const {
    auto Found = Numbers.find(Path);
    return Found == Numbers.end() ? std::nullopt : Found->second;
  }

  /// In bytes, by number.
  std::vector<uint64_t> sizes() const;

  /// What the file says; null if it cannot be read.
  const File *fileAt(const std::string &Path);

  /// Where an inclusion in the file \p From leads for a compiler that looks
  /// into
  /// \p Folders; empty if nowhere.
  const std::string &find(llvm::ArrayRef<std::string> Folders,
                          llvm::StringRef From, const std::string &Spelt);

  /// True if some file that was read so far asks for the macro.
  bool isTested(llvm::StringRef Macro) const { return Tested.contains(Macro); }

private:
  /// Its number; nothing if it cannot be read.
  std::optional<unsigned> read(const std::string &Path);

  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  std::vector<std::unique_ptr<File>> Known;
  llvm::StringMap<std::optional<unsigned>> Numbers; ///< By path.
  llvm::StringMap<std::string> Found; ///< Of find(), by all that it hangs on.
  llvm::StringSet<> Tested;
};

/// The values of the flags \p Names of \p Job, as absolute paths. \p Attached:
/// they may be written without a blank.
std::vector<std::string> pathsOf(const CompileJob &Job,
                                 llvm::ArrayRef<llvm::StringRef> Names,
                                 bool Attached);

/// The folders where \p Job looks for headers, in the compiler's order.
std::vector<std::string> includeFolders(const CompileJob &Job);

} // namespace cocodma

#endif // COCODMA_FRONTEND_INCLUDEGRAPH_H
