// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Patches as they were read: what they say, before they meet a tree.
#ifndef COCODMA_GATE_PATCH_H
#define COCODMA_GATE_PATCH_H

#include "llvm/ADT/StringRef.h"

#include <deque>
#include <string>
#include <vector>

namespace cocodma {

/// A hunk of a unified diff. Its text belongs to the series.
struct PatchHunk {
  /// Lines from 1; 0 where a side is empty.
  unsigned OldStart = 0;
  unsigned OldCount = 0;
  unsigned NewStart = 0;
  unsigned NewCount = 0;
  /// The `@@` line.
  llvm::StringRef Header;
  /// The lines, each with its sign; an empty one is an empty line of context.
  llvm::StringRef Body;
  /// The last line of a side has no newline.
  bool OldEndsBare = false;
  bool NewEndsBare = false;
};

/// What a patch does to one file.
struct FilePatch {
  enum class Action { Modify, Add, Remove, Rename, Copy };
  Action What = Action::Modify;
  /// Relative to the root of the tree, checked: neither absolute nor with "..".
  /// The same unless renamed or copied.
  std::string OldPath;
  std::string NewPath;
  /// It has a binary hunk, which is not applied.
  bool Binary = false;
  std::vector<PatchHunk> Hunks;
};

/// One patch: a mail of a series, or a whole diff.
struct Patch {
  /// Of the mail; empty for a diff.
  std::string Subject;
  std::vector<FilePatch> Files;
};

/// All that an input has, and the text it refers to. Movable, not copyable.
struct PatchSeries {
  PatchSeries() = default;
  PatchSeries(PatchSeries &&) noexcept = default;
  PatchSeries &operator=(PatchSeries &&) noexcept = default;
  PatchSeries(const PatchSeries &) = delete;
  PatchSeries &operator=(const PatchSeries &) = delete;

  std::vector<Patch> Patches;
  /// What was left out, and why.
  std::vector<std::string> Notes;
  /// The decoded texts; a deque, so that moving it moves none of them.
  std::deque<std::string> Texts;
};

} // namespace cocodma

#endif // COCODMA_GATE_PATCH_H
