// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_REPORT_GITLABWRITER_H
#define COCODMA_REPORT_GITLABWRITER_H

#include "report/Report.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes the findings of \p R that are there (not fixed, suppressed or
/// ignored) to \p Out as a GitLab code quality report: GitLab itself compares
/// the fingerprints with those of the target branch.
void writeGitLab(const Report &R, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_GITLABWRITER_H
