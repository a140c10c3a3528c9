// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Channels and devices besides those of the world: what else a pointer may
// mean.
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

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
  for (const auto &[Variable, Tied] : TiedOthers) {
    if (Parent == Tied.Channel && Name == Class.Device.Struct)
      return {Terms.pointer(Tied.Device, 0)};
    if (Parent == Tied.Device && Class.Channel && Name == Class.Channel->Struct)
      return {Terms.pointer(Tied.Channel, 0)};
  }
  if (DeviceObject != None && Name == Class.Device.Struct) {
    if (IsIn(SubChannel))
      return {Terms.constant(0)}; // The primary channel has the device.
    TermId Own = Terms.pointer(DeviceObject, 0);
    if (!OtherDevice || (!isOfOthers(Parent) && !IsIn(OtherDevice)))
      return {Own};
    TermId Foreign = Terms.pointer(OtherDevice->Device, 0);
    if (IsIn(OtherDevice))
      return {Foreign};
    if (ObjectId Tied = keptInVariable(Parent); Tied != None)
      return {Terms.pointer(Tied, 0)};
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
  // What hangs on another device was not made by this probe.
  if (OtherDevice && Parent != None &&
      (Parent == OtherDevice->Device || Parent == OtherDevice->Channel))
    return {};
  if (auto Own = Constructed.find(Record); Own != Constructed.end())
    return {Own->second};
  std::vector<TermId> Result = Given.candidates(Record, Parent == None);
  // What the probe registers in turn (a class device, say) is not the only one
  // that operations are called for: attributes of the driver belong to its own.
  if (DeviceObject != None && Parent == None && !Result.empty() &&
      Name == Vocabulary.Core.Struct) {
    const PathId Embedded = Terms.field(
        0, Linked.find(Class.Device.Struct + "." + Class.Device.Member));
    const TermId Own = Terms.pointer(DeviceObject, Embedded);
    if (!llvm::is_contained(Result, Own))
      Result.insert(Result.begin(), Own);
  }
  if (auto Own = Holders.find(Record); Result.empty() && Own != Holders.end())
    return {Terms.pointer(Engine.globalObject(Own->second), 0)};
  return Result;
}

Bdd WorldBuilder::alikeMarkers(ObjectId Holder, Bdd Assume) {
  // Whatever the bus makes sure of for the markers of one channel (that one
  // implies another, that a fact implies them) it does for those of all.
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
  TermTable &Terms = Engine.terms();
  ObjectId Known = Class.Channel ? ChannelObject : DeviceObject;
  Bdd Related = Assume;
  std::set<uint32_t> Wanted;
  for (const Marker &M : Class.Markers) {
    StringIndex Field = Linked.find(Class.markerField(M));
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
    return !Wanted.count(Variable) && !Implied.count(Variable) &&
           Conditions.atom(Variable).Kind != Certainty::Fixed;
  });
}

/// What \p Write stores, if it is a constant.
static std::optional<int64_t> constantOf(const Program &Linked,
                                         const FieldWrite &Write) {
  const FunctionSummary &Body = *Linked.inspect(Write.Function).Body;
  const Inst *From = &Body.Insts[Body.Insts[Write.Store].B];
  while (From->Op == Opcode::Cast)
    From = &Body.Insts[From->A];
  return From->Op == Opcode::Constant ? std::optional(From->Value)
                                      : std::nullopt;
}

std::set<StringIndex> WorldBuilder::flagsOfBus() const {
  // Flags of devices and channels to which only constants are written, and some
  // by the bus.
  std::set<std::string> Modules, Structs = {Class.Device.Struct};
  if (Class.Channel)
    Structs.insert(Class.Channel->Struct);
  for (FunctionId Registrar : Reachable.registrarsOf(History.Class))
    Modules.insert(Linked.moduleOf(Registrar).str());
  std::set<StringIndex> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    if (!Modules.count(Linked.moduleOf(Id).str()))
      continue;
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (const Inst &I : Body.Insts)
      if (I.Op == Opcode::Store && Body.Insts[I.A].Op == Opcode::FieldAddress &&
          Structs.count(
              Linked.text(Body.Insts[I.A].Name).rsplit('.').first.str()))
        Result.insert(Body.Insts[I.A].Name);
  }
  std::erase_if(Result, [&](StringIndex Field) {
    TypeIndex Type = Engine.typeOfField(Field);
    return Type == None || Linked.type(Type).Kind != TypeKind::Bool ||
           !llvm::all_of(Linked.writesOf(Field), [&](const FieldWrite &W) {
             return constantOf(Linked, W).has_value();
           });
  });
  return Result;
}

