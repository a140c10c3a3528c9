// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis as one call: load, link, execute, judge.
#ifndef COCODMA_TOOL_ANALYZE_H
#define COCODMA_TOOL_ANALYZE_H

#include "gate/Overlay.h"
#include "report/Report.h"
#include "summary/UnitSummary.h"

#include "llvm/Support/Error.h"

#include <set>
#include <string>
#include <vector>

namespace cocodma {

/// What `cocodma analyze` was asked to do.
struct AnalyzeOptions {
  std::string Build;
  std::string Kernel; ///< Empty: the folder of the database.
  std::vector<std::string> Specs;
  std::vector<std::string> Profiles;
  std::vector<std::string> Checks; ///< Names; empty: all.
  std::vector<std::string> Paths;
  std::string CacheFolder;
  unsigned Jobs = 0;
  /// Off for units that are compared with what another parser makes of them:
  /// sharing changes the numbers that __COUNTER__ gives.
  bool ShareHeaders = true;
  bool Progress = false; ///< On standard error, for a terminal.
  /// How long the parser may take for a unit that Changes concerns.
  unsigned UnitSeconds = 60;
  /// Files that have other contents than on the disk, and the renamed ones
  /// among them. Units that are gone are not analyzed; new ones get the flags
  /// of a unit near them.
  Overlay Changes;
  std::map<std::string, std::string> RenamedFrom;
  /// A report of the same tree, made by the same program in the same way, is
  /// taken from the cache, and kept there.
  bool ReuseReports = false;
};

/// What is known besides the report.
struct AnalyzeDetails {
  /// Asked for: files, relative to the root.
  std::set<std::string> Touched;
  /// The units, relative to the root, that were made of one of these files, by
  /// the dependencies recorded at their parsing, or that could not be parsed.
  std::vector<std::string> AffectedUnits;
  /// Those of Touched that a unit was made of.
  std::set<std::string> Used;
  /// Some unit could not be parsed.
  bool AnyFailed = false;
  /// Asked for: the units, which a report taken from the cache has not.
  bool KeepUnits = false;
  std::vector<UnitSummary> Units;
  /// The file system that the analysis saw.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
};

/// The root of the kernel tree: as given, or the folder of the database.
std::string kernelRoot(const AnalyzeOptions &Options);

/// Runs the analysis. An error is one of usage or input (exit status 2);
/// everything else is in the report. In-source suppressions are applied.
/// \p Details, if not null, is filled in.
llvm::Expected<Report> analyze(const AnalyzeOptions &Options,
                               AnalyzeDetails *Details = nullptr);

} // namespace cocodma

#endif // COCODMA_TOOL_ANALYZE_H
