// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

WorldBuilder::WorldBuilder(Evaluator &Engine, const Reach &Reachable,
                           const Spec &Vocabulary, unsigned Class)
    : Engine(Engine), Reachable(Reachable), Vocabulary(Vocabulary),
      Linked(Engine.program()), Class(Vocabulary.Classes[Class]) {
  History.Class = Class;
}

Memory *WorldBuilder::layer(const Memory *Below) {
  History.Memories.push_back(std::make_unique<Memory>(Below));
  return History.Memories.back().get();
}

std::optional<Cell> WorldBuilder::deviceCell(TermId Device) {
  // The device of the class around a `struct device *`.
  std::optional<Cell> Where = Engine.target(Device);
  if (!Where || Where->Path == 0)
    return std::nullopt;
  TermTable &Terms = Engine.terms();
  const PathStep &Last = Terms.last(Where->Path);
  StringIndex Member =
      Linked.find(Class.Device.Struct + "." + Class.Device.Member);
  if (Last.What != PathStep::Kind::Field || Last.Id != Member)
    return std::nullopt;
  return Cell{Where->Object, Terms.parent(Where->Path)};
}

void WorldBuilder::keepMarkers(const Registration &Device) {
  // Whatever makes a marker true or false is as good as a marker.
  constexpr size_t Readable = 12;
  Guards &Conditions = Engine.conditions();
  ObjectId Holder = Class.Channel ? Device.Channel : Device.Device;
  std::string Owner =
      Class.Channel ? Class.Channel->Struct : Class.Device.Struct;
  for (const Marker &M : Class.Markers) {
    StringIndex Field =
        M.Field.empty() ? None : Linked.find(Owner + "." + M.Field);
    const Value *Now =
        Field == None || Holder == None
            ? nullptr
            : Engine.memory()->find({Holder, Engine.terms().field(0, Field)});
    if (!Now)
      continue;
    Bdd Marked = truth(Conditions, under(Conditions, *Now, Device.At.When));
    if (Conditions.formulas().size(Marked) <= Readable)
      Conditions.keep(Marked);
  }
}

void WorldBuilder::registered(const Event &At) {
  if (!InBus)
    return;
  for (const Guarded &G : At.Device) {
    std::optional<Cell> Device = deviceCell(G.What);
    if (!Device || Device->Path != 0)
      continue;
    Registration New;
    New.At = At;
    New.Device = Device->Object;
    if (Class.Channel) {
      StringIndex Field =
          Linked.find(Class.Device.Struct + "." + Class.Channel->FromDevice);
      TermTable &Terms = Engine.terms();
      Cell Where{Device->Object, Field == None ? 0 : Terms.field(0, Field)};
      for (const Guarded &C : under(
               Engine.conditions(),
               Engine.load(Where, Engine.typeOfField(Field), At.When), At.When))
        if (std::optional<Cell> Channel = Engine.target(C.What))
          if (New.Channel == None)
            New.Channel = Channel->Object;
    }
    // The device exists from here on: its state is what it is where the
    // registration was reached, free of the conditions that led there.
    keepMarkers(New);
    Memory *Settled = layer(Engine.memory());
    for (ObjectId Object : {New.Device, New.Channel}) {
      if (Object == None)
        continue;
      Engine.terms().object(Object).MayBeNull = false;
      for (PathId Path : Engine.memory()->paths(Object))
        Settled->set({Object, Path},
                     settled(Engine.conditions(),
                             *Engine.memory()->find({Object, Path}), At.When));
    }
    Engine.setMemory(Settled);
    New.State = Settled;
    New.Root = CurrentRoot;
    New.Assume = Engine.conditions().projected(At.When);
    History.Registrations.push_back(std::move(New));
    // From here on the bus writes to a layer of its own: what is below is the
    // state that the first probe finds.
    Engine.setMemory(layer(Engine.memory()));
    return;
  }
}

bool WorldBuilder::isOfOthers(ObjectId Parent) const {
  // Found from a variable that all devices of the driver share.
  const TermTable &Terms = Engine.terms();
  while (Parent != None && Terms.object(Parent).Kind == ObjectKind::Input)
    Parent = Terms.object(Parent).Parent;
  return Parent != None && Terms.object(Parent).Kind == ObjectKind::Global;
}

