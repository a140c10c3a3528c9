// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Frees that the execution of all paths at once leaves undecided: looked for
// on single paths, which are exact.
#include "lifecycle/GuidedPath.h"
#include "lifecycle/PageLife.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace cocodma {
namespace {

/// Limits that leave the conditions of a single path as they are.
Budget singlePath() {
  constexpr unsigned Any = 1'000'000;
  Budget Result;
  Result.Instructions = 40'000;
  Result.DecisionSize = Any;
  Result.ContextSize = Any;
  Result.PathSize = Any;
  Result.ValueSize = Any;
  Result.CrashSize = Any;
  return Result;
}

} // namespace

bool PageLife::freesShared(size_t FirstEvent) {
  BddManager &B = Engine.conditions().bdd();
  for (size_t I = FirstEvent; I < Engine.events().size(); ++I) {
    const Event &E = Engine.events()[I];
    if (E.Kind == EventKind::Free && E.Converted &&
        !B.disjoint(E.When, B.disj(E.Shared, E.Unknown)))
      return true;
  }
  return false;
}

void PageLife::runPath(llvm::ArrayRef<FunctionId> Program, PathRun &Run,
                       Guide &Ways) {
  Checkpoint Before = checkpoint();
  GuidedPath Path(Engine, Ways, Run.Else);
  Engine.follow(&Path);
  size_t FirstEvent = Engine.events().size();
  Engine.setMemory(layer(Engine.memory()));
  for (FunctionId Function : Program) {
    Engine.setBudget(singlePath());
    std::vector<Value> Arguments = Given.arguments(Function);
    ObjectId FirstObject = Engine.terms().objectCount();
    Value Result = Engine.execute(Function, Arguments, Path.taken());
    Executed += Engine.executed();
    giveArguments(Function, Arguments);
    Given.collect(FirstObject, [](llvm::StringRef) { return false; });
    if (Engine.exhausted() || freesShared(FirstEvent) ||
        Engine.conditions().bdd().disjoint(Path.taken(),
                                           succeeded(Function, Result)))
      break;
  }
  Engine.follow(nullptr);
  Run.Decisions = Path.decisions();
  if (freesShared(FirstEvent))
    report(Program.front(), FirstEvent, Engine.conditions().yes());
  takeBack(Before);
}

void PageLife::addVariants(const PathRun &Of, PathProgram &To) {
  // What comes after the last choice of this path. One thing goes wrong, or one
  // and a conversion.
  constexpr unsigned Most = 3;
  const bool Second = !Of.Else.empty();
  for (unsigned I = Second ? *Of.Else.rbegin() + 1 : 0;
       I < Of.Decisions.size() && Of.Else.size() < Most; ++I) {
    const PathDecision &D = Of.Decisions[I];
    if (!D.Matters || !D.AfterConversion || (Second && !D.AboutConversion))
      continue;
    PathRun Later;
    Later.Else = Of.Else;
    Later.Else.insert(I);
    (D.AboutConversion ? To.Conversions : To.Others)
        .push_back(std::move(Later));
  }
}

bool PageLife::searchPaths(PathProgram &Of, bool Others, uint32_t Scope,
                           Guide &Ways) {
  constexpr unsigned MostRuns = 40;
  const uint64_t Most = Executed + MostOnPaths;
  for (unsigned Runs = 0; Runs < MostRuns && Executed < Most; ++Runs) {
    std::deque<PathRun> &Next =
        Others && Of.Conversions.empty() ? Of.Others : Of.Conversions;
    if (Next.empty())
      return false;
    PathRun Now = std::move(Next.front());
    Next.pop_front();
    runPath(Of.Functions, Now, Ways);
    if (undecidedOf(Scope).empty())
      return true;
    addVariants(Now, Of);
  }
  return false;
}

std::set<FunctionId> PageLife::undecidedOf(uint32_t Scope) {
  std::set<FunctionId> Result = Observer.reopenUndecidedFrees();
  std::erase_if(Result, [&](FunctionId Id) { return scopeOf(Id) != Scope; });
  return Result;
}

void PageLife::searchScope(uint32_t Scope) {
  std::set<FunctionId> Frees = undecidedOf(Scope);
  std::set<FunctionId> Seconds = knownToLeadTo(Frees);
  Guide Ways{WaysTo(Linked, LeadsToSharing), WaysTo(Linked, LeadsToConverting),
             WaysTo(Linked, Seconds), ErrorExits(Linked)};
  Executed = 0;
  Checkpoint Before = checkpoint();
  Current = Scope;
  Given.clear();
  Engine.setMemory(layer(nullptr));
  runInit(Scope);
  std::vector<FunctionId> Wholes = smallestWholes(Scope, Seconds);
  Checkpoint Ready = checkpoint();
  std::vector<PathProgram> Programs;
  auto Add = [&](std::vector<FunctionId> Functions) {
    Programs.push_back({std::move(Functions), std::deque<PathRun>(1), {}});
  };
  for (FunctionId Whole : Wholes)
    Add({Whole});
  for (FunctionId First : Wholes)
    for (FunctionId Second : Wholes)
      if (LeadsToSharing.count(First))
        Add({First, Second});
  bool Done = false;
  for (bool Others : {false, true})
    for (PathProgram &Now : Programs) {
      if (Done)
        break;
      Engine.setMemory(layer(Engine.memory()));
      Done = searchPaths(Now, Others, Scope, Ways);
      takeBack(Ready);
    }
  takeBack(Before);
}

} // namespace cocodma
