// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tree with other contents for some of its files; the disk stays as it is.
#ifndef COCODMA_GATE_OVERLAY_H
#define COCODMA_GATE_OVERLAY_H

#include "gate/Patch.h"
#include "report/Report.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <map>
#include <optional>
#include <set>

namespace cocodma {

/// The files of a tree that differ from the disk, by their paths relative to
/// its root, with their contents; nothing for a file that is gone.
using Overlay = std::map<std::string, std::optional<std::string>>;

/// The file system below \p Base in which the files of \p Changes in \p Roots
/// (absolute paths that lead to the same tree) have other contents. Safe to use
/// from several threads.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
makeOverlay(const Overlay &Changes, const std::vector<std::string> &Roots,
            llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Base);

/// What came of applying patches.
struct PatchedTree {
  Overlay Changes;
  /// New names of renamed files, and the old ones.
  std::map<std::string, std::string> RenamedFrom;
  /// For quotation: each where its lines are after all that was applied.
  std::vector<Hunk> Hunks;
  /// The number that the hunks of the next patch get.
  unsigned PatchNumber = 0;
  /// What was not applied (binary hunks), in words, and the files.
  std::vector<std::string> Notes;
  std::set<std::string> NotApplied;
};

/// Applies \p One to \p Tree, whose files are those of the folder \p Root where
/// Tree has no others. The error names the file and the reason; Tree is then
/// of no use. Nothing is written, nothing outside of Root is read: a symbolic
/// link that leads out of it is an error.
llvm::Error applyPatch(const Patch &One, llvm::StringRef Root,
                       PatchedTree &Tree);

} // namespace cocodma

#endif // COCODMA_GATE_OVERLAY_H
