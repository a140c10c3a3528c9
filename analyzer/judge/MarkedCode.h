// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that runs only for confidential devices, found in the text of functions:
// what was meant to protect them shows there even if it does nothing.
#ifndef COCODMA_JUDGE_MARKEDCODE_H
#define COCODMA_JUDGE_MARKEDCODE_H

#include "link/Program.h"
#include "spec/Spec.h"

#include <set>
#include <vector>

namespace cocodma {

/// A stretch of code that runs only if a marker is set, and whose only possible
/// effects are writes to fields of the core's device struct.
struct MarkedRegion {
  FunctionId Function = None;
  /// The writes, and the calls of what does nothing but write; never empty.
  std::vector<InstIndex> Effects;
};

/// Reads the functions of a linked program, which is not owned.
class MarkedCode {
public:
  /// \p Class is the class whose marker of external data is looked for.
  MarkedCode(const Program &Linked, const Spec &Vocabulary,
             const DeviceClass &Class);

  /// The regions of \p Callers and of what they call within their modules,
  /// ordered by function.
  std::vector<MarkedRegion>
  regionsUnder(llvm::ArrayRef<FunctionId> Callers) const;

  /// True if some code of the program reads \p Field ("record.field"), or hands
  /// its address to somebody.
  static bool isRead(const Program &Linked, StringIndex Field);

private:
  std::set<FunctionId> functionsUnder(llvm::ArrayRef<FunctionId> Callers) const;
  bool implied(const FunctionSummary &Body, InstIndex At, bool Value,
               unsigned Depth) const;
  /// implied(), of what a function returns on each way on which its truth is
  /// \p Value.
  bool resultImplied(FunctionId Callee, bool Value, unsigned Depth) const;
  std::optional<MarkedRegion> regionOf(FunctionId Id, uint32_t Branch,
                                       unsigned Side) const;
  bool isHarmless(const FunctionSummary &Body, const Inst &I,
                  unsigned Depth) const;
  bool takesDevice(FunctionId Callee) const;
  bool isDeviceField(const FunctionSummary &Body, InstIndex Address) const;

  const Program &Linked;
  const Spec &Vocabulary;
  const DeviceClass &Class;
  StringIndex MarkerField = None;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_MARKEDCODE_H
