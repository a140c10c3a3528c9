// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/PageLife.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace cocodma {

PageLife::PageLife(Evaluator &Engine, const Reach &Reachable,
                   const Spec &Vocabulary, WorldObserver &Observer)
    : Engine(Engine), Reachable(Reachable), Linked(Engine.program()),
      Known(Linked, Reachable, Vocabulary), Observer(Observer),
      Given(Engine, Vocabulary) {
  History.Class = NoClass;
  std::map<std::pair<std::string, std::string>, uint32_t> First;
  for (uint32_t I = 0; I < Linked.units().size(); ++I) {
    const UnitSummary &Unit = Linked.units()[I];
    std::string Folder = llvm::sys::path::parent_path(Unit.Source).str();
    ScopeOfUnit.push_back(
        First.try_emplace({Unit.Module, Folder}, I).first->second);
  }
  for (FunctionId Id : Known.converting())
    if (!Linked.function(Id).Body->Inline &&
        Reachable.classesOf(Linked.moduleOf(Id)).empty())
      Scopes.insert(scopeOf(Id));
  LeadsToSharing = leadingTo(Known.sharing());
  LeadsToConverting = leadingTo(Known.converting());
}

Memory *PageLife::layer(const Memory *Below) {
  History.Memories.push_back(std::make_unique<Memory>(Below));
  return History.Memories.back().get();
}

PageLife::Checkpoint PageLife::checkpoint() {
  return {Engine.checkpoint(), History.Memories.size(), History.Events.size(),
          Engine.terms().objectCount()};
}

void PageLife::takeBack(const Checkpoint &To) {
  Observer.forget(To.Objects);
  History.Events.resize(To.Events);
  History.Memories.resize(To.Memories);
  Given.forget(To.Engine.Terms.Terms);
  Engine.rollBack(To.Engine);
}

std::vector<TermId> PageLife::candidates(StringIndex Record, ObjectId Parent) {
  return Given.candidates(Record, Parent == None);
}

void PageLife::handedPointer(StringIndex Record, TermId Pointer) {
  Given.give(Record, Pointer);
}

void PageLife::handedOut(FunctionId Code, llvm::ArrayRef<Value> Context) {
  Given.handOut(Code, Context);
}

bool PageLife::isIrrelevant(FunctionId Callee) {
  if (isOfClass(Current) && Known.isAside(Callee))
    return true;
  bool Frees = scopeOf(Callee) == Current &&
               (Reachable.of(Callee) & (ReachesFree | ReachesShare));
  return !Frees && Reachable.isIrrelevant(Callee);
}

bool PageLife::repeatsLoops(FunctionId Function) {
  return scopeOf(Function) == Current;
}

std::set<FunctionId> PageLife::leadingTo(std::set<FunctionId> Targets) const {
  std::vector<FunctionId> Work(Targets.begin(), Targets.end());
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    for (llvm::ArrayRef<FunctionId> Users :
         {Linked.callersOf(Id), Linked.takersOf(Id)})
      for (FunctionId User : Users)
        if (Targets.insert(User).second)
          Work.push_back(User);
  }
  return Targets;
}

std::set<FunctionId>
PageLife::knownToLeadTo(const std::set<FunctionId> &Frees) const {
  ReadLog *Outer = Linked.noteReads(nullptr);
  std::set<FunctionId> Result = leadingTo(Frees);
  Linked.noteReads(Outer);
  return Result;
}

std::map<FunctionId, uint64_t>
PageLife::leadingToEach(const std::set<FunctionId> &Frees) const {
  std::map<FunctionId, uint64_t> Result;
  unsigned Bit = 0;
  for (FunctionId Free : Frees) {
    for (FunctionId Id : knownToLeadTo({Free}))
      Result[Id] ^= uint64_t(1) << Bit % 64;
    ++Bit;
  }
  return Result;
}

/// False if \p Table keeps addresses as void *, as the exports of a module do:
/// nobody calls what it finds there.
static bool keepsCallable(const Program &Linked, GlobalId Table) {
  TypeIndex Type = Linked.global(Table).Type;
  TypeIndex To = Type == None ? None : Linked.pointee(Type);
  return To == None || Linked.type(To).Kind != TypeKind::Void;
}

