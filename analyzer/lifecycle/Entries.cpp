// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions of a class are entry points, and what they are given.
#include "lifecycle/KeptPlaces.h"
#include "lifecycle/Operations.h"
#include "lifecycle/TableHolders.h"
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void WorldBuilder::handedPointer(StringIndex Record, TermId Pointer) {
  if (!Trial)
    Given.give(Record, Pointer);
}

std::vector<TermId> WorldBuilder::keptIn(StringIndex Field,
                                         StringIndex Record) {
  // Only a driver's own parts are found by where they are kept.
  if (Trial || DeviceObject == None || !Linked.isPrivate(Record))
    return {};
  std::optional<KeptPlace> Place = KeptPlaces(Linked).keptIn(Field, Record);
  if (!Place)
    return {};
  std::vector<TermId> Around = Given.candidates(Place->Record, false);
  if (Around.size() != 1)
    return {};
  TermTable &Terms = Engine.terms();
  const Term Base = Terms.term(Around[0]);
  PathId Path = Base.B;
  for (StringIndex Step : Place->Steps)
    Path =
        Step == None
            ? Terms.extend(Path, {PathStep::Kind::Element, Engine.anyIndex()})
            : Terms.field(Path, Step);
  return {Terms.pointer(Base.A, Path)};
}

void WorldBuilder::handedOut(FunctionId Code, llvm::ArrayRef<Value> Context) {
  if (!Trial)
    Given.handOut(Code, Context);
}

void WorldBuilder::gaveAway(TermId What, Bdd When, bool ForDevice,
                            std::optional<TermId> Record) {
  if (!Trial && RunningProbe != None)
    Away.note(What, When, ForDevice, Record);
}

void WorldBuilder::findCallable(llvm::ArrayRef<FunctionId> Entries,
                                FunctionId Probe,
                                const std::set<FunctionId> &Probed) {
  constexpr size_t Limit = 32;
  std::set<FunctionId> Others(Entries.begin(), Entries.end());
  Others.erase(Probe);
  for (FunctionId Entry : Others)
    if (std::optional<Bdd> When = Away.condition(Entry, Probed, Others);
        When && !When->isTrue())
      Callable[Entry] = Engine.conditions().abstractedPath(*When, Limit);
}

std::vector<FunctionId> WorldBuilder::registrationRoots() {
  // From the functions that register a device of the class, up through callers
  // and through code that hands the function on, to where nothing leads.
  std::set<FunctionId> Seen, Roots;
  std::vector<FunctionId> Work = Reachable.registrarsOf(History.Class);
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    if (!Seen.insert(Id).second)
      continue;
    llvm::ArrayRef<FunctionId> Callers = Linked.callersOf(Id);
    llvm::ArrayRef<FunctionId> Takers = Linked.takersOf(Id);
    if (Callers.empty() && Takers.empty())
      Roots.insert(Id);
    Work.insert(Work.end(), Callers.begin(), Callers.end());
    Work.insert(Work.end(), Takers.begin(), Takers.end());
  }
  return {Roots.begin(), Roots.end()};
}

FunctionId WorldBuilder::driverFunction(GlobalId Driver,
                                        llvm::StringRef Member) {
  const GlobalEntity &Global = Linked.global(Driver);
  std::string Wanted = Class.Driver.Struct + "." + Member.str();
  for (const InitializerEntry &Entry : Global.Definition->Initializer)
    if (Entry.What == InitializerEntry::Kind::Function &&
        Entry.Path.size() == 1 && Linked.text(Entry.Path[0]) == Wanted)
      return Linked.resolve(Global.Unit, Entry.Name);
  return None;
}

std::set<FunctionId>
WorldBuilder::startersOf(const std::set<std::string> &Modules) const {
  // An operation that sets up a work item for new memory, say: of that memory
  // the worker alone knows nothing.
  std::set<FunctionId> Result;
  std::vector<FunctionId> Work;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    if ((Reachable.of(Id) & ReachesBounce) &&
        Modules.count(Linked.moduleOf(Id).str()))
      llvm::append_range(Work, Linked.takersOf(Id));
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    if (Modules.count(Linked.moduleOf(Id).str()) && Result.insert(Id).second)
      llvm::append_range(Work, Linked.callersOf(Id));
  }
  return Result;
}

bool WorldBuilder::isStartedByOthers(FunctionId Entry,
                                     const std::set<std::string> &Modules,
                                     const std::set<FunctionId> &Probed) const {
  llvm::ArrayRef<FunctionId> Takers = Linked.takersOf(Entry);
  return !Takers.empty() && Linked.tablesOf(Entry).empty() &&
         llvm::all_of(Takers, [&](FunctionId Taker) {
           return !Probed.count(Taker) &&
                  Modules.count(Linked.moduleOf(Taker).str());
         });
}

std::vector<FunctionId>
WorldBuilder::entriesOf(const std::set<std::string> &Modules, bool Service) {
  // Code whose address is in a table or is taken, and, for services, external
  // functions that nobody in the database calls.
  std::vector<FunctionId> Result;
  const std::set<FunctionId> Starters =
      Service ? std::set<FunctionId>() : startersOf(Modules);
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    if (Body.Inline || Body.Initial ||
        !Modules.count(Linked.moduleOf(Id).str()))
      continue;
    if (!(Reachable.of(Id) & ~(ReachesRegister | ReachesMemory)) &&
        !Reachable.writesMarker(Id) && !Starters.count(Id))
      continue;
    bool Taken = !Linked.tablesOf(Id).empty() || !Linked.takersOf(Id).empty();
    bool Orphan = Service && Linked.callersOf(Id).empty();
    if ((Taken || Orphan) && !Linked.isStaticTarget(Id))
      Result.push_back(Id);
  }
  return Result;
}

