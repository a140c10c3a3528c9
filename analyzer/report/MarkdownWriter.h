// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_REPORT_MARKDOWNWRITER_H
#define COCODMA_REPORT_MARKDOWNWRITER_H

#include "report/Report.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes \p R to \p Out as a comment for a merge request, in the Markdown that
/// forges have in common: the verdict, a table of what is new, the path of each
/// folded away, then what was fixed, and what is older as a table of its own.
/// At most 50 findings of a kind are listed; how many are left out is said.
void writeMarkdown(const Report &R, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_MARKDOWNWRITER_H