bool PageLife::takesRecordsOnly(FunctionId Id) const {
  const FunctionSummary &Body = *Linked.function(Id).Body;
  for (uint32_t I = 0; I < Body.ParameterCount; ++I)
    if (!Linked.isPointer(Body.Locals[I].Type) ||
        Linked.recordOf(Body.Locals[I].Type) == None)
      return false;
  return true;
}

std::vector<FunctionId>
PageLife::smallestWholes(uint32_t Scope,
                         const std::set<FunctionId> &Seconds) const {
  // Both the conversion and the free, and nothing around them that makes their
  // conditions larger. What numbers mean that are passed, the callers know.
  std::vector<FunctionId> Entries = entriesOf(Scope);
  std::set<FunctionId> Wholes;
  for (FunctionId Id : Seconds)
    if (scopeOf(Id) == Scope && Known.converting().count(Id) &&
        !Linked.function(Id).Body->Inline &&
        (takesRecordsOnly(Id) || llvm::is_contained(Entries, Id)))
      Wholes.insert(Id);
  std::set<FunctionId> Outer;
  for (FunctionId Id : Wholes)
    for (FunctionId Caller : leadingTo({Id}))
      if (Caller != Id)
        Outer.insert(Caller);
  std::vector<FunctionId> Result;
  for (FunctionId Id : Wholes)
    if (!Outer.count(Id))
      Result.push_back(Id);
  return Result;
}

std::vector<FunctionId> PageLife::entriesOf(uint32_t Scope) const {
  // What callers in other modules know, as on which platform they call, would
  // be lost here; these modules are executed themselves. The worlds of a class
  // are, too: only here is its code on its own.
  const bool Foreign = !isOfClass(Scope);
  std::vector<FunctionId> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    if (Body.Inline || Body.Initial || scopeOf(Id) != Scope ||
        (!Known.converting().count(Id) && !(Reachable.of(Id) & ReachesFree)))
      continue;
    bool Taken = !Linked.takersOf(Id).empty() ||
                 llvm::any_of(Linked.tablesOf(Id), [&](GlobalId Table) {
                   return keepsCallable(Linked, Table);
                 });
    bool Inner = !Linked.callersOf(Id).empty() &&
                 llvm::all_of(Linked.callersOf(Id), [&](FunctionId Caller) {
                   return scopeOf(Caller) == Scope ||
                          (Foreign && !isOfClass(scopeOf(Caller)));
                 });
    if (Taken || !Inner)
      Result.push_back(Id);
  }
  return Result;
}

Bdd PageLife::runInit(uint32_t Scope) {
  Bdd Loaded = Engine.conditions().yes();
  Engine.setInitialModules({Linked.units()[Scope].Module});
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    if (!Linked.peek(Id).Body->Initial || scopeOf(Id) != Scope ||
        !(Reachable.of(Id) & (ReachesShare | ReachesFree)))
      continue;
    bool Inner = llvm::any_of(Linked.callersOf(Id), [&](FunctionId Caller) {
      return scopeOf(Caller) == Scope;
    });
    if (!Inner) {
      Bdd Success = runEntry(Id, Engine.conditions().yes());
      settle(Success);
      Loaded = Engine.conditions().formulas().conj(Loaded, Success);
    }
  }
  Engine.setInitialModules({});
  return Loaded.isFalse() ? Engine.conditions().yes() : Loaded;
}

Bdd PageLife::succeeded(FunctionId Entry, const Value &Result) {
  // Nobody calls the counterpart of what failed: results below zero and
  // pointers that are none.
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
  TypeIndex Type = Linked.function(Entry).Body->Result;
  if (Type == None || Result.empty())
    return Conditions.yes();
  TypeKind Kind = Linked.type(Type).Kind;
  Bdd Success = Conditions.no();
  for (const Guarded &G : Result) {
    Bdd Here = G.When;
    if (Kind == TypeKind::Pointer && Engine.terms().constantOf(G.What))
      continue;
    if (Kind == TypeKind::Integer)
      Here = B.conj(Here,
                    B.negate(Conditions.less(G.What, Engine.terms().constant(0),
                                             Linked.type(Type).Signed)));
    Success = B.disj(Success, Here);
  }
  return Success.isFalse() ? Conditions.yes() : Success;
}

