// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_REPORT_HTMLWRITER_H
#define COCODMA_REPORT_HTMLWRITER_H

#include "report/Report.h"
#include "report/SourceText.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes \p R to \p Out as one HTML page that needs nothing else: for each
/// finding its chain as a picture and its path, with numbered steps in the
/// lines of \p Sources around them; the ledger as a table that can be filtered.
/// Light or dark as the reader's system is, for paper and for narrow screens. A
/// content security policy allows nothing from elsewhere; all text of the
/// report is escaped.
void writeHtml(const Report &R, ReportSources &Sources, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_HTMLWRITER_H
