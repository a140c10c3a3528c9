// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

WorldObserver::~WorldObserver() = default;

/// The modules of \p Functions.
static std::set<std::string> modulesOf(const Program &Linked,
                                       llvm::ArrayRef<FunctionId> Functions) {
  std::set<std::string> Result;
  for (FunctionId Id : Functions)
    Result.insert(Linked.moduleOf(Id).str());
  return Result;
}

WorldBuilder::WorldBuilder(Evaluator &Engine, const Reach &Reachable,
                           const Spec &Vocabulary, unsigned Class,
                           WorldObserver &Observer, PartRunner &Parts)
    : Engine(Engine), Reachable(Reachable), Vocabulary(Vocabulary),
      Linked(Engine.program()), Class(Vocabulary.Classes[Class]),
      Observer(Observer), Parts(Parts), Given(Engine, Vocabulary),
      Away(Engine, Vocabulary),
      Announced(Linked, this->Class,
                modulesOf(Linked, Reachable.registrarsOf(Class))) {
  History.Class = Class;
  History.Devices = this;
}

Memory *WorldBuilder::layer(const Memory *Below) {
  History.Memories.push_back(std::make_unique<Memory>(Below));
  return History.Memories.back().get();
}

WorldBuilder::Checkpoint WorldBuilder::checkpoint() {
  return {Engine.checkpoint(), History.Memories.size(), History.Events.size(),
          Engine.terms().objectCount()};
}

void WorldBuilder::takeBack(const Checkpoint &To) {
  Observer.forget(To.Objects);
  History.Events.resize(To.Events);
  History.Memories.resize(To.Memories);
  // What an operation was handed out with stays if it is older.
  Given.forget(To.Engine.Terms.Terms);
  std::erase_if(Constructed, [&](const auto &Entry) {
    return Entry.second >= To.Engine.Terms.Terms;
  });
  std::erase_if(TiedOthers, [&](const auto &Entry) {
    return Entry.second.Device >= To.Objects;
  });
  Engine.rollBack(To.Engine);
}

void WorldBuilder::collect(size_t First, Phase When, GlobalId Driver,
                           FunctionId Entry, Bdd Assume) {
  // What was assumed from the start holds at each event, also where the
  // condition of its path was simplified.
  Assume = Engine.conditions().formulas().conj(Assume, History.Initialized);
  std::vector<Event> &Events = Engine.events();
  size_t FirstEvent = History.Events.size();
  for (size_t I = First; I < Events.size(); ++I) {
    noteReached(Events[I]);
    if (Second && Events[I].Kind != EventKind::Bounce &&
        Events[I].Kind != EventKind::MapResult)
      continue;
    WorldEvent New;
    New.What = Events[I];
    New.What.When = Engine.conditions().formulas().conj(New.What.When, Assume);
    New.When = When;
    if (New.What.Kind == EventKind::MarkerWrite)
      New.TakenAway = takenAway(New.What, When);
    New.Class = History.Class;
    New.Driver = Driver;
    New.Entry = Entry;
    New.State = Engine.memory();
    History.Events.push_back(std::move(New));
  }
  Observer.observe(History, FirstEvent);
}

void WorldBuilder::runInit() {
  Engine.setMemory(layer(nullptr));
  std::set<std::string> Modules = busModules();
  Engine.setInitialModules(Modules);
  constexpr size_t Limit = 32;
  Bdd Success = History.Initialized;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    const auto &Classes = Reachable.classesOf(Linked.moduleOf(Id));
    bool Bus = false;
    for (FunctionId Registrar : Reachable.registrarsOf(History.Class))
      Bus |= Linked.moduleOf(Registrar) == Linked.moduleOf(Id);
    if (!Body.Initial || !Bus || !Classes.count(History.Class))
      continue;
    // What boot code of another module calls starts here as well.
    if (llvm::any_of(Linked.callersOf(Id), [&](FunctionId Caller) {
          return Linked.moduleOf(Caller) == Linked.moduleOf(Id);
        }))
      continue;
    Engine.setBudget({});
    runEntry(Id, Phase::Init, None, Engine.conditions().yes());
    Success = succeeded(Id, Success);
  }
  // Of a bus that could not be set up there are no devices.
  History.Initialized = Engine.conditions().abstractedPath(Success, Limit);
  Engine.setInitialModules({});
}