std::vector<TermId> WorldBuilder::candidates(StringIndex Record,
                                             ObjectId Parent) {
  TermTable &Terms = Engine.terms();
  llvm::StringRef Name = Linked.text(Record);
  auto IsIn = [&](const std::optional<Other> &Which) {
    return Which && Parent == Which->Channel;
  };
  if (DeviceObject != None && Name == Class.Device.Struct) {
    if (IsIn(SubChannel))
      return {Terms.constant(0)}; // The primary channel has the device.
    TermId Own = Terms.pointer(DeviceObject, 0);
    if (!OtherDevice || (!isOfOthers(Parent) && !IsIn(OtherDevice)))
      return {Own};
    TermId Foreign = Terms.pointer(OtherDevice->Device, 0);
    if (IsIn(OtherDevice))
      return {Foreign};
    return {Own, Foreign};
  }
  if (ChannelObject != None && Class.Channel && Name == Class.Channel->Struct) {
    TermId Primary = Terms.pointer(ChannelObject, 0);
    if (IsIn(SubChannel))
      return {Primary};
    if (OtherDevice && Parent == OtherDevice->Device)
      return {Terms.pointer(OtherDevice->Channel, 0)};
    if (!SubChannel)
      return {Primary};
    return {Primary, Terms.pointer(SubChannel->Channel, 0)};
  }
  auto Found = Instances.find(Record);
  if (Found != Instances.end() && Found->second.size() <= 3)
    return Found->second;
  auto Known = Given.find(Record);
  if (Parent == None && Known != Given.end() && Known->second.size() <= 3)
    return Known->second;
  return {};
}

Bdd WorldBuilder::alikeMarkers(ObjectId Holder, Bdd Assume) {
  // Whatever the bus makes sure of for the markers of one channel (that one
  // implies another, that a fact implies them) it does for those of all.
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
  TermTable &Terms = Engine.terms();
  ObjectId Known = Class.Channel ? ChannelObject : DeviceObject;
  std::string Owner =
      Class.Channel ? Class.Channel->Struct : Class.Device.Struct;
  Bdd Related = Assume;
  std::set<uint32_t> Wanted;
  for (const Marker &M : Class.Markers) {
    StringIndex Field =
        M.Field.empty() ? None : Linked.find(Owner + "." + M.Field);
    if (Field == None)
      continue;
    TypeIndex Type = Engine.typeOfField(Field);
    PathId Path = Terms.field(0, Field);
    Bdd Here = truth(
        Conditions,
        under(Conditions, Engine.load({Known, Path}, Type, Assume), Assume));
    Bdd There = truth(Conditions, Engine.load({Holder, Path}, Type, Assume));
    for (uint32_t Variable : B.support(There))
      Wanted.insert(Variable);
    Related = B.conj(Related, B.negate(B.exclusiveOr(Here, There)));
  }
  return B.exists(Related, [&](uint32_t Variable) {
    return !Wanted.count(Variable) &&
           Conditions.atom(Variable).Kind != Certainty::Fixed;
  });
}

Bdd WorldBuilder::makeOthers(Bdd Assume) {
  SubChannel.reset();
  OtherDevice.reset();
  if (DeviceObject == None || (Class.Channel && ChannelObject == None))
    return Assume;
  TermTable &Terms = Engine.terms();
  auto Make = [&](ObjectId Like, const char *Name) {
    Object O;
    O.Type = Terms.object(Like).Type;
    O.Name = Name;
    return Terms.newObject(O);
  };
  BoundedFormulas &B = Engine.conditions().formulas();
  Other Foreign;
  Foreign.Device = Make(DeviceObject, "another device");
  Bdd Result = Assume;
  if (Class.Channel) {
    SubChannel = Other{None, Make(ChannelObject, "sub-channel")};
    Result = B.conj(Result, alikeMarkers(SubChannel->Channel, Assume));
    Foreign.Channel = Make(ChannelObject, "channel of another device");
  }
  OtherDevice = Foreign;
  ObjectId Holder = Class.Channel ? Foreign.Channel : Foreign.Device;
  return B.conj(Result, alikeMarkers(Holder, Assume));
}

void WorldBuilder::handedPointer(StringIndex Record, TermId Pointer) {
  std::vector<TermId> &List = Given[Record];
  if (!llvm::is_contained(List, Pointer))
    List.push_back(Pointer);
}

void WorldBuilder::handedOut(FunctionId Code, llvm::ArrayRef<Value> Context) {
  for (auto &[Known, Values] : Handed)
    if (Known == Code)
      return;
  Handed.push_back({Code, Context.vec()});
}

