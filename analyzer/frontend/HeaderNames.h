// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions of headers a unit may use, told from the text alone. A unit
// of the kernel includes thousands of functions and uses few of them: where the
// bodies of the others are skipped, parsing is faster.
//
// The text is not preprocessed, so that more names may be told than the unit
// uses, and, where macros paste names together, fewer. Who skips a body because
// of this has to look afterwards whether it was used.
#ifndef COCODMA_FRONTEND_HEADERNAMES_H
#define COCODMA_FRONTEND_HEADERNAMES_H

#include "frontend/UnitParser.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <mutex>
#include <set>

namespace cocodma {

/// The names that one unit may use.
struct UsableNames {
  /// How a name begins and how it ends.
  using Ends = std::pair<std::string, std::string>;

  llvm::StringSet<> Names;
  std::vector<Ends> Pasted; ///< Names that macros may make.

  /// \p IsPasted: a macro made the name, so that it stands in no text.
  bool contains(llvm::StringRef Name, bool IsPasted) const;
};

/// Scans headers, each once, and finds what units may use. Thread-safe.
class HeaderNames {
public:
  /// Files are read through \p Files.
  explicit HeaderNames(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files)
      : Files(std::move(Files)) {}

  /// The names that \p Job may use: those in its main file, and those in what
  /// headers define by such names.
  UsableNames of(const CompileJob &Job);

private:
  using NameId = uint32_t;
  using Ends = UsableNames::Ends;
  /// A file that is or may be included, or a main file.
  struct Source {
    std::vector<std::string> Includes; ///< As they are spelt, with `"` or `<`.
    std::vector<NameId> Names;         ///< All in it, if it is the unit's own.
  };
  friend class TextScan;

  NameId id(llvm::StringRef Name);
  /// Reads the text of a file into \p Into.
  void scan(llvm::StringRef Text, bool IsOwn, Source &Into);
  const Source *source(const std::string &Path, bool IsOwn);
  /// Where an include leads, as a path; empty if nowhere.
  const std::string &find(llvm::StringRef Key,
                          llvm::ArrayRef<std::string> Folders,
                          llvm::StringRef From, const std::string &Spelt);
  /// Scans what \p Job includes, and gives the names in its main file and in
  /// headers beside it.
  std::vector<NameId> scanAll(const CompileJob &Job);
  /// Adds the names that are defined and that begin and end so.
  void addPasted(const Ends &Made, std::vector<NameId> &To);

  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  std::mutex Mutex;
  llvm::StringMap<NameId> Ids;
  std::vector<llvm::StringRef> Texts; ///< By id.
  std::map<llvm::StringRef, NameId> Sorted;
  /// By name: what the text of its definitions names.
  std::vector<std::vector<NameId>> Uses;
  /// By name: how macros of that name paste names together.
  llvm::DenseMap<NameId, std::vector<Ends>> Pasting;
  /// What is named outside of all definitions: by macros that define something.
  std::vector<NameId> Everywhere;
  llvm::StringMap<std::unique_ptr<Source>> Sources; ///< By path.
  llvm::StringMap<std::string> Found; ///< Of find(), by all that it hangs on.
};

} // namespace cocodma

#endif // COCODMA_FRONTEND_HEADERNAMES_H