void WorldBuilder::runBus() {
  const Memory *Base = AfterInit = Engine.memory();
  for (FunctionId Root : registrationRoots()) {
    // A driver's own probe also registers devices, of other classes.
    size_t Before = History.Registrations.size();
    size_t First = Engine.events().size();
    Engine.setMemory(layer(Base));
    Engine.setBudget({});
    CurrentRoot = Root;
    InBus = true;
    Engine.execute(Root, {}, Engine.conditions().yes());
    InBus = false;
    if (History.Registrations.size() == Before) {
      Engine.events().resize(First);
      continue;
    }
    for (size_t I = Before; I < History.Registrations.size(); ++I)
      History.Later.push_back(leftAs(History.Registrations[I]));
    Executed.insert(Root);
    OfferRoots.push_back(Root);
    collect(First, Phase::Bus, None, Root, Engine.conditions().yes());
    noteSpent(Root);
  }
}

void WorldBuilder::bindDriver(const Registration &Device, GlobalId Driver,
                              Bdd Assume) {
  TermTable &Terms = Engine.terms();
  PathId Embedded = Terms.field(
      0, Linked.find(Class.Device.Struct + "." + Class.Device.Member));
  StringIndex Field =
      Linked.find(Vocabulary.Core.Struct + "." + Vocabulary.Core.Driver);
  StringIndex Inside =
      Linked.find(Class.Driver.Struct + "." + Class.Driver.Member);
  if (Field == None)
    return;
  TermId Pointer = Terms.pointer(Engine.globalObject(Driver),
                                 Inside == None ? 0 : Terms.field(0, Inside));
  Engine.store({Device.Device, Terms.field(Embedded, Field)},
               always(Engine.conditions(), Pointer), None, Assume);
}

void WorldBuilder::noteProblem(std::string Text) {
  Observer.problem(History, std::move(Text));
}

void WorldBuilder::noteSpent(FunctionId Entry) {
  if (Engine.exhausted())
    noteProblem("the execution budget was spent in " +
                Linked.functionName(Entry).str() + "()");
}

void WorldBuilder::returned(FunctionId Function, const Frame *Caller) {
  // What the bus writes after the driver's probe is written to a layer of its
  // own: the driver may be at work already.
  if (Function != RunningProbe || !Caller)
    return;
  RunningProbe = None;
  AfterOwnProbe = Engine.memory();
  Engine.setMemory(layer(AfterOwnProbe));
}

bool WorldBuilder::busWritesAfterProbe() const {
  if (!AfterOwnProbe)
    return false;
  const Memory *Now = Engine.memory();
  return llvm::any_of(Now->changed(), [&](const Cell &C) {
    const Value *Before = AfterOwnProbe->find(C);
    return (C.Object == DeviceObject || C.Object == ChannelObject) &&
           !(Before && *Before == *Now->find(C));
  });
}

void WorldBuilder::settleMemory(Bdd Success, const Memory *Since) {
  Guards &Conditions = Engine.conditions();
  Memory *Probed = Engine.memory();
  Memory *Settled = layer(Probed);
  std::vector<Cell> Changed;
  for (const Memory *Layer = Probed; Layer != Since; Layer = Layer->below())
    Changed.insert(Changed.begin(), Layer->changed().begin(),
                   Layer->changed().end());
  for (const Cell &C : Changed) {
    ObjectKind Kind = Engine.terms().object(C.Object).Kind;
    if (Kind == ObjectKind::Local)
      continue;
    Value Now = settled(Conditions, *Probed->find(C), Success);
    if (Kind == ObjectKind::Global && !Engine.isEntryByKey(C.Path) &&
        saysMarker(Now, Success))
      Now = choose(
          Conditions,
          Conditions.choice("another device was probed since", Certainty::Free),
          always(Conditions,
                 Engine.terms().symbol(Engine.terms().object(C.Object).Name +
                                           ", as another device left it",
                                       Certainty::Free)),
          Now);
    Settled->set(C, Now);
  }
  Engine.setMemory(Settled);
}

