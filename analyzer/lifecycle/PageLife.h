// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code of no class that changes the visibility of memory: architecture code,
// the DMA layer, drivers of other buses. It has no confidential channel, but
// the memory that it frees goes to others who count on its being private.
// Code of a class gets here with what its worlds left undecided: two operations
// on their own say less, and that exactly.
#ifndef COCODMA_LIFECYCLE_PAGELIFE_H
#define COCODMA_LIFECYCLE_PAGELIFE_H

#include "lifecycle/Conversions.h"
#include "lifecycle/World.h"

namespace cocodma {

/// Executes, module by module, the functions that convert memory and those that
/// free it: alone, and after one that converted. Single use.
class PageLife : public EvaluatorHooks {
public:
  /// Borrows everything. \p Observer gets events of NoClass.
  PageLife(Evaluator &Engine, const Reach &Reachable, const Spec &Vocabulary,
           WorldObserver &Observer);

  /// Executes everything; afterwards the engine is as it was before.
  void run();

  std::vector<TermId> candidates(StringIndex Record, ObjectId Parent) override;
  void handedPointer(StringIndex Record, TermId Pointer) override;
  void handedOut(FunctionId Code, llvm::ArrayRef<Value> Context) override;
  bool isIrrelevant(FunctionId Callee) override;
  bool repeatsLoops(FunctionId Function) override;

private:
  struct Checkpoint {
    Evaluator::Checkpoint Engine;
    size_t Memories = 0, Events = 0, Objects = 0;
  };
  Checkpoint checkpoint();
  void takeBack(const Checkpoint &To);
  Memory *layer(const Memory *Below);
  uint32_t scopeOf(FunctionId Id) const {
    return ScopeOfUnit[Linked.function(Id).Unit];
  }
  /// True if the worlds of a class execute the scope: it is executed here only
  /// for what these left undecided.
  bool isOfClass(uint32_t Scope) const { return !Scopes.count(Scope); }
  std::set<FunctionId> leadingTo(std::set<FunctionId> Targets) const;
  std::vector<FunctionId> entriesOf(uint32_t Scope) const;
  void runScope(uint32_t Scope, const std::set<FunctionId> *Seconds);
  void runUndecided();
  /// Where the init functions that were run succeed.
  Bdd runInit(uint32_t Scope);
  Bdd runEntry(FunctionId Entry, Bdd Bound);
  Bdd succeeded(FunctionId Entry, const Value &Result);
  void settle(Bdd Success);
  bool leavesShared(const Memory &After) const;

  Evaluator &Engine;
  const Reach &Reachable;
  const Program &Linked;
  const Conversions Known;
  WorldObserver &Observer;
  Bindings Given;
  ClassHistory History;
  /// Units that are executed together, of one module and in one folder (what is
  /// built in has names of modules that are not unique): the first of them.
  std::vector<uint32_t> ScopeOfUnit;
  std::set<uint32_t> Scopes; ///< Of no class, with functions that convert.
  uint32_t Current = None;   ///< The scope that is executed.
  uint64_t Executed = 0;     ///< Instructions of that scope.
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_PAGELIFE_H