void WorldBuilder::letBusAct(Bdd Success) {
  // The bus goes on while the driver works: what it may set in a device or its
  // channel (that the host took it back, say) may be set at any operation.
  Guards &Conditions = Engine.conditions();
  TermTable &Terms = Engine.terms();
  for (StringIndex Field : flagsOfBus()) {
    bool OfDevice = Linked.text(Field).rsplit('.').first == Class.Device.Struct;
    Cell Where{OfDevice ? DeviceObject : ChannelObject, Terms.field(0, Field)};
    if (Where.Object == None)
      continue;
    Value Now =
        under(Conditions,
              Engine.load(Where, Engine.typeOfField(Field), Success), Success);
    std::optional<int64_t> Constant =
        Now.size() == 1 ? Terms.constantOf(Now[0].What) : std::nullopt;
    if (!Constant ||
        llvm::none_of(Linked.writesOf(Field), [&](const FieldWrite &W) {
          return constantOf(Linked, W) == !*Constant;
        }))
      continue;
    Bdd Since = Conditions.choice("the bus has changed " +
                                      Linked.text(Field).str() + " since",
                                  Certainty::Free);
    Engine.memory()->set(
        Where, choose(Conditions, Since,
                      always(Conditions, Terms.constant(!*Constant)), Now));
  }
}

std::map<FunctionId, std::set<StringIndex>>
WorldBuilder::operationsOfBus() const {
  // What the bus does to a device later (resume it, say), and what it writes.
  Operations Code(Linked, Vocabulary);
  const StringIndex Device = Linked.find(Vocabulary.Core.Struct);
  const std::set<std::string> Modules = busModules();
  std::map<FunctionId, std::set<StringIndex>> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    if (!Modules.count(Linked.moduleOf(Id).str()))
      continue;
    const FunctionSummary &Body = *Linked.function(Id).Body;
    if (Body.ParameterCount > 0 && !Linked.tablesOf(Id).empty() &&
        Code.isBetween(Id) && !Engine.visited().count(Id) &&
        Linked.recordOf(Body.Locals[0].Type) == Device)
      for (const StateWrite &Write : Code.of(Id).Writes)
        Result[Id].insert(Write.What);
  }
  return Result;
}

void WorldBuilder::letBusForget(Bdd Success) {
  // What says that the device is confidential may have been overwritten since.
  Guards &Conditions = Engine.conditions();
  TermTable &Terms = Engine.terms();
  PathId Embedded = Terms.field(
      0, Linked.find(Class.Device.Struct + "." + Class.Device.Member));
  for (const auto &[Entry, Written] : operationsOfBus()) {
    std::vector<Cell> Flags;
    for (ObjectId Object : {DeviceObject, ChannelObject})
      for (PathId Path : Object == None ? std::vector<PathId>()
                                        : Engine.memory()->paths(Object))
        if (Path != 0 && Written.count(Terms.last(Path).Id) &&
            saysMarker(*Engine.memory()->find({Object, Path}), Success))
          Flags.push_back({Object, Path});
    if (Flags.empty())
      continue;
    Memory *Now = Engine.memory();
    size_t First = Engine.events().size();
    Engine.setMemory(layer(Now));
    Engine.setBudget({});
    Engine.execute(Entry,
                   {always(Conditions, Terms.pointer(DeviceObject, Embedded))},
                   Success);
    Engine.events().resize(First);
    const Memory *After = Engine.memory();
    Engine.setMemory(Now);
    Bdd Since = Conditions.choice(Linked.functionName(Entry).str() +
                                      "() was called since",
                                  Certainty::Free);
    for (Cell Flag : Flags)
      if (!(*After->find(Flag) == *Now->find(Flag)))
        Now->set(Flag, choose(Conditions, Since,
                              under(Conditions, *After->find(Flag), Success),
                              *Now->find(Flag)));
  }
}