std::set<GlobalId> WorldBuilder::tablesAround(FunctionId Entry) const {
  std::set<GlobalId> Result;
  std::vector<GlobalId> Work = Linked.tablesOf(Entry).vec();
  while (!Work.empty()) {
    const GlobalId Inner = Work.back();
    Work.pop_back();
    if (Result.insert(Inner).second)
      forEachHolder(Linked, Inner,
                    [&](GlobalId Outer, const InitializerEntry &) {
                      Work.push_back(Outer);
                    });
  }
  return Result;
}

bool WorldBuilder::belongsTo(FunctionId Entry, GlobalId Driver,
                             const std::set<FunctionId> &Code) const {
  for (FunctionId Taker : Linked.takersOf(Entry))
    if (Code.count(Taker))
      return true;
  for (GlobalId Table : tablesAround(Entry)) {
    if (Table == Driver)
      return true;
    for (FunctionId Id : Code)
      for (const Inst &I : Linked.function(Id).Body->Insts)
        if (I.Op == Opcode::GlobalAddress && I.Value == int64_t(Table))
          return true;
  }
  return Given.wasHandedOut(Entry);
}

std::set<FunctionId>
WorldBuilder::codeOf(GlobalId Driver, const std::set<std::string> &Modules,
                     const std::set<FunctionId> &Probed) const {
  // Of several drivers in one module, an operation belongs to those whose
  // probe, or whose other operations, hand it on, by itself or in a table, or
  // whose own table has it.
  std::set<FunctionId> Code = Probed;
  auto Add = [&](FunctionId Entry) {
    std::vector<FunctionId> Work = {Entry};
    while (!Work.empty()) {
      const FunctionId Id = Work.back();
      Work.pop_back();
      if (!Modules.count(Linked.moduleOf(Id).str()) || !Code.insert(Id).second)
        continue;
      for (const Inst &I : Linked.function(Id).Body->Insts)
        if (I.Op == Opcode::Call && I.Value >= 0)
          Work.push_back(FunctionId(I.Value));
    }
  };
  std::vector<FunctionId> Open;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    if (Modules.count(Linked.moduleOf(Id).str()) &&
        (!Linked.tablesOf(Id).empty() || !Linked.takersOf(Id).empty()))
      Open.push_back(Id);
  for (bool Again = true; Again;) {
    Again = false;
    for (FunctionId Id : std::exchange(Open, {}))
      if (belongsTo(Id, Driver, Code)) {
        Add(Id);
        Again = true;
      } else {
        Open.push_back(Id);
      }
  }
  return Code;
}

void WorldBuilder::runEntry(FunctionId Entry, Phase When, GlobalId Driver,
                            Bdd Assume) {
  // An entry point that is given a channel may be given any of the device's.
  const FunctionSummary &Body = *Linked.function(Entry).Body;
  for (uint32_t I = 0; I < Body.ParameterCount; ++I) {
    StringIndex Record = Linked.recordOf(Body.Locals[I].Type);
    if (Record == None || ChannelObject == None || !Class.Channel ||
        Linked.text(Record) != Class.Channel->Struct)
      continue;
    const Memory *Before = Engine.memory();
    for (TermId Channel : candidates(Record, None)) {
      Engine.setMemory(layer(Before));
      runEntryWith(Entry, When, Driver, Assume, I, Channel);
    }
    return;
  }
  runEntryWith(Entry, When, Driver, Assume, None, 0);
}

bool WorldBuilder::runByBus(FunctionId Entry, GlobalId Driver, Bdd Assume) {
  // What the bus does before it lets the driver go is done by then.
  if (Driver == None || Engine.visited().count(Entry))
    return false;
  for (const std::string &Member : Vocabulary.Core.Unbound) {
    if (driverFunction(Driver, Member) != Entry)
      continue;
    const FunctionId Code = callbackOfBus(DeviceObject, Member, Assume);
    if (Code == None)
      return false;
    const Memory *Before = Engine.memory();
    const size_t First = Engine.events().size();
    LastResult = Engine.execute(Code, {devicePointer(DeviceObject)}, Assume);
    if (Engine.visited().count(Entry))
      return true;
    Engine.events().resize(First);
    Engine.setMemory(layer(Before));
    Engine.setBudget({});
    return false;
  }
  return false;
}

void WorldBuilder::runEntryWith(FunctionId Entry, Phase When, GlobalId Driver,
                                Bdd Assume, uint32_t ChannelAt,
                                TermId Channel) {
  size_t First = Engine.events().size();
  const bool ForDevice =
      When != Phase::Init && When != Phase::Service && DeviceObject != None;
  const bool Follows = ForDevice && !Rehearsing && !Second;
  SetUpNow.clear();
  SettingUp = Follows;
  if (auto Only = Callable.find(Entry); Only != Callable.end())
    Assume = Engine.conditions().formulas().conj(Assume, Only->second);
  Holders.clear();
  if (ForDevice)
    Holders = Operations(Linked, Vocabulary).holdersOf(Entry);
  LastArguments = Given.arguments(Entry, ChannelAt, Channel);
  if (!ForDevice || !runByBus(Entry, Driver, Assume))
    LastResult = Engine.execute(Entry, LastArguments, Assume);
  LastCost = Engine.executed();
  SettingUp = false;
  if (Rehearsing) {
    Engine.events().resize(First);
    Rehearsed.push_back(Engine.memory());
    return;
  }
  Executed.insert(Entry);
  if (When == Phase::Init)
    noteSpent(Entry);
  else if (Engine.exhausted())
    Observer.spent(History, Entry, Engine.cutOff());
  collect(First, When, Driver, Entry,
          Engine.conditions().formulas().conj(Assume, Bound));
  noteSetUp(Assume);
}

} // namespace cocodma