void WorldBuilder::collect(size_t First, Phase When, GlobalId Driver,
                           FunctionId Entry) {
  std::vector<Event> &Events = Engine.events();
  for (size_t I = First; I < Events.size(); ++I) {
    WorldEvent New;
    New.What = Events[I];
    New.When = When;
    New.Class = History.Class;
    New.Driver = Driver;
    New.Entry = Entry;
    New.State = Engine.memory();
    History.Events.push_back(std::move(New));
  }
}

void WorldBuilder::collectInstances(ObjectId First) {
  // What the driver's probe made, and there is one of for each device: its
  // private structs, and objects that are devices themselves.
  TermTable &Terms = Engine.terms();
  StringIndex Base = Linked.find(Vocabulary.Core.Struct);
  for (ObjectId Id = First; Id < Terms.objectCount(); ++Id) {
    const Object &O = Terms.object(Id);
    bool Made = O.Kind == ObjectKind::Heap || O.Made;
    StringIndex Record =
        Made && O.Type != None ? Linked.recordOf(O.Type) : None;
    if (Record == None || Linked.text(Record) == Class.Device.Struct ||
        (Class.Channel && Linked.text(Record) == Class.Channel->Struct))
      continue;
    if (Linked.isPrivate(Record) ||
        (Base != None && Linked.embeds(Record, Base)))
      Instances[Record].push_back(Terms.pointer(Id, 0));
  }
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

std::vector<FunctionId>
WorldBuilder::entriesOf(const std::set<std::string> &Modules, bool Service) {
  // Code whose address is in a table or is taken, and, for services, external
  // functions that nobody in the database calls.
  std::vector<FunctionId> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    if (Body.Inline || Body.Initial ||
        !Modules.count(Linked.moduleOf(Id).str()))
      continue;
    if (!(Reachable.of(Id) & ~(ReachesRegister | ReachesMemory)))
      continue;
    bool Taken = !Linked.tablesOf(Id).empty() || !Linked.takersOf(Id).empty();
    bool Orphan = Service && Linked.callersOf(Id).empty();
    if (Taken || Orphan)
      Result.push_back(Id);
  }
  return Result;
}

bool WorldBuilder::belongsTo(FunctionId Entry, GlobalId Driver,
                             const std::set<FunctionId> &Probed) const {
  // Of several drivers in one module, an operation belongs to those whose
  // probe hands it on, by itself or in a table, or whose own table has it.
  for (FunctionId Taker : Linked.takersOf(Entry))
    if (Probed.count(Taker))
      return true;
  for (GlobalId Table : Linked.tablesOf(Entry)) {
    if (Table == Driver)
      return true;
    for (FunctionId Id : Probed)
      for (const Inst &I : Linked.function(Id).Body->Insts)
        if (I.Op == Opcode::GlobalAddress && I.Value == int64_t(Table))
          return true;
  }
  for (const auto &[Code, Context] : Handed)
    if (Code == Entry)
      return true;
  return false;
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

void WorldBuilder::runEntryWith(FunctionId Entry, Phase When, GlobalId Driver,
                                Bdd Assume, uint32_t ChannelAt,
                                TermId Channel) {
  size_t First = Engine.events().size();
  std::vector<Value> Arguments;
  const FunctionSummary &Body = *Linked.function(Entry).Body;
  std::vector<Value> Context;
  for (auto &[Code, Values] : Handed)
    if (Code == Entry)
      Context = Values;
  for (uint32_t I = 0; I < Body.ParameterCount; ++I) {
    if (I == ChannelAt) {
      Arguments.push_back(always(Engine.conditions(), Channel));
      continue;
    }
    TypeIndex Type = Body.Locals[I].Type;
    bool Untyped = Linked.isPointer(Type) &&
                   (Linked.pointee(Type) == None ||
                    Linked.type(Linked.pointee(Type)).Kind == TypeKind::Void);
    Value Argument;
    if (Untyped)
      for (const Value &V : Context)
        if (Argument.empty() && V.size() == 1 &&
            Engine.terms().term(V[0].What).Kind == TermKind::Pointer)
          Argument = V;
    if (Argument.empty())
      Argument = Engine.input(Type, Linked.text(Body.Locals[I].Name).str(),
                              None, Body.Locals[I].Name);
    Arguments.push_back(std::move(Argument));
  }
  Engine.execute(Entry, Arguments, Assume);
  Executed.insert(Entry);
  noteSpent(Entry);
  collect(First, When, Driver, Entry);
}

void WorldBuilder::runInit() {
  Engine.setMemory(layer(nullptr));
  std::set<std::string> Modules;
  for (FunctionId Registrar : Reachable.registrarsOf(History.Class))
    Modules.insert(Linked.moduleOf(Registrar).str());
  Engine.setInitialModules(Modules);
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    const auto &Classes = Reachable.classesOf(Linked.moduleOf(Id));
    bool Bus = false;
    for (FunctionId Registrar : Reachable.registrarsOf(History.Class))
      Bus |= Linked.moduleOf(Registrar) == Linked.moduleOf(Id);
    if (!Body.Initial || !Bus || !Classes.count(History.Class) ||
        !Linked.callersOf(Id).empty())
      continue;
    Engine.setBudget({});
    runEntry(Id, Phase::Init, None, Engine.conditions().yes());
  }
  Engine.setInitialModules({});
}