void WorldBuilder::tieToDevice(ObjectId Sub) {
  // Where the bus notes to which channel and device a sub-channel belongs.
  Guards &Conditions = Engine.conditions();
  TermTable &Terms = Engine.terms();
  for (StringIndex Member : Announced.channelMembers())
    Engine.memory()->set({Sub, Terms.field(0, Member)},
                         always(Conditions, Terms.pointer(ChannelObject, 0)));
  for (StringIndex Member : Announced.deviceMembers())
    Engine.memory()->set({Sub, Terms.field(0, Member)},
                         always(Conditions, Terms.pointer(DeviceObject, 0)));
}

void WorldBuilder::linkSubChannel(const std::set<std::string> &Modules) {
  // A list of channels that begins in the device's own was empty when that was
  // offered; the sub-channel may be in it.
  if (!SubChannel)
    return;
  Guards &Conditions = Engine.conditions();
  TermTable &Terms = Engine.terms();
  const Bdd There =
      Conditions.choice("there is a sub-channel", Certainty::Free);
  for (StringIndex Member : Announced.links(Modules)) {
    const PathId Link = Terms.field(0, Member);
    const TermId Head = Terms.pointer(ChannelObject, Link);
    const TermId Entry = Terms.pointer(SubChannel->Channel, Link);
    for (PathId Path : Engine.memory()->paths(ChannelObject)) {
      const Value *Now = Engine.memory()->find({ChannelObject, Path});
      if (Path == Link || !Terms.startsWith(Path, Link) || Now->size() != 1 ||
          Now->front().What != Head)
        continue;
      Engine.memory()->set({SubChannel->Channel, Path},
                           always(Conditions, Head));
      Engine.memory()->set({ChannelObject, Path},
                           choose(Conditions, There, always(Conditions, Entry),
                                  always(Conditions, Head)));
    }
  }
}

Bdd WorldBuilder::makeOthers(Bdd Assume, bool WithSubChannel) {
  SubChannel.reset();
  OtherDevice.reset();
  TiedOthers.clear();
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
    if (WithSubChannel) {
      SubChannel = Other{None, Make(ChannelObject, "sub-channel")};
      tieToDevice(SubChannel->Channel);
      Result = B.conj(Result, alikeMarkers(SubChannel->Channel, Assume));
    }
    Foreign.Channel = Make(ChannelObject, "channel of another device");
  }
  OtherDevice = Foreign;
  ObjectId Holder = Class.Channel ? Foreign.Channel : Foreign.Device;
  return B.conj(Result, alikeMarkers(Holder, Assume));
}

void WorldBuilder::copyFlagsTo(const Other &Which) {
  // What the bus noted of a marker for this device and its channel, it noted
  // for the others.
  Guards &Conditions = Engine.conditions();
  const ObjectId Holder = Class.Channel ? Which.Channel : Which.Device;
  for (const Copy &Flag : KnownCopies) {
    ObjectId Into = Flag.Where.Object == ChannelObject  ? Which.Channel
                    : Flag.Where.Object == DeviceObject ? Which.Device
                                                        : None;
    if (Into == None || Holder == None)
      continue;
    StringIndex Field = Engine.terms().last(Flag.Marker).Id;
    Bdd Set = truth(Conditions,
                    Engine.load({Holder, Flag.Marker},
                                Engine.typeOfField(Field), Conditions.yes()));
    Engine.memory()->set(
        {Into, Flag.Where.Path},
        Engine.boolean(Flag.Negated ? Conditions.bdd().negate(Set) : Set));
  }
}

void WorldBuilder::copyFlags(const Registration &Device) {
  KnownCopies = Copies[Device.State];
  if (SubChannel)
    copyFlagsTo(*SubChannel);
  if (OtherDevice)
    copyFlagsTo(*OtherDevice);
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

} // namespace cocodma
