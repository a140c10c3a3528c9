// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gets the summaries of many units: from the cache where nothing changed, by
// parsing where it did: on several threads, or, if a stranger's patch made it,
// in processes of their own.
#ifndef COCODMA_FRONTEND_UNITLOADER_H
#define COCODMA_FRONTEND_UNITLOADER_H

#include "frontend/CompileDatabase.h"
#include "frontend/Confined.h"
#include "frontend/UnitParser.h"

#include "llvm/Support/VirtualFileSystem.h"

#include <functional>
#include <set>

namespace cocodma {

/// How units are loaded.
struct LoaderOptions {
  std::string CacheFolder; ///< Empty: no cache.
  unsigned Jobs = 0;       ///< 0: one for each core.
  /// Compile headers once for many units, if there is a cache. Units that were
  /// parsed without that are cached apart.
  bool ShareHeaders = true;
  FrontEndVocabulary Vocabulary;
  /// Makes what looks at each unit that is parsed; may be empty. The key names
  /// it and all that it depends on but the unit.
  ObserverFactory Observers;
  std::string ObserverKey;
  /// Where sources are read; null: the real file system.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  /// Not empty if Files differs from the disk: what is parsed anew is cached
  /// apart, under this name, so that the entries of the disk stay.
  std::string OverlayKey;
  /// The names, without folders, of files that only Files has: a unit that
  /// includes one of such a name may now get another file.
  std::set<std::string> AddedNames;
  /// For units that Files has otherwise than the disk: they come from a
  /// stranger, and are parsed in processes of their own.
  WorkLimits Limits;
  /// Called after each unit with the number done and the unit's file; from any
  /// thread, one call at a time.
  std::function<void(size_t Done, size_t Of, llvm::StringRef File)> Progress;
};

/// A unit that could not be loaded.
struct FailedUnit {
  std::string File;
  std::string Reason;
};

/// What came of loading.
struct LoadedUnits {
  std::vector<UnitSummary> Units; ///< In the order of the jobs.
  std::vector<FailedUnit> Failed;
  size_t FromCache = 0;
  std::vector<std::string> CacheProblems;
};

/// Loads all \p Jobs. A damaged or foreign cache entry is parsed again and
/// replaced. The same jobs give the same units for any number of threads.
LoadedUnits loadUnits(const std::vector<CompileJob> &Jobs,
                      const LoaderOptions &Options);

/// True if a parser crashed in this process. LLVM's clean-up at its end would
/// meet what that parser left half done, and is to be left out.
bool parserCrashed();

} // namespace cocodma

#endif // COCODMA_FRONTEND_UNITLOADER_H
