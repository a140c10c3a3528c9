// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gate: both sides of a patch analyzed, compared and judged.
#ifndef COCODMA_TOOL_GATE_H
#define COCODMA_TOOL_GATE_H

#include "report/SourceText.h"
#include "tool/Analyze.h"

namespace cocodma {

/// What `cocodma gate` was asked to do.
struct GateOptions {
  /// How each side is analyzed; Changes are set by the gate.
  AnalyzeOptions Analyze;
  /// A file with patches, "-" for standard input; or empty.
  std::string Patch;
  /// BASE..HEAD; or empty.
  std::string Range;
  /// A series as a whole only.
  bool Whole = false;
  /// Sets what the project knows and lets pass; false stops the gate.
  std::function<bool(Report &)> ApplyProjectFiles;
};

/// What came of it.
struct GateOutcome {
  Report Result;
  ReportSources Sources;
  /// Something is newly unknown, or was not seen at all.
  bool Incomplete = false;
};

/// Runs the gate on a patch or a range. Nothing in the tree changes. Errors: a
/// patch that cannot be read or does not apply, bad options.
llvm::Expected<GateOutcome> runGate(const GateOptions &Options);

/// The sources of \p R if the tree of its new side lies at \p Kernel: what a
/// patch did not touch is there of the old side as well.
ReportSources sourcesAt(const std::string &Kernel, const Report &R);

/// The gate on two reports.
GateOutcome compareFiles(const Report &Old, Report New,
                         const GateOptions &Options);

} // namespace cocodma

#endif // COCODMA_TOOL_GATE_H
