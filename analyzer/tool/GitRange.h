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
  /// Of the mail or the commit; empty for a diff.
  std::string Subject;
  /// Its contents are those against the disk; its hunks and renames are those
  /// of the step itself.
  PatchedTree Tree;
  /// The files that it changes against the step before.
  std::set<std::string> Files;
};

/// The way of a tree through patches or commits.
struct TreeHistory {
  /// The first is the state before, and changes nothing.
  std::vector<TreeStep> Steps;
  /// From the first to the last.
  std::vector<Hunk> Hunks;
  std::map<std::string, std::string> RenamedFrom;
  /// What was left out, in sentences.
  std::vector<std::string> Notes;
};

/// The states of BASE..HEAD: the first is BASE, one follows for each commit
/// (only HEAD if \p Whole). Uses the `git` of the PATH to read; neither the
/// working tree nor the index is written. Errors: no git tree, no such commits,
/// no commits in between, more than 100 of them, or a working tree that is far
/// from them.
llvm::Expected<TreeHistory> readRange(llvm::StringRef Root,
                                      llvm::StringRef Range, bool Whole);

} // namespace cocodma

#endif // COCODMA_TOOL_GITRANGE_H