void PageLife::settle(Bdd Success) {
  Memory *Left = Engine.memory();
  Memory *Settled = layer(Left);
  for (const Cell &C : Left->changed())
    if (Engine.terms().object(C.Object).Kind != ObjectKind::Local)
      Settled->set(C, settled(Engine.conditions(), *Left->find(C), Success));
  Engine.setMemory(Settled);
}

bool PageLife::leavesShared(const Memory &After) const {
  for (const Cell &C : After.changed())
    if (Engine.isSharingState(C))
      for (const Guarded &G : *After.find(C))
        if (Engine.terms().constantOf(G.What) != 0)
          return true;
  return false;
}

std::set<ObjectId> PageLife::freedBy(size_t FirstEvent, Bdd Success) {
  std::set<ObjectId> Result;
  for (size_t I = FirstEvent; I < Engine.events().size(); ++I) {
    const Event &E = Engine.events()[I];
    if (E.Kind != EventKind::Free ||
        Engine.conditions().bdd().disjoint(E.When, Success))
      continue;
    for (const Guarded &G : E.Subject)
      if (auto Where = Engine.target(G.What))
        Result.insert(Where->Object);
  }
  return Result;
}

bool PageLife::isGone(const Event &E) {
  return E.Kind == EventKind::Free && !E.Subject.empty() &&
         llvm::all_of(E.Subject, [&](const Guarded &G) {
           auto Where = Engine.target(G.What);
           return Where && Gone.count(Where->Object);
         });
}

void PageLife::report(FunctionId Entry, size_t FirstEvent, Bdd Bound) {
  size_t First = History.Events.size();
  for (size_t I = FirstEvent; I < Engine.events().size(); ++I) {
    if (isGone(Engine.events()[I]))
      continue;
    WorldEvent New;
    New.What = Engine.events()[I];
    New.What.When = Engine.conditions().formulas().conj(New.What.When, Bound);
    New.When = Phase::Service;
    New.Class = NoClass;
    New.Entry = Entry;
    New.State = Engine.memory();
    History.Events.push_back(std::move(New));
  }
  Observer.observe(History, First);
}

void PageLife::giveArguments(FunctionId Entry,
                             llvm::ArrayRef<Value> Arguments) {
  // The same objects come back to other entry points.
  const FunctionSummary &Body = *Linked.function(Entry).Body;
  for (uint32_t I = 0; I < Body.ParameterCount && I < Arguments.size(); ++I)
    for (const Guarded &G : Arguments[I])
      if (StringIndex Record = Linked.recordOf(Body.Locals[I].Type);
          Record != None &&
          Engine.terms().term(G.What).Kind == TermKind::Pointer)
        Given.give(Record, G.What);
}

Bdd PageLife::runEntry(FunctionId Entry, Bdd Bound) {
  size_t FirstEvent = Engine.events().size();
  Engine.setBudget({});
  std::vector<Value> Arguments = Given.arguments(Entry);
  Value Result = Engine.execute(Entry, Arguments, Engine.conditions().yes());
  Executed += Engine.executed();
  report(Entry, FirstEvent, Bound);
  giveArguments(Entry, Arguments);
  return succeeded(Entry, Result);
}

