// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hunks meet the text of a file.
#ifndef COCODMA_GATE_PATCHAPPLY_H
#define COCODMA_GATE_PATCHAPPLY_H

#include "gate/Patch.h"

#include "llvm/Support/Error.h"

namespace cocodma {

/// Applies \p Hunks to \p Old, in their order, with the rules of `git apply`: a
/// hunk may stand at another line than it says, the nearest one counts; all of
/// its context must fit (no fuzz); a hunk that starts at the first line or has
/// no context at its end is bound to that end of the file. Adds to \p Starts,
/// for each hunk, the line (from 1) of the new text where it stands. The error
/// says which hunk does not fit.
llvm::Expected<std::string> applyHunks(llvm::StringRef Old,
                                       const std::vector<PatchHunk> &Hunks,
                                       std::vector<unsigned> &Starts);

} // namespace cocodma

#endif // COCODMA_GATE_PATCHAPPLY_H