Bdd WorldBuilder::succeeded(FunctionId Entry, Bdd Assume) const {
  const TypeIndex Result = Linked.function(Entry).Body->Result;
  if (Result == None || Linked.type(Result).Kind != TypeKind::Integer)
    return Assume;
  Guards &Conditions = Engine.conditions();
  const Bdd Success = Conditions.formulas().conj(
      Assume, Conditions.bdd().negate(truth(Conditions, LastResult)));
  return Success.isFalse() ? Assume : Success;
}

void WorldBuilder::settle(Bdd Success, const Memory *Since) {
  // A driver whose probe failed has no operations: what follows sees the
  // memory as it is where the probe succeeded.
  settleMemory(Success, Since);
  letBusAct(Success);
  letBusForget(Success);
}

Value WorldBuilder::runProbe(const Registration &Device, GlobalId Driver,
                             FunctionId Probe, Bdd Assume) {
  // The driver core: the bus configures DMA, then lets the driver probe.
  const Value DevicePointer = devicePointer(Device.Device);
  bool Probed = false;
  Value Outcome;
  RunningProbe = Probe;
  AfterOwnProbe = nullptr;
  Engine.setProbing(true);
  for (const std::string &Member :
       {Vocabulary.Core.Configure, Vocabulary.Core.Probe}) {
    FunctionId Code = callbackOfBus(Device.Device, Member, Assume);
    if (Code == None)
      continue;
    Outcome = Engine.execute(Code, {DevicePointer}, Assume);
    Probed |= Member == Vocabulary.Core.Probe;
  }
  if (Probe != None && !Engine.visited().count(Probe))
    Probed = false;
  if (!Probed && Probe != None)
    Outcome = Engine.execute(
        Probe,
        {always(Engine.conditions(), Engine.terms().pointer(Device.Device, 0))},
        Assume);
  Engine.setProbing(false);
  RunningProbe = None;
  return Outcome;
}

void WorldBuilder::runDriver(const Registration &Device, GlobalId Driver,
                             Phase Probing) {
  Guards &Conditions = Engine.conditions();
  BoundedFormulas &B = Conditions.formulas();
  Checkpoint Before = checkpoint();
  Bdd Assume = Device.Assume;
  Engine.setMemory(layer(Device.State));
  Given.clear();
  Away.clear();
  Reached.clear();
  DeviceObject = Device.Device;
  ChannelObject = Device.Channel;
  const std::set<std::string> Modules = {
      Linked.units()[Linked.global(Driver).Unit].Module};
  Assume = makeOthers(Assume, Announced.reach(Modules));
  linkSubChannel(Modules);
  copyFlags(Device);
  Assume = letBusMatch(Device.Device, Driver, Assume);
  // What the probe leaves is what all operations start from.
  Budget ForProbe;
  ForProbe.Instructions = ForProbe.ProbeInstructions;
  Engine.setBudget(ForProbe);
  bindDriver(Device, Driver, Assume);
  Engine.forgetVisited();
  ObjectId FirstObject = Engine.terms().objectCount();
  size_t First = Engine.events().size();
  FunctionId Probe = driverFunction(Driver, Vocabulary.Core.Probe);
  Value Outcome = runProbe(Device, Driver, Probe, Assume);
  if (Probe != None)
    noteSpent(Probe);
  collect(First, Probing, Driver, Probe, Assume);
  // What the driver's probe made; the device and its channel are known.
  Given.collect(FirstObject, [&](llvm::StringRef Record) {
    return Record == Class.Device.Struct ||
           (Class.Channel && Record == Class.Channel->Struct);
  });
  Bdd Success = B.conj(Assume, B.negate(truth(Conditions, Outcome)));
  if (Success.isFalse()) {
    noteProblem("no path was found on which " +
                Linked.functionName(Probe).str() +
                "() succeeds: what it leaves to the driver's operations is "
                "not known");
    Success = Assume;
  }
  const Memory *Left = Engine.memory();
  runProbed(Device.State, Driver, Probe,
            Probing == Phase::Late ? Phase::Late : Phase::Operation, Assume,
            Success);
  if (Probing != Phase::Late)
    runBoundAgain(Device, Driver, Left, Success,
                  B.conj(Assume, truth(Conditions, Outcome)));
  DeviceObject = ChannelObject = None;
  takeBack(Before);
}