void WorldBuilder::runBus() {
  const Memory *Base = Engine.memory();
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
      History.Registrations[I].Final = Engine.memory();
    Executed.insert(Root);
    collect(First, Phase::Bus, None, Root);
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

void WorldBuilder::noteSpent(FunctionId Entry) {
  if (!Engine.exhausted())
    return;
  std::string Text = "the execution budget was spent in " +
                     Linked.functionName(Entry).str() + "()";
  if (!llvm::is_contained(History.Problems, Text))
    History.Problems.push_back(Text);
}

bool WorldBuilder::saysMarker(const Value &V, Bdd Where) {
  // It differs between devices: a number that depends on this one's marker.
  Guards &Conditions = Engine.conditions();
  for (const Guarded &G : V) {
    if (Engine.terms().term(G.What).Kind == TermKind::Pointer ||
        Engine.terms().term(G.What).Kind == TermKind::Function)
      return false;
    if (Engine.terms().isMarking(G.What))
      return true;
    for (uint32_t Variable : Conditions.bdd().support(
             Conditions.formulas().cofactor(G.When, Where))) {
      const Atom &A = Conditions.atom(Variable);
      if (Conditions.isKept(Variable) && A.Kind == Certainty::Free &&
          A.What != Predicate::Choice && Engine.terms().isMarking(A.Subject))
        return true;
    }
  }
  return false;
}

void WorldBuilder::settle(Bdd Success) {
  // A driver whose probe failed has no operations: what follows sees the
  // memory as it is where the probe succeeded.
  Guards &Conditions = Engine.conditions();
  Memory *Probed = Engine.memory();
  Memory *Settled = layer(Probed);
  for (const Cell &C : Probed->changed()) {
    ObjectKind Kind = Engine.terms().object(C.Object).Kind;
    if (Kind == ObjectKind::Local)
      continue;
    Value Now = settled(Conditions, *Probed->find(C), Success);
    if (Kind == ObjectKind::Global && saysMarker(Now, Success))
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

void WorldBuilder::runDriver(const Registration &Device, GlobalId Driver,
                             bool Late) {
  TermTable &Terms = Engine.terms();
  Guards &Conditions = Engine.conditions();
  BoundedFormulas &B = Conditions.formulas();
  Bdd Assume = Device.Assume;
  Engine.setMemory(layer(Late ? Device.Final : Device.State));
  // What the probe leaves is what all operations start from.
  Budget ForProbe;
  ForProbe.Instructions = ForProbe.ProbeInstructions;
  Engine.setBudget(ForProbe);
  Instances.clear();
  Given.clear();
  Handed.clear();
  DeviceObject = Device.Device;
  ChannelObject = Device.Channel;
  Assume = makeOthers(Assume);
  bindDriver(Device, Driver, Assume);
  Engine.forgetVisited();
  ObjectId FirstObject = Terms.objectCount();
  size_t First = Engine.events().size();
  Phase When = Late ? Phase::Late : Phase::Probe;
  PathId Embedded = Terms.field(
      0, Linked.find(Class.Device.Struct + "." + Class.Device.Member));
  Value DevicePointer =
      always(Conditions, Terms.pointer(Device.Device, Embedded));
  // The driver core: the bus configures DMA, then lets the driver probe.
  StringIndex BusField =
      Linked.find(Vocabulary.Core.Struct + "." + Vocabulary.Core.Bus);
  Value Bus =
      BusField == None
          ? Value()
          : under(Conditions,
                  Engine.load({Device.Device, Terms.field(Embedded, BusField)},
                              Engine.typeOfField(BusField), Assume),
                  Assume);
  bool Probed = false;
  Value Outcome;
  Engine.setProbing(true);
  for (const std::string &Member :
       {Vocabulary.Core.Configure, Vocabulary.Core.Probe}) {
    StringIndex Field = Linked.find(Vocabulary.Core.BusStruct + "." + Member);
    if (Field == None || Bus.size() != 1)
      continue;
    std::optional<Cell> Where = Engine.target(Bus[0].What);
    if (!Where)
      continue;
    Value Code = Engine.load({Where->Object, Terms.field(Where->Path, Field)},
                             None, Assume);
    if (Code.size() != 1 || Terms.term(Code[0].What).Kind != TermKind::Function)
      continue;
    Outcome =
        Engine.execute(Terms.term(Code[0].What).A, {DevicePointer}, Assume);
    Probed |= Member == Vocabulary.Core.Probe;
  }
  FunctionId Probe = driverFunction(Driver, Vocabulary.Core.Probe);
  if (Probe != None && !Engine.visited().count(Probe))
    Probed = false;
  if (!Probed && Probe != None)
    Outcome = Engine.execute(
        Probe, {always(Conditions, Terms.pointer(Device.Device, 0))}, Assume);
  Engine.setProbing(false);
  if (Probe != None)
    noteSpent(Probe);
  collect(First, When, Driver, Probe);
  collectInstances(FirstObject);
  settle(B.conj(Assume, B.negate(truth(Conditions, Outcome))));
  const Memory *AfterProbe = Engine.memory();
  std::set<std::string> Modules = {
      Linked.units()[Linked.global(Driver).Unit].Module};
  std::set<FunctionId> ProbedCode = Engine.visited();
  unsigned Siblings = 0;
  for (GlobalId Other : Reachable.driversOf(History.Class))
    Siblings += Modules.count(Linked.units()[Linked.global(Other).Unit].Module);
  for (FunctionId Entry : entriesOf(Modules, false)) {
    if (Entry == Probe ||
        (Siblings > 1 && !belongsTo(Entry, Driver, ProbedCode)))
      continue;
    Engine.setMemory(layer(AfterProbe));
    Engine.setBudget({});
    runEntry(Entry, Late ? Phase::Late : Phase::Operation, Driver, Assume);
  }
  DeviceObject = ChannelObject = None;
}

bool WorldBuilder::changedAfter(const Registration &Device) {
  for (auto &Layer : History.Memories) {
    if (Layer.get() == Device.State)
      continue;
    if (Layer.get() != Device.Final)
      continue;
    for (const Cell &C : Layer->changed())
      if (C.Object == Device.Device) {
        const Value *Before = Device.State->find(C);
        if (Before && !(*Before == *Layer->find(C)))
          return true;
      }
  }
  return false;
}

void WorldBuilder::runService(const Registration *Device) {
  const Memory *Base = Device ? Device->Final : Engine.memory();
  DeviceObject = Device ? Device->Device : None;
  ChannelObject = Device ? Device->Channel : None;
  Instances.clear();
  Given.clear();
  std::set<std::string> Modules;
  for (FunctionId Registrar : Reachable.registrarsOf(History.Class))
    Modules.insert(Linked.moduleOf(Registrar).str());
  Bdd Assume = makeOthers(Device ? Device->Assume : Engine.conditions().yes());
  for (FunctionId Entry : entriesOf(Modules, true)) {
    if (Executed.count(Entry))
      continue;
    Engine.setMemory(layer(Base));
    Engine.setBudget({});
    runEntry(Entry, Phase::Service, None, Assume);
  }
  DeviceObject = ChannelObject = None;
}

ClassHistory WorldBuilder::run() {
  Engine.setHooks(this);
  runInit();
  const Memory *AfterInit = Engine.memory();
  runBus();
  if (History.Registrations.empty())
    History.Problems.push_back(
        "no code that registers a " + Class.Device.Struct +
        " was found or reached: the state of its devices is not known");
  for (const Registration &Device : History.Registrations)
    for (GlobalId Driver : Reachable.driversOf(History.Class)) {
      runDriver(Device, Driver, false);
      if (changedAfter(Device))
        runDriver(Device, Driver, true);
    }
  Engine.setMemory(layer(AfterInit));
  runService(History.Registrations.empty() ? nullptr
                                           : &History.Registrations[0]);
  Engine.setHooks(nullptr);
  return std::move(History);
}

} // namespace cocodma
