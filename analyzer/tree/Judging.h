// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the summaries of units to the verdicts of a report: what `cocodma
// analyze` and the clang-tidy plugin have in common.
#ifndef COCODMA_TREE_JUDGING_H
#define COCODMA_TREE_JUDGING_H

#include "frontend/UnitLowering.h"
#include "report/Report.h"
#include "spec/Spec.h"

namespace cocodma {

/// The constants and fields that the front end must look for so that units can
/// be judged with this spec.
FrontEndVocabulary vocabularyOf(const Spec &S);

/// How units are judged. The spec must outlive the judging.
struct JudgingOptions {
  const Spec &Vocabulary;
  std::string Root; ///< Of the kernel's tree; paths are given relative to it.
  std::vector<const Profile *> Profiles;
  /// Paths below the root that select what is judged; empty: everything.
  std::vector<std::string> Paths;
  /// Names of the checks that are asked for; empty: all.
  std::vector<std::string> Checks = {};
  /// Where what parts of the execution found is kept between runs; empty:
  /// nowhere.
  std::string CacheFolder = {};
  /// All that verdicts depend on besides the units: the program, the spec, and
  /// what stands above. Needed with CacheFolder.
  std::string CacheKey = {};
};

/// Links \p Units, executes the worlds of each device class of the spec, and
/// adds to \p Into what the tree knows, findings, sites and what was skipped.
void judgeUnits(std::vector<UnitSummary> Units, const JudgingOptions &Options,
                Report &Into);

} // namespace cocodma

#endif // COCODMA_TREE_JUDGING_H
