// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The findings that a project knows of and lives with.
#ifndef COCODMA_GATE_BASELINE_H
#define COCODMA_GATE_BASELINE_H

#include "report/Report.h"

#include "llvm/Support/Error.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// A known finding, or several with the same fingerprint.
struct BaselineEntry {
  std::string Fingerprint;
  unsigned Count = 1;
  /// For people who read the file: what it was, when it was written.
  std::string Check;
  std::string File;
  std::string Function;
};

using Baseline = std::vector<BaselineEntry>;

/// Reads a baseline (docs/gate.md has the form). \p Name is what errors call
/// it. A text that is none, is damaged or has a fingerprint twice is an error,
/// never an empty baseline.
llvm::Expected<Baseline> readBaseline(llvm::StringRef Text,
                                      llvm::StringRef Name);
/// As readBaseline(), for a file.
llvm::Expected<Baseline> readBaselineFile(llvm::StringRef Path);

/// The baseline of what \p R has and does not suppress.
void writeBaseline(const Report &R, llvm::raw_ostream &Out);

/// Sets the change of each finding of \p R: preexisting as often as \p Known
/// has its fingerprint, else introduced. What a comparison called preexisting
/// stays so. Entries that are left over go to the stale ones of R; if R is
/// about some paths only, only those about these paths.
void applyBaseline(Report &R, const Baseline &Known);

} // namespace cocodma

#endif // COCODMA_GATE_BASELINE_H
