// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Execution of one path instead of all at once: who chooses it.
#ifndef COCODMA_DATAFLOW_FORK_H
#define COCODMA_DATAFLOW_FORK_H

#include "dataflow/Terms.h"
#include "support/Bdd.h"

namespace cocodma {

/// A decision of which both sides are possible.
struct Fork {
  FunctionId Function = None;
  /// The block where the condition holds, and where it does not; None for the
  /// further cases of a switch.
  uint32_t Successors[2] = {None, None};
  Bdd Condition;
  /// Whether that side stays in the loop that is executed, if there is one.
  bool Stays[2] = {false, false};
  /// Rounds of that loop that are over.
  unsigned Round = 0;
};

/// Leads an execution along one path (Evaluator::follow()).
class PathChooser {
public:
  virtual ~PathChooser();
  /// True if the path goes where the condition of \p At holds.
  virtual bool takes(const Fork &At) = 0;
  /// What holds on the path, as far as it was chosen.
  virtual Bdd taken() const = 0;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_FORK_H
