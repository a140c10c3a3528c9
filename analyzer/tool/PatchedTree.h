// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a patched tree means for the units and for the cache.
#ifndef COCODMA_TOOL_PATCHEDTREE_H
#define COCODMA_TOOL_PATCHEDTREE_H

#include "frontend/UnitLoader.h"
#include "gate/Overlay.h"
#include "report/Report.h"

namespace cocodma {

/// A name for the contents of \p Changes.
std::string overlayKey(const Overlay &Changes);

/// Takes the units that \p Changes removes out of \p Database, and adds the C
/// sources that it adds, with the flags of the unit that they were renamed
/// from, or of one of the same folder; what has neither is left out. Says in \p
/// Into what it guessed. \p Root is that of the tree, absolute.
void patchDatabase(const Overlay &Changes,
                   const std::map<std::string, std::string> &RenamedFrom,
                   llvm::StringRef Root, CompileDatabase &Database,
                   Report &Into);

/// The units, relative to \p Root, that were made of one of \p Files (relative
/// to it, too), and those that failed. Adds to \p Used the files that a unit
/// was made of.
std::vector<std::string> affectedUnits(const LoadedUnits &Loaded,
                                       const CompileDatabase &Database,
                                       const std::set<std::string> &Files,
                                       llvm::StringRef Root,
                                       std::set<std::string> &Used);

/// Names this build of the program: another one may judge otherwise.
std::string programStamp();

/// A name for all that the report of these units depends on: their contents,
/// how they are compiled, and \p How, which the caller makes of the program and
/// its options.
std::string reportKey(const LoadedUnits &Loaded,
                      const CompileDatabase &Database, llvm::StringRef How);

/// The report of that name in the cache; nothing if there is none.
std::optional<Report> cachedReport(llvm::StringRef CacheFolder,
                                   llvm::StringRef Key);
/// Puts a report into the cache. That it cannot be written is no error.
void cacheReport(llvm::StringRef CacheFolder, llvm::StringRef Key,
                 const Report &R);

} // namespace cocodma

#endif // COCODMA_TOOL_PATCHEDTREE_H
