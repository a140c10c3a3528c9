// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_REPORT_SARIFWRITER_H
#define COCODMA_REPORT_SARIFWRITER_H

#include "report/Report.h"
#include "report/SourceText.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes \p R to \p Out as SARIF 2.1.0 (OASIS standard), with what code
/// scanning services ask for: URIs relative to %SRCROOT%, rules with help, the
/// path as a code flow, the steps as related locations that the message refers
/// to, fingerprints, and, where two sides were compared, the baseline state; a
/// fixed finding is "absent". Beyond 25,000 results, which no service takes,
/// they are left out and a notification says so. Columns are in UTF-16 code
/// units where \p Sources has the line. The folder of \p Sources is what
/// %SRCROOT% stands for: CodeChecker takes no file that leaves it open.
void writeSarif(const Report &R, ReportSources &Sources,
                llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_SARIFWRITER_H
