// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds and makes the headers that are compiled once for many units. They lie
// in the cache, so that the next run has them.
#ifndef COCODMA_FRONTEND_SHAREDHEADERS_H
#define COCODMA_FRONTEND_SHAREDHEADERS_H

#include "frontend/FileHashes.h"
#include "frontend/IncludeGraph.h"
#include "frontend/PrecompiledHeaders.h"
#include "frontend/SharingPlan.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cocodma {

/// Units that use the same compiled headers.
struct HeaderUsers {
  std::vector<size_t> Jobs; ///< Indices; may be empty if others build on it.
  /// What there is already; null if it is to be made, or if there is nothing.
  std::shared_ptr<const PrecompiledHeaders> Known;
  /// To be made, of these, all of them; empty if not.
  std::vector<std::string> Roots;
  std::optional<size_t> Base; ///< What it adds to: a group before it.
  CompileJob Like;            ///< With what flags.
  std::string Key;            ///< Of the flags.
};

/// The compiled headers in one folder.
class SharedHeaders {
public:
  /// \p Folder: of the cache; empty: nothing is shared. \p Added: names,
  /// without folders, of files that may stand before others where headers are
  /// looked for.
  SharedHeaders(std::string Folder,
                llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
                FileHashes &Hashes, const std::set<std::string> &Added)
      : Folder(std::move(Folder)), Files(Files), Hashes(Hashes), Added(Added),
        Graph(std::move(Files)) {}

  /// Which of \p Wanted, indices of \p Jobs, use which headers; each is in one
  /// group. \p MayMake: some may be worth making.
  std::vector<HeaderUsers> plan(const std::vector<CompileJob> &Jobs,
                                const std::vector<size_t> &Wanted,
                                bool MayMake);

  /// Makes what a group lacks, as an addition to \p Base if that is not null;
  /// Base if the headers do not compile on their own or cannot be written.
  /// Thread-safe.
  std::shared_ptr<const PrecompiledHeaders>
  make(const HeaderUsers &Users,
       std::shared_ptr<const PrecompiledHeaders> Base) const;

private:
  struct Unit {
    size_t Job = 0;
    CertainIncludes Includes;
    std::vector<std::string> Folders; ///< Where it looks for headers.
    std::shared_ptr<const PrecompiledHeaders> Best;
  };

  /// What the folder has. Its files are looked at when a unit may use it: of
  /// the many for one set of flags few are used.
  struct Found {
    std::shared_ptr<PrecompiledHeaders> Headers;
    std::optional<bool> IsReady; ///< Current, and its files are read.
  };

  /// \p Job without its own file, and without macros that no condition asks for
  /// unless they are strings: those are a part of messages, whatever they say.
  CompileJob bare(const CompileJob &Job) const;
  /// The flag defines a macro that no condition asks for.
  bool isUntested(llvm::StringRef Flag) const;
  std::string keyOf(const CompileJob &Bare) const;
  /// What the folder has for these keys of flags.
  void readFolder(const std::set<std::string> &Keys);
  /// None of its files changed.
  bool isCurrent(const PrecompiledHeaders &Headers) const;
  /// Fills in how the files read.
  void readFiles(PrecompiledHeaders &Headers) const;
  bool mayUse(const Unit &One, const CompileJob &Job,
              const PrecompiledHeaders &Headers) const;
  bool isReady(Found &Candidate) const;
  void chooseBest(Unit &One, const CompileJob &Job, const std::string &Key);
  void planGroup(const std::vector<CompileJob> &Jobs, std::vector<Unit> &Units,
                 const std::string &Key, bool MayMake,
                 std::vector<HeaderUsers> &Into);
  /// Adds what is worth making, and gives the units that have it.
  llvm::BitVector planNew(const std::vector<CompileJob> &Jobs,
                          const std::vector<Unit> &Units,
                          const std::string &Key,
                          std::vector<HeaderUsers> &Into) const;
  /// What \p Of, whose common files are \p Common, include all.
  std::vector<std::string> rootsOf(llvm::ArrayRef<const Unit *> Of,
                                   const llvm::BitVector &Common) const;

  std::optional<PrecompiledHeaders>
  attempt(CompileJob Like, const std::vector<std::string> &Roots,
          const PrecompiledHeaders *Base, const std::string &Path) const;

  const std::string Folder;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  FileHashes &Hashes;
  const std::set<std::string> &Added;
  mutable std::mutex Lock; ///< Of the graph, while headers are made.
  mutable IncludeGraph Graph;
  std::map<std::string, std::vector<Found>> Stored; ///< By key of the flags.
};

} // namespace cocodma

#endif // COCODMA_FRONTEND_SHAREDHEADERS_H
