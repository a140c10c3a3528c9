// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The unified diffs in a text.
#ifndef COCODMA_GATE_DIFFPARSER_H
#define COCODMA_GATE_DIFFPARSER_H

#include "gate/Patch.h"

#include "llvm/Support/Error.h"

namespace cocodma {

/// Adds the file patches in \p Text, which must end with a newline and outlive
/// \p Into, to \p Into.
/// What is no diff is skipped. \p Name is what errors call the text.
llvm::Error parseDiffs(llvm::StringRef Text, llvm::StringRef Name,
                       std::vector<FilePatch> &Into);

/// True if the lines that are markup of a diff end in CR LF: a mailer did that,
/// not the author.
bool hasForeignLineEnds(llvm::StringRef Text);

} // namespace cocodma

#endif // COCODMA_GATE_DIFFPARSER_H
