// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis as one call: load, link, execute, judge.
#ifndef COCODMA_TOOL_ANALYZE_H
#define COCODMA_TOOL_ANALYZE_H

#include "report/Report.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace cocodma {

/// What `cocodma analyze` was asked to do.
struct AnalyzeOptions {
  std::string Build;
  std::string Kernel; ///< Empty: the folder of the database.
  std::vector<std::string> Specs;
  std::vector<std::string> Profiles;
  std::vector<std::string> Paths;
  std::string CacheFolder;
  unsigned Jobs = 0;
  bool Progress = false; ///< On standard error, for a terminal.
};

/// The root of the kernel tree: as given, or the folder of the database.
std::string kernelRoot(const AnalyzeOptions &Options);

/// Runs the analysis. An error is one of usage or input (exit status 2);
/// everything else is in the report.
llvm::Expected<Report> analyze(const AnalyzeOptions &Options);

} // namespace cocodma

#endif // COCODMA_TOOL_ANALYZE_H
