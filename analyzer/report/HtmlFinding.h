// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finding as a part of an HTML page.
#ifndef COCODMA_REPORT_HTMLFINDING_H
#define COCODMA_REPORT_HTMLFINDING_H

#include "report/Report.h"
#include "report/SourceText.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes \p F to \p Out: its heading, chain, steps and sources. \p Id is a
/// word that no other finding of the page has; \p Label is shown beside the
/// verdict ("introduced"), if it is not empty. Lines that \p Hunks add are
/// marked.
void writeHtmlFinding(const Finding &F, llvm::StringRef Id,
                      llvm::StringRef Label, SourceText &Sources,
                      llvm::ArrayRef<Hunk> Hunks, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_HTMLFINDING_H
