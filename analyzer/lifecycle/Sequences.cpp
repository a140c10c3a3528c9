// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one operation of a driver leaves to another: pairs of operations, where
// the second reads what the first one writes.
#include "lifecycle/Operations.h"
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::vector<Cell> WorldBuilder::changedSince(const Memory *Before,
                                             const Memory *After) {
  std::vector<Cell> Result;
  for (const Memory *M = After; M != Before; M = M->below())
    llvm::append_range(Result, M->changed());
  return Result;
}

StringIndex WorldBuilder::memberAt(PathId Path) const {
  // Without the index of an element, and what is inside a counter.
  TermTable &Terms = Engine.terms();
  StringIndex Member = None;
  for (; Path != 0; Path = Terms.parent(Path)) {
    const PathStep &Last = Terms.last(Path);
    if (Last.What == PathStep::Kind::Element)
      continue;
    if (Last.What != PathStep::Kind::Field)
      return Member;
    if (Member != None && !isCounter(Linked, Engine.typeOfField(Last.Id)))
      return Member;
    Member = Last.Id;
  }
  return Member;
}

bool WorldBuilder::isInBytes(const Cell &Which) const {
  TermTable &Terms = Engine.terms();
  for (PathId Path = Which.Path; Path != 0; Path = Terms.parent(Path)) {
    if (Terms.last(Path).What != PathStep::Kind::Field)
      continue;
    PathId Around = Terms.parent(Path);
    const bool First =
        Around == 0 || Terms.last(Around).What != PathStep::Kind::Element;
    while (Around != 0 && Terms.last(Around).What == PathStep::Kind::Element)
      Around = Terms.parent(Around);
    TypeIndex Type = None;
    if (Around == 0)
      Type = Terms.object(Which.Object).Type;
    else if (Terms.last(Around).What == PathStep::Kind::Field)
      Type = Engine.typeOfField(Terms.last(Around).Id);
    while (Type != None && Linked.type(Type).Kind == TypeKind::Array)
      Type = Linked.type(Type).Inner;
    if (Type == None && Around == 0 && Terms.object(Which.Object).WholePages)
      return true;
    // What stands at the beginning of bytes in a record may be the part of it
    // that a driver has to itself.
    if (Type != None && Linked.type(Type).Kind == TypeKind::Integer &&
        !(First && Around != 0))
      return true;
  }
  return false;
}

bool WorldBuilder::isMessage(const Cell &Which) const {
  const TermTable &Terms = Engine.terms();
  const Object &O = Terms.object(Which.Object);
  if (Which.Path == 0 || Terms.last(Which.Path).What != PathStep::Kind::Field ||
      O.Kind != ObjectKind::Heap)
    return false;
  const TypeIndex Type = Engine.typeOfField(Terms.last(Which.Path).Id);
  return Type != None && Linked.type(Type).Kind == TypeKind::Integer &&
         (Engine.aliasSource(Which.Object) ||
          O.Unit == uint8_t(Unit::Pages) + 1 ||
          O.Unit == uint8_t(Unit::Area) + 1);
}

std::set<StringIndex> WorldBuilder::leftBehind(const Memory *Before,
                                               const Memory *After,
                                               ObjectId First) {
  Operations Code(Linked, Vocabulary, MarkedNumbers);
  std::set<StringIndex> Result;
  for (const Cell &C : changedSince(Before, After)) {
    const StringIndex Member =
        C.Object >= First ? StringIndex(None) : memberAt(C.Path);
    if (Member == None || !Code.isState(Member) || isInBytes(C) || isMessage(C))
      continue;
    const Value *Old = Before->find(C), *New = After->find(C);
    if (New && !(Old && *Old == *New))
      Result.insert(Member);
  }
  return Result;
}

std::set<StringIndex> WorldBuilder::markedNumbers(const Memory *After,
                                                  Bdd Where) {
  // A mode, or a word of bits, that depends on a marker. There are many other
  // numbers in a driver's records, and they come to nothing.
  TermTable &Terms = Engine.terms();
  std::set<StringIndex> Result;
  for (const Memory *M = After; M; M = M->below())
    for (const Cell &C : M->changed()) {
      if (C.Path == 0 || Terms.object(C.Object).Kind != ObjectKind::Heap ||
          Terms.last(C.Path).What != PathStep::Kind::Field)
        continue;
      TypeIndex Type = Engine.typeOfField(Terms.last(C.Path).Id);
      if (Type != None && Linked.type(Type).Kind == TypeKind::Integer &&
          !isInBytes(C) && !isMessage(C) && saysMarker(*After->find(C), Where))
        Result.insert(memberAt(C.Path));
    }
  return Result;
}

