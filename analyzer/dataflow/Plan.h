// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In which order the blocks of a function are executed: reverse post-order,
// with the natural loops that it contains (Aho, Lam, Sethi, Ullman, 9.6).
#ifndef COCODMA_DATAFLOW_PLAN_H
#define COCODMA_DATAFLOW_PLAN_H

#include "summary/UnitSummary.h"

#include <vector>

namespace cocodma {

/// A natural loop.
struct Loop {
  uint32_t Header = 0;
  std::vector<uint32_t> Blocks;   ///< In execution order, the header first.
  std::vector<bool> Contains;     ///< By block.
  std::vector<uint32_t> Counters; ///< Locals that are stepped in the loop.
  bool LeftInside = false;        ///< Some way out starts behind the header.
};

/// The execution order of one function.
struct Plan {
  std::vector<uint32_t> Order;
  std::vector<Loop> Loops;
  std::vector<uint32_t> LoopOf; ///< By block: the loop it heads, or None.
};

/// Computes the plan of \p Body.
Plan makePlan(const FunctionSummary &Body);

} // namespace cocodma

#endif // COCODMA_DATAFLOW_PLAN_H
