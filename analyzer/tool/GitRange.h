// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Commits of a git tree as overlays over its working tree.
#ifndef COCODMA_TOOL_GITRANGE_H
#define COCODMA_TOOL_GITRANGE_H

#include "gate/Overlay.h"

#include <set>

namespace cocodma {

/// A state of the tree, and how it came to be.
struct TreeStep {
  std::string Subject;
  /// Against the working tree.
  PatchedTree Tree;
  /// The files that it changes against the step before.
  std::set<std::string> Files;
};

/// The states of BASE..HEAD: the first is BASE, one follows for each commit
/// (only HEAD if \p Whole). The hunks and renames of the last are those of the
/// range. Uses the `git` of the PATH to read; neither the working tree nor the
/// index is written. Errors: no git tree, no such commits, no commits in
/// between, more than 100 of them, or a working tree that is far from them.
llvm::Expected<std::vector<TreeStep>>
readRange(llvm::StringRef Root, llvm::StringRef Range, bool Whole);

} // namespace cocodma

#endif // COCODMA_TOOL_GITRANGE_H