Operation WorldBuilder::operationRun(FunctionId Entry, size_t FirstEvent) {
  Operation Result = Operations(Linked, Vocabulary).of(Entry);
  Result.Cost = LastCost;
  // Who calls the driver's own mapping function matters, who calls that not.
  constexpr size_t Callers = 4;
  for (size_t I = FirstEvent; I < History.Events.size(); ++I) {
    const Event &E = History.Events[I].What;
    if (E.Kind != EventKind::MapResult)
      continue;
    std::vector<uint32_t> Way = {E.At};
    InstIndex At = E.At;
    bool Settled = false;
    for (const Frame *F = E.Where.get(); F; F = F->Caller.get()) {
      if (Way.size() <= Callers)
        Way.push_back(F->Function);
      Settled |= Observer.isSettled(F->Function, At);
      At = F->CallSite;
    }
    if (!Settled)
      Result.Maps.insert(std::move(Way));
  }
  return Result;
}

std::vector<Operation>
WorldBuilder::undecided(llvm::ArrayRef<Operation> Readers,
                        const std::set<std::string> &Modules) const {
  std::set<std::string> Near = busModules();
  Near.insert(Modules.begin(), Modules.end());
  const std::set<FunctionId> Open =
      mappingCode(Near, [&](FunctionId Id, InstIndex At) {
        return !Observer.isSettled(Id, At);
      });
  std::vector<Operation> Result;
  for (const Operation &R : Readers)
    if (!R.Maps.empty() || llvm::any_of(Open, [&](FunctionId Id) {
          return Reachable.isWithin(Id, {R.Entry});
        }))
      Result.push_back(R);
  return Result;
}

void WorldBuilder::runUndone(FunctionId Entry, Phase When, GlobalId Driver,
                             Bdd Assume) {
  const FunctionId First = Operations(Linked, Vocabulary).undoneBy(Entry);
  if (First == None)
    return;
  const bool Outer = std::exchange(Rehearsing, true);
  Rehearsed.clear();
  runEntry(First, When, Driver, Assume);
  Engine.setMemory(layer(Rehearsed.back()));
  Engine.setBudget({});
  Rehearsed.clear();
  Rehearsing = Outer;
}

Bdd WorldBuilder::runFirst(FunctionId First, Phase When, GlobalId Driver,
                           Bdd Assume) {
  constexpr size_t Limit = 32;
  const Memory *Since = Engine.memory();
  const ObjectId FirstObject = Engine.terms().objectCount();
  const bool Outer = std::exchange(Rehearsing, true);
  Rehearsed.clear();
  runEntry(First, When, Driver, Assume);
  Rehearsing = Outer;
  Engine.setMemory(layer(Rehearsed.back()));
  Rehearsed.clear();
  Engine.setBudget({});
  // Who calls it calls the others for the same object.
  for (const Value &Argument : LastArguments) {
    if (Argument.size() != 1)
      continue;
    const Term &T = Engine.terms().term(Argument[0].What);
    if (T.Kind != TermKind::Pointer || T.B != 0 || T.A < FirstObject)
      continue;
    const TypeIndex Type = Engine.terms().object(T.A).Type;
    const StringIndex Record = Type == None ? None : Linked.recordOf(Type);
    if (Record != None)
      Constructed.insert_or_assign(Record, Argument[0].What);
  }
  const Bdd Success = succeeded(First, Assume);
  if (Success == Assume)
    return Assume;
  settleMemory(Success, Since);
  return Engine.conditions().formulas().conj(
      Assume, Engine.conditions().abstractedPath(Success, Limit));
}

Bdd WorldBuilder::runBefore(FunctionId Entry, Phase When, GlobalId Driver,
                            Bdd Assume) {
  runUndone(Entry, When, Driver, Assume);
  for (FunctionId First : Operations(Linked, Vocabulary).firstBefore(Entry))
    Assume = runFirst(First, When, Driver, Assume);
  return Assume;
}

void WorldBuilder::runSequences(llvm::ArrayRef<Operation> All,
                                const std::set<std::string> &Modules,
                                Phase When, GlobalId Driver, Bdd Assume) {
  const std::vector<Operation> Readers = undecided(All, Modules);
  const Memory *AfterProbe = Engine.memory();
  MarkedNumbers = markedNumbers(AfterProbe, Assume);
  Operations Code(Linked, Vocabulary, MarkedNumbers);
  ObjectId First = Engine.terms().objectCount();
  Checkpoint Ready = checkpoint();
  for (FunctionId Writer : Code.writersFor(Modules, Readers)) {
    Engine.setMemory(layer(AfterProbe));
    Engine.setBudget({});
    const Bdd Before = runBefore(Writer, When, Driver, Assume);
    Rehearsed.clear();
    Rehearsing = true;
    runEntry(Writer, When, Driver, Before);
    Rehearsing = false;
    Checkpoint Between = checkpoint();
    Second = true;
    for (const Memory *After : std::vector<const Memory *>(Rehearsed)) {
      std::set<StringIndex> Left = leftBehind(AfterProbe, After, First);
      for (FunctionId Reader : Code.chosen(Readers, Left)) {
        Engine.setMemory(layer(After));
        Engine.setBudget({});
        runEntry(Reader, When, Driver, runBefore(Reader, When, Driver, Assume));
        takeBack(Between);
      }
    }
    Second = false;
    takeBack(Ready);
  }
}

} // namespace cocodma