void PageLife::runScope(uint32_t Scope, const std::set<FunctionId> *Seconds) {
  constexpr size_t MostPairs = 64;
  // A driver of a class may be large, and its worlds were executed already.
  const uint64_t Most = Seconds ? 300'000 : UINT64_MAX;
  Executed = 0;
  Checkpoint Before = checkpoint();
  Current = Scope;
  Given.clear();
  Engine.setMemory(layer(nullptr));
  // Nobody unloads what failed to load.
  const Bdd Loaded = runInit(Scope);
  const Memory *AfterInit = Engine.memory();
  std::vector<FunctionId> Entries = entriesOf(Scope);
  Checkpoint Ready = checkpoint();
  size_t Pairs = 0;
  for (FunctionId First : Entries) {
    if (!Known.converting().count(First) || Executed > Most)
      continue;
    ObjectId FirstObject = Engine.terms().objectCount();
    Engine.setMemory(layer(AfterInit));
    Bdd Alive =
        Linked.function(First).Body->Final ? Loaded : Engine.conditions().yes();
    size_t FirstEvent = Engine.events().size();
    Bdd Success =
        Engine.conditions().formulas().conj(Alive, runEntry(First, Alive));
    Gone = freedBy(FirstEvent, Success);
    settle(Success);
    const Memory *Between = Engine.memory();
    constexpr size_t Limit = 32;
    Bdd Bound = Engine.conditions().abstractedPath(Success, Limit);
    Given.collect(FirstObject, [](llvm::StringRef) { return false; });
    Checkpoint Half = checkpoint();
    for (FunctionId Second : Entries) {
      if (!leavesShared(*Between) || !(Reachable.of(Second) & ReachesFree) ||
          (Seconds && !Seconds->count(Second)) || Executed > Most ||
          Pairs++ >= MostPairs)
        continue;
      Engine.setMemory(layer(Between));
      runEntry(Second, Bound);
      takeBack(Half);
    }
    Gone.clear();
    takeBack(Ready);
  }
  takeBack(Before);
}

void PageLife::runUndecided(PartRunner &Parts) {
  std::set<uint32_t> Again;
  for (FunctionId Id : Observer.reopenUndecidedFrees())
    Again.insert(scopeOf(Id));
  for (uint32_t Scope : Again) {
    std::string What = "undecided";
    for (FunctionId Id : undecidedOf(Scope))
      What += " " + Linked.functionName(Id).str();
    PartName Name = partName(What, Scope);
    Name.Known = leadingToEach(undecidedOf(Scope));
    Parts.run(Name, [&] {
      searchScope(Scope);
      std::set<FunctionId> Seconds = knownToLeadTo(undecidedOf(Scope));
      if (isOfClass(Scope) && !Seconds.empty())
        runScope(Scope, &Seconds);
    });
  }
}

std::vector<FunctionId> PageLife::outermostCallers(FunctionId Id) const {
  std::vector<FunctionId> Result;
  for (FunctionId Outer : leadingTo({Id}))
    if (scopeOf(Outer) == scopeOf(Id) && !Linked.function(Outer).Body->Inline &&
        llvm::none_of(Linked.callersOf(Outer), [&](FunctionId Caller) {
          return scopeOf(Caller) == scopeOf(Id);
        }))
      Result.push_back(Outer);
  return Result;
}

void PageLife::runAlone(FunctionId Id) {
  Executed = 0;
  Checkpoint Before = checkpoint();
  Current = scopeOf(Id);
  Given.clear();
  Engine.setMemory(layer(nullptr));
  runEntry(Id, Engine.conditions().yes());
  takeBack(Before);
}

void PageLife::runForgotten(PartRunner &Parts) {
  constexpr size_t MostCallers = 3;
  for (FunctionId Id : Known.sharing()) {
    if (Engine.hasShared(Id) || Linked.peek(Id).Body->Inline)
      continue;
    Parts.run(
        partName("forgotten " + Linked.functionName(Id).str(), scopeOf(Id)),
        [&] {
          std::vector<FunctionId> Callers = outermostCallers(Id);
          if (Callers.size() <= MostCallers)
            for (FunctionId Caller : Callers)
              runAlone(Caller);
          if (!Engine.hasShared(Id))
            runAlone(Id);
        });
  }
}

PartName PageLife::partName(const std::string &What, uint32_t Scope) const {
  const UnitSummary &First = Linked.units()[Scope];
  PartName Result;
  Result.Text = "pages\n" + What + "\n" + First.Module + "\n" +
                llvm::sys::path::parent_path(First.Source).str();
  for (uint32_t Unit = 0; Unit < ScopeOfUnit.size(); ++Unit)
    if (ScopeOfUnit[Unit] == Scope)
      Result.Units.push_back(Unit);
  return Result;
}

void PageLife::run(PartRunner &Parts) {
  Engine.setHooks(this);
  Parts.runCommon([] {});
  for (uint32_t Scope : Scopes)
    Parts.run(partName("all", Scope), [&] { runScope(Scope, nullptr); });
  runForgotten(Parts);
  runUndecided(Parts);
  Engine.setHooks(nullptr);
  Observer.finished(History);
}

} // namespace cocodma
