// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations that do nothing before others of the driver have run: a worker
// that takes what was queued, a timer that starts over what was sent.
#include "lifecycle/Operations.h"
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void WorldBuilder::noteReached(const Event &E) {
  InstIndex At = E.At;
  for (const Frame *F = E.Where.get(); F; F = F->Caller.get()) {
    if (!Linked.function(F->Function).Body->Inline &&
        Reachable.classesOf(Linked.moduleOf(F->Function))
            .count(History.Class)) {
      Reached.insert({F->Function, At});
      return;
    }
    At = F->CallSite;
  }
}

std::set<FunctionId> WorldBuilder::mappingCode(
    const std::set<std::string> &Modules,
    llvm::function_ref<bool(FunctionId, InstIndex)> IsWanted) const {
  std::set<FunctionId> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    if (Body.Inline || Body.Initial || !(Reachable.of(Id) & ReachesBounce) ||
        !Modules.count(Linked.moduleOf(Id).str()))
      continue;
    const FunctionSummary &Code = *Linked.function(Id).Body;
    for (InstIndex At = 0; At < Code.Insts.size(); ++At)
      if (Reachable.siteKind(Linked.moduleOf(Id), Code.Insts[At]) == "map" &&
          IsWanted(Id, At))
        Result.insert(Id);
  }
  return Result;
}

/// The member that \p Path leads to, or to an element of; None if there is
/// none.
static StringIndex memberOf(const TermTable &Terms, PathId Path) {
  while (Path != 0 && Terms.last(Path).What != PathStep::Kind::Field)
    Path = Terms.parent(Path);
  return Path == 0 ? StringIndex(None) : StringIndex(Terms.last(Path).Id);
}

bool WorldBuilder::leaveTogether(FunctionId Writer,
                                 const std::set<StringIndex> &Wanted,
                                 Memory &Joined, ObjectId First,
                                 GlobalId Driver, Bdd Assume) {
  Guards &Conditions = Engine.conditions();
  TermTable &Terms = Engine.terms();
  Engine.setMemory(layer(&Joined));
  Engine.setBudget({});
  const Bdd Before = runBefore(Writer, Phase::Operation, Driver, Assume);
  Rehearsed.clear();
  Rehearsing = true;
  runEntry(Writer, Phase::Operation, Driver, Before);
  Rehearsing = false;
  bool Changes = false;
  Memory *Last = layer(&Joined);
  Bdd Since = Conditions.choice(Linked.functionName(Writer).str() +
                                    "() was called since",
                                Certainty::Free);
  std::vector<std::pair<Cell, Value>> News;
  for (const Memory *After : std::vector<const Memory *>(Rehearsed)) {
    for (const Cell &C : changedSince(&Joined, After)) {
      StringIndex Member = memberOf(Terms, C.Path);
      const Value *Old = Joined.find(C), *New = After->find(C);
      if (C.Object >= First || !New || (Old && *Old == *New) ||
          Terms.object(C.Object).Kind == ObjectKind::Local ||
          (C.Path != 0 && !Wanted.count(Member)))
        continue;
      Engine.setMemory(Last);
      Value Now = Old ? *Old
                      : Engine.load(C,
                                    Member == None ? Terms.object(C.Object).Type
                                                   : Engine.typeOfField(Member),
                                    Assume);
      News.push_back(
          {C, choose(Conditions, Since, under(Conditions, *New, Assume), Now)});
    }
  }
  for (auto &[Where, New] : News) {
    Changes = true;
    Joined.set(Where, std::move(New));
  }
  return Changes;
}

void WorldBuilder::runAfterOthers(llvm::ArrayRef<Operation> Readers,
                                  const std::set<std::string> &Modules,
                                  Phase When, GlobalId Driver, Bdd Assume) {
  // Two steps, since one operation may wait for another that waits as well.
  constexpr unsigned Steps = 2;
  const std::set<FunctionId> Missed =
      mappingCode(Modules, [&](FunctionId Id, InstIndex At) {
        return !Reached.count({Id, At});
      });
  std::vector<const Operation *> Waiting;
  std::set<StringIndex> Wanted;
  for (const Operation &R : Readers)
    if (llvm::any_of(Missed, [&](FunctionId Id) {
          return Reachable.isWithin(Id, {R.Entry});
        })) {
      Waiting.push_back(&R);
      Wanted.insert(R.Reads.begin(), R.Reads.end());
    }
  if (Waiting.empty())
    return;
  Operations Code(Linked, Vocabulary, MarkedNumbers);
  const ObjectId First = Engine.terms().objectCount();
  Checkpoint Ready = checkpoint();
  Memory *Joined = layer(Engine.memory());
  const std::vector<FunctionId> Writers = Code.writersOf(Modules, Wanted);
  for (unsigned Step = 0; Step < Steps; ++Step) {
    bool Changes = false;
    for (FunctionId Writer : Writers)
      Changes |= leaveTogether(Writer, Wanted, *Joined, First, Driver, Assume);
    if (!Changes)
      break;
  }
  Checkpoint Between = checkpoint();
  Second = true;
  // Those that write start workers as well, which take at once what was left.
  std::set<FunctionId> Again(Writers.begin(), Writers.end());
  for (const Operation *R : Waiting)
    Again.insert(R->Entry);
  for (FunctionId Entry : Again) {
    Engine.setMemory(layer(Joined));
    Engine.setBudget({});
    runEntry(Entry, When, Driver, runBefore(Entry, When, Driver, Assume));
    takeBack(Between);
  }
  Second = false;
  takeBack(Ready);
}

} // namespace cocodma
