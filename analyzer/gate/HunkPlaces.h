// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the hunks of patches are in a tree.
#ifndef COCODMA_GATE_HUNKPLACES_H
#define COCODMA_GATE_HUNKPLACES_H

#include "gate/Patch.h"
#include "report/Report.h"
#include "report/SourceText.h"

#include "llvm/ADT/ArrayRef.h"

#include <set>

namespace cocodma {

/// Moves those of \p Earlier that are in the file that \p Next changes: hunks
/// of Next above them push them down or up, hunks inside make them longer or
/// shorter, a renamed file takes them along. \p Starts has, for each hunk of
/// Next, its first line in the new text.
void moveHunks(const FilePatch &Next, llvm::ArrayRef<unsigned> Starts,
               std::vector<Hunk> &Earlier);

/// The files of \p Hunks that \p Sources has otherwise than the patches leave
/// them: most likely they were not applied there.
std::set<std::string> filesNotPatched(const std::vector<Hunk> &Hunks,
                                      SourceText &Sources);

} // namespace cocodma

#endif // COCODMA_GATE_HUNKPLACES_H