void WorldBuilder::runProbed(const Memory *Registered, GlobalId Driver,
                             FunctionId Probe, Phase When, Bdd Assume,
                             Bdd Success) {
  // An operation runs only where the probe succeeded. Its events say so; its
  // execution does without what would only make its conditions larger.
  constexpr size_t Limit = 32;
  const bool Early = busWritesAfterProbe();
  settle(Success, Registered);
  Bound = Engine.conditions().abstractedPath(Success, Limit);
  runOperations(Driver, Probe, When, Assume);
  if (Early) {
    Engine.setMemory(AfterOwnProbe);
    settle(Success, Registered);
    runOperations(Driver, Probe, When, Assume);
  }
  Bound = Engine.conditions().yes();
}

void WorldBuilder::runOperations(GlobalId Driver, FunctionId Probe, Phase When,
                                 Bdd Assume) {
  const Memory *AfterProbe = Engine.memory();
  std::set<std::string> Modules = {
      Linked.units()[Linked.global(Driver).Unit].Module};
  std::set<FunctionId> ProbedCode = Engine.visited();
  unsigned Siblings = 0;
  for (GlobalId Other : Reachable.driversOf(History.Class))
    Siblings +=
        Modules.count(Linked.units()[Linked.peekGlobal(Other).Unit].Module);
  Checkpoint Ready = checkpoint();
  std::vector<FunctionId> Entries = entriesOf(Modules, false);
  std::set<FunctionId> Own;
  if (Siblings > 1)
    Own = codeOf(Driver, Modules, ProbedCode);
  std::erase_if(Entries, [&](FunctionId Entry) {
    return Entry == Probe || (Siblings > 1 && !Own.count(Entry));
  });
  std::vector<Operation> Readers;
  findCallable(Entries, Probe, ProbedCode);
  auto Started = llvm::partition(Entries, [&](FunctionId Entry) {
    return !isStartedByOthers(Entry, Modules, ProbedCode);
  });
  const std::set<FunctionId> Late(Started, Entries.end());
  std::set<FunctionId> Seen;
  Ready = checkpoint();
  const ObjectId FirstObject = Engine.terms().objectCount();
  for (FunctionId Entry : Entries) {
    if (Seen.count(Entry))
      continue;
    Engine.setMemory(layer(AfterProbe));
    Engine.setBudget({});
    SetUps.clear();
    runEntry(Entry, When, Driver, runBefore(Entry, When, Driver, Assume));
    if (Reachable.of(Entry) & ReachesBounce)
      Readers.push_back(operationRun(Entry, Ready.Events));
    runSetUp(ProbedCode, FirstObject, When, Driver);
    for (FunctionId Other : Late)
      if (Other != Entry && Engine.visited().count(Other))
        Seen.insert(Other);
    takeBack(Ready);
  }
  Engine.setMemory(layer(AfterProbe));
  runSequences(Readers, Modules, When, Driver, Assume);
  Engine.setMemory(layer(AfterProbe));
  runAfterOthers(Readers, Modules, When, Driver, Assume);
  Callable.clear();
}

