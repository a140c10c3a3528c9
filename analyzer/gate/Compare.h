// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two reports, and what the way from one to the other does.
#ifndef COCODMA_GATE_COMPARE_H
#define COCODMA_GATE_COMPARE_H

#include "report/Report.h"

#include <set>

namespace cocodma {

/// What is known about the way from the old side to the new one.
struct CompareInput {
  /// New names of renamed files, and the old ones.
  std::map<std::string, std::string> RenamedFrom;
  /// Files that are gone, and were not renamed: what goes with its code was not
  /// protected, and says nothing about the same elsewhere.
  std::set<std::string> Removed;
  /// The patch changes something that protections are made of
  /// (touchesProtection in Protections.h).
  bool TouchesProtection = false;
  /// With the hunks of the patch a function is renamed only if they say so.
  std::vector<Hunk> Hunks;
  /// What the patch touches and the analysis did not see, in sentences.
  std::vector<std::string> Unseen;
  /// What else is to be said.
  std::vector<std::string> Notes;
};

/// Sets the change of each finding of \p New against \p Old, and New.Gate: its
/// verdict, reasons, fixed findings and hunks. Findings are matched by
/// fingerprint, each as often as it is there; those left over by what they are,
/// across renames of files and functions. A finding whose site is unknown now
/// stays, as changed, and so does one whose unit was not analyzed again.
void compareReports(const Report &Old, Report &New, const CompareInput &How);

/// True if something is newly unknown: a site, or a unit that failed. All as it
/// was given to compareReports().
bool isNewlyIncomplete(const Report &Old, const Report &New,
                       const CompareInput &How);

/// Settles New.Gate->Verdict again after suppressions, a baseline or a policy
/// changed what counts.
void settleVerdict(const Report &Old, Report &New, const CompareInput &How);

} // namespace cocodma

#endif // COCODMA_GATE_COMPARE_H
