// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The path of a finding, as steps that a person can follow in the source.
#ifndef COCODMA_JUDGE_TRACE_H
#define COCODMA_JUDGE_TRACE_H

#include "lifecycle/World.h"
#include "report/Report.h"

namespace cocodma {

/// \p Path relative to \p Root if it lies below it, without dots: as reports
/// name files. An empty root is above nothing.
std::string pathBelow(llvm::StringRef Root, llvm::StringRef Path);

/// Turns instructions and frames into places and steps.
class TraceBuilder {
public:
  /// Paths are made relative to \p Root.
  TraceBuilder(const Program &Linked, Guards &Conditions, std::string Root)
      : Linked(Linked), Conditions(Conditions), Root(std::move(Root)) {}

  /// Where an instruction stands.
  SourceLocation locationOf(FunctionId Function, InstIndex At) const;
  /// A path as the report shows it.
  std::string relative(llvm::StringRef Path) const;
  /// From the entry point to the primitive: calls, and the branches without
  /// which it would not have been reached, under the condition \p Leak.
  std::vector<TraceStep> path(const Event &At, Bdd Leak) const;
  /// Branches of the path to \p At that \p Confidential contradicts.
  std::vector<TraceStep> barriers(const Event &At, Bdd Confidential) const;
  /// The call or store in words: "scsi_dma_map()".
  std::string expression(FunctionId Function, InstIndex At) const;

private:
  void addDecisions(const Frame &F, uint32_t Before, Bdd Leak,
                    std::vector<TraceStep> &Steps) const;
  TraceStep decision(const Frame &F, const Decision &D, bool Taken) const;

  const Program &Linked;
  Guards &Conditions;
  std::string Root;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_TRACE_H