void WorldBuilder::runService(const Registration *Device) {
  Engine.setMemory(layer(Device ? Device->State : Engine.memory()));
  DeviceObject = Device ? Device->Device : None;
  ChannelObject = Device ? Device->Channel : None;
  Given.clear();
  Bdd Assume = makeOthers(Device ? Device->Assume : Engine.conditions().yes(),
                          /*WithSubChannel=*/true);
  if (Device)
    copyFlags(*Device);
  const Memory *Base = layer(Engine.memory());
  Checkpoint Ready = checkpoint();
  for (FunctionId Entry : entriesOf(busModules(), true)) {
    if (Executed.count(Entry))
      continue;
    Engine.setMemory(layer(Base));
    Engine.setBudget({});
    runEntry(Entry, Phase::Service, None, Assume);
    takeBack(Ready);
  }
  DeviceObject = ChannelObject = None;
}

std::set<std::string> WorldBuilder::busModules() const {
  std::set<std::string> Result;
  for (FunctionId Registrar : Reachable.registrarsOf(History.Class))
    Result.insert(Linked.moduleOf(Registrar).str());
  return Result;
}

PartName WorldBuilder::partName(const std::string &What,
                                const std::set<std::string> &Modules) const {
  PartName Result;
  Result.Text = Class.Name + "\n" + What;
  for (const std::string &Module : Modules)
    Result.Text += "\n" + Module;
  // How many things there are at the start: contributions name some by number.
  Result.Text += "\n" + std::to_string(History.Registrations.size()) + " " +
                 std::to_string(Engine.terms().objectCount());
  for (uint32_t Unit = 0; Unit < Linked.units().size(); ++Unit)
    if (Modules.count(Linked.units()[Unit].Module))
      Result.Units.push_back(Unit);
  return Result;
}

void WorldBuilder::runDrivers(llvm::ArrayRef<GlobalId> Drivers) {
  for (size_t I = 0; I < History.Registrations.size(); ++I)
    for (GlobalId Driver : Drivers) {
      runDriver(History.Registrations[I], Driver, Phase::Probe);
      if (differs(History.Registrations[I], History.Later[I]))
        runDriver(History.Later[I], Driver, Phase::Late);
    }
}

void WorldBuilder::runParts() {
  const std::set<std::string> Bus = busModules();
  std::set<std::string> All = Bus;
  std::map<std::string, std::vector<GlobalId>> ByModule;
  for (GlobalId Driver : Reachable.driversOf(History.Class)) {
    std::string Module = Linked.units()[Linked.peekGlobal(Driver).Unit].Module;
    ByModule[Module].push_back(Driver);
    All.insert(Module);
  }
  auto RunBus = [&] {
    Engine.setMemory(layer(AfterInit));
    runService(History.Later.empty() ? nullptr : &History.Later[0]);
  };
  // Where a driver is in the same module as the bus, which entry points are
  // left for the bus is known only when the driver's are over.
  if (All.size() < Bus.size() + ByModule.size()) {
    Parts.run(partName("drivers and bus", All), [&] {
      for (const auto &[Module, Drivers] : ByModule)
        runDrivers(Drivers);
      RunBus();
    });
    return;
  }
  for (const auto &[Module, Drivers] : ByModule)
    Parts.run(partName(Announced.reach({Module}) ? "drivers with sub-channels"
                                                 : "drivers",
                       {Module}),
              [&, &Drivers = Drivers] { runDrivers(Drivers); });
  Parts.run(partName("bus", Bus), RunBus);
}

void WorldBuilder::run() {
  Checkpoint Before = checkpoint();
  Engine.setHooks(this);
  Parts.runCommon([&] {
    runInit();
    runBus();
    Observer.registered(History);
  });
  if (History.Registrations.empty())
    noteProblem("no code that registers a " + Class.Device.Struct +
                " was found or reached: the state of its devices is not known");
  runParts();
  Engine.setHooks(nullptr);
  Observer.finished(History);
  takeBack(Before);
}

} // namespace cocodma
