// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_REPORT_RDJSONWRITER_H
#define COCODMA_REPORT_RDJSONWRITER_H

#include "report/Report.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes the findings of \p R that are there (not fixed, suppressed or
/// ignored) to \p Out in the Reviewdog Diagnostic Format, as one JSON object.
/// reviewdog puts each message as a comment on its line, so it is Markdown and
/// has the path in it.
void writeRdJson(const Report &R, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_RDJSONWRITER_H
