// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_REPORT_MAILWRITER_H
#define COCODMA_REPORT_MAILWRITER_H

#include "report/Report.h"
#include "report/SourceText.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes \p R to \p Out as the body of a plain-text mail, in the order that
/// readers of the kernel test robot's mails know: the new findings first, each
/// with the hunk of the patch that it stands in (or the lines of \p Sources),
/// the path and the result of its validation; then what was fixed and what is
/// older; then how to reproduce it. Lines of prose are at most 76 columns.
void writeMail(const Report &R, SourceText &Sources, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_MAILWRITER_H
