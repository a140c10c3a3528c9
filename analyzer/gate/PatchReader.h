// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads patches from whoever sends them.
#ifndef COCODMA_GATE_PATCHREADER_H
#define COCODMA_GATE_PATCHREADER_H

#include "gate/Patch.h"

#include "llvm/Support/Error.h"

namespace cocodma {

/// The largest input that is read, in bytes.
inline constexpr size_t LargestPatch = 64u << 20;
/// The most files that an input may touch.
inline constexpr size_t MostPatchedFiles = 20000;

/// Reads a unified diff (plain, or git's with its extended headers), a mail, or
/// an mbox with a series; mails are sorted by the n of "[PATCH n/m]". Takes
/// time and memory linear in the input. \p Name is what errors call it; they
/// name the line (of the decoded text of a mail). An error is: no patch in it,
/// a hunk that is cut short, a path that leads out of the tree, a symbolic
/// link, an input beyond the limits.
llvm::Expected<PatchSeries> readPatches(llvm::StringRef Text,
                                        llvm::StringRef Name);

/// As readPatches(), for the file \p Path; "-" is standard input. No more than
/// LargestPatch bytes are read.
llvm::Expected<PatchSeries> readPatchFile(llvm::StringRef Path);

} // namespace cocodma

#endif // COCODMA_GATE_PATCHREADER_H
