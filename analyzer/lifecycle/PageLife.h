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
#include "lifecycle/GuidedPath.h"
#include "lifecycle/World.h"

#include <deque>

namespace cocodma {

/// Executes, module by module, the functions that convert memory and those that
/// free it: alone, and after one that converted. Single use.
class PageLife : public EvaluatorHooks {
public:
  /// Borrows everything. \p Observer gets events of NoClass.
  PageLife(Evaluator &Engine, const Reach &Reachable, const Spec &Vocabulary,
           WorldObserver &Observer);

  /// Executes everything; afterwards the engine is as it was before.
  void run(PartRunner &Parts);

  /// What it knows of a function beforehand that does not stand in its body: a
  /// number that changes with it.
  uint64_t knownOf(FunctionId Id) const {
    return Known.converting().count(Id) | Known.isAside(Id) << 1 |
           Scopes.count(scopeOf(Id)) << 2 | LeadsToSharing.count(Id) << 3 |
           LeadsToConverting.count(Id) << 4;
  }

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
    return ScopeOfUnit[Linked.peek(Id).Unit];
  }
  /// True if the worlds of a class execute the scope: it is executed here only
  /// for what these left undecided.
  bool isOfClass(uint32_t Scope) const { return !Scopes.count(Scope); }
  std::set<FunctionId> leadingTo(std::set<FunctionId> Targets) const;
  /// The functions that lead to one of \p Frees, and to which by its bit: for
  /// the names of parts, which then need not note who calls whom.
  std::map<FunctionId, uint64_t>
  leadingToEach(const std::set<FunctionId> &Frees) const;
  /// As leadingTo(), where the name of the part tells.
  std::set<FunctionId> knownToLeadTo(const std::set<FunctionId> &Frees) const;
  std::vector<FunctionId> entriesOf(uint32_t Scope) const;
  /// True if callers give \p Id nothing but records, which are known by type.
  bool takesRecordsOnly(FunctionId Id) const;
  /// The functions of the scope that convert, lead to one of \p Seconds, and
  /// call no other that does both.
  std::vector<FunctionId>
  smallestWholes(uint32_t Scope, const std::set<FunctionId> &Seconds) const;
  void runScope(uint32_t Scope, const std::set<FunctionId> *Seconds);
  void runUndecided(PartRunner &Parts);
  PartName partName(const std::string &What, uint32_t Scope) const;
  /// Functions that make memory host-visible and that no other execution got
  /// to: what lies in front of them is unknown.
  void runForgotten(PartRunner &Parts);
  void runAlone(FunctionId Id);
  std::vector<FunctionId> outermostCallers(FunctionId Id) const;
  /// What was executed of \p Entry since \p FirstEvent, where \p Bound holds.
  void report(FunctionId Entry, size_t FirstEvent, Bdd Bound);
  /// What the operation since \p FirstEvent may have freed where it succeeded.
  std::set<ObjectId> freedBy(size_t FirstEvent, Bdd Success);
  bool isGone(const Event &E);
  void giveArguments(FunctionId Entry, llvm::ArrayRef<Value> Arguments);

  // PagePaths.cpp: single paths.
  /// One path: which decisions of it go the unusual way, and what they were.
  struct PathRun {
    std::set<unsigned> Else;
    std::vector<PathDecision> Decisions;
  };
  /// Functions that are executed one after the other, and what else is to be
  /// tried on their path: conversions that fail, and anything else.
  struct PathProgram {
    std::vector<FunctionId> Functions;
    std::deque<PathRun> Conversions, Others;
  };
  static void addVariants(const PathRun &Of, PathProgram &To);
  bool freesShared(size_t FirstEvent);
  void runPath(llvm::ArrayRef<FunctionId> Program, PathRun &Run, Guide &Ways);
  /// False if some free of the scope is still undecided.
  bool searchPaths(PathProgram &Of, bool Others, uint32_t Scope, Guide &Ways);
  std::set<FunctionId> undecidedOf(uint32_t Scope);
  void searchScope(uint32_t Scope);
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
  std::set<FunctionId> LeadsToSharing, LeadsToConverting;
  uint32_t Current = None; ///< The scope that is executed.
  /// Memory that the first of two operations takes back: freed, or lost on
  /// purpose. Nobody hands it to a second one.
  std::set<ObjectId> Gone;
  /// Instructions that are executed of single paths of one program at a time.
  static constexpr uint64_t MostOnPaths = 100'000;
  uint64_t Executed = 0; ///< Instructions of that scope.
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_PAGELIFE_H
