// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One path through code that converts memory and frees it: where nothing else
// is said, the calls on it succeed and it goes on to the conversion and then to
// the free. Said else is by number: "not so at the third decision". That is how
// error paths are enumerated, one failure after the other (limited discrepancy
// search: Harvey and Ginsberg, IJCAI 1995).
#ifndef COCODMA_LIFECYCLE_GUIDEDPATH_H
#define COCODMA_LIFECYCLE_GUIDEDPATH_H

#include "dataflow/Evaluator.h"
#include "lifecycle/Reach.h"

#include <map>
#include <set>

namespace cocodma {

/// Where in functions of a program a path can still go: to a call of one of
/// some functions.
class WaysTo {
public:
  /// Borrows \p Linked. \p Goals: with all that leads to them.
  WaysTo(const Program &Linked, std::set<FunctionId> Goals)
      : Linked(Linked), Goals(std::move(Goals)) {}
  /// True if a block that calls, or hands on, a goal can be reached from the
  /// start of \p Block within \p Function.
  bool lead(FunctionId Function, uint32_t Block);

private:
  bool holdsGoal(const FunctionSummary &Body, const Block &Here) const;
  const Program &Linked;
  std::set<FunctionId> Goals;
  std::map<FunctionId, std::vector<bool>> Known;
};

/// Where functions do not succeed any more.
class ErrorExits {
public:
  /// Borrows \p Linked.
  explicit ErrorExits(const Program &Linked) : Linked(Linked) {}
  /// True if all ways from the start of \p Block make an error code.
  bool fails(FunctionId Function, uint32_t Block);

private:
  const Program &Linked;
  std::map<FunctionId, std::vector<bool>> Known;
};

/// What tells a path where to go.
struct Guide {
  WaysTo Conversion; ///< To host-visible memory.
  WaysTo Reversal;   ///< To any conversion.
  WaysTo Free;
  ErrorExits Errors;
  /// Which of two blocks is nearer to the conversion, else to the free, else to
  /// success: true for \p Yes; nothing if neither is.
  std::optional<bool> side(FunctionId Function, uint32_t Yes, uint32_t No);
  /// True if the two blocks differ in what can still happen.
  bool differs(FunctionId Function, uint32_t Yes, uint32_t No);
};

/// What is known of a decision on a path.
struct PathDecision {
  bool AfterConversion = false;
  bool AboutConversion = false; ///< How a conversion ended.
  bool Matters = false;         ///< For conversions, frees or success.
};

/// The chooser of one such path. Single use.
class GuidedPath : public PathChooser {
public:
  /// Borrows everything. \p Else: numbers of the decisions that go the other
  /// way.
  GuidedPath(Evaluator &Engine, Guide &Ways, const std::set<unsigned> &Else);

  bool takes(const Fork &At) override;
  Bdd taken() const override { return Taken; }
  const std::vector<PathDecision> &decisions() const { return Decisions; }

private:
  bool usual(const Fork &At);
  bool expected(Bdd Condition) const;
  bool isExpected(uint32_t Variable) const;

  Evaluator &Engine;
  Guide &Ways;
  const std::set<unsigned> &Else;
  size_t FirstEvent;
  Bdd Taken;
  std::vector<PathDecision> Decisions;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_GUIDEDPATH_H
