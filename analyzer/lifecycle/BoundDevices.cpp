// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which devices a driver is bound to: those that the bus registers for offers
// of the ids in the driver's table.
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

BoundDevices::~BoundDevices() = default;

DriverIds &WorldBuilder::idsOf(GlobalId Driver) {
  return Ids.try_emplace(Driver, Linked, Class, Driver).first->second;
}

std::optional<std::vector<unsigned>> WorldBuilder::servedIds(GlobalId Driver,
                                                             const Event &At) {
  // Without ids a driver is bound to whatever the bus has.
  DriverIds &Table = idsOf(Driver);
  if (Table.all().empty() || OfferRoots.empty())
    return std::nullopt;
  return Table.servedAt(At);
}

Value WorldBuilder::devicePointer(ObjectId Device) const {
  TermTable &Terms = Engine.terms();
  return always(
      Engine.conditions(),
      Terms.pointer(Device,
                    Terms.field(0, Linked.find(Class.Device.Struct + "." +
                                               Class.Device.Member))));
}

FunctionId WorldBuilder::callbackOfBus(ObjectId Device,
                                       const std::string &Member, Bdd When) {
  TermTable &Terms = Engine.terms();
  const PathId Embedded = Terms.field(
      0, Linked.find(Class.Device.Struct + "." + Class.Device.Member));
  const StringIndex Bus =
      Linked.find(Vocabulary.Core.Struct + "." + Vocabulary.Core.Bus);
  const StringIndex Field =
      Linked.find(Vocabulary.Core.BusStruct + "." + Member);
  if (Bus == None || Field == None)
    return None;
  const Value Table = under(Engine.conditions(),
                            Engine.load({Device, Terms.field(Embedded, Bus)},
                                        Engine.typeOfField(Bus), When),
                            When);
  const std::optional<Cell> Where =
      Table.size() == 1 ? Engine.target(Table[0].What) : std::nullopt;
  if (!Where)
    return None;
  const Value Code =
      Engine.load({Where->Object, Terms.field(Where->Path, Field)}, None, When);
  return Code.size() == 1 && Terms.term(Code[0].What).Kind == TermKind::Function
             ? FunctionId(Terms.term(Code[0].What).A)
             : FunctionId(None);
}

Bdd WorldBuilder::matches(ObjectId Device, GlobalId Driver, Bdd When) {
  // What the bus says when the driver core asks whether the driver is for it.
  TermTable &Terms = Engine.terms();
  PathId Embedded = Terms.field(
      0, Linked.find(Class.Device.Struct + "." + Class.Device.Member));
  StringIndex Inside =
      Linked.find(Class.Driver.Struct + "." + Class.Driver.Member);
  const FunctionId Code = callbackOfBus(Device, Vocabulary.Core.Match, When);
  if (Code == None || Inside == None)
    return When;
  TermId Of =
      Terms.pointer(Engine.globalObject(Driver), Terms.field(0, Inside));
  Value Answer = Engine.execute(
      Code,
      {always(Engine.conditions(), Terms.pointer(Device, Embedded)),
       always(Engine.conditions(), Of)},
      When);
  return Engine.conditions().formulas().conj(
      When, truth(Engine.conditions(), Answer));
}

Bdd WorldBuilder::letBusMatch(ObjectId Device, GlobalId Driver, Bdd Assume) {
  // What the bus writes down where it finds the driver to be for the device is
  // there when the driver probes it. Mostly it only compares.
  const Checkpoint Before = checkpoint();
  const size_t First = Engine.events().size();
  Memory *const Registered = Engine.memory();
  Memory *const Asked = layer(Registered);
  Engine.setMemory(Asked);
  Engine.setBudget({});
  const Bdd Found = matches(Device, Driver, Assume);
  if (Engine.exhausted())
    noteProblem("the execution budget was spent where the bus compares the "
                "device with a driver: what it writes there is not known");
  const bool Known = !Engine.exhausted() && !Found.isFalse();
  bool Writes = false;
  for (const Cell &C : Asked->changed()) {
    if (!Known || (C.Object != DeviceObject && C.Object != ChannelObject))
      continue;
    // What was only read is in the layer as well.
    const Value &Now = *Asked->find(C);
    if (!Registered->find(C) && Now.size() == 1 && Now[0].When.isTrue() &&
        Engine.terms().constantOf(Now[0].What) == 0)
      continue;
    Writes = true;
    Registered->set(C, settled(Engine.conditions(), Now, Found));
  }
  Engine.events().resize(First);
  if (!Writes)
    takeBack(Before);
  Engine.setMemory(Registered);
  // What was written says nothing of devices that are not for the driver.
  Guards &Conditions = Engine.conditions();
  return Writes ? Conditions.formulas().conj(
                      Assume, Conditions.projected(Found, Assume))
                : Assume;
}

void WorldBuilder::tried(const Event &At) {
  for (const Guarded &G : At.Device)
    if (std::optional<Cell> Device = deviceCell(G.What);
        Device && Device->Path == 0) {
      Trial->Registered.push_back({Device->Object, At.When, Engine.memory()});
      Trial->Layers.push_back(std::make_unique<Memory>(Engine.memory()));
      Engine.setMemory(Trial->Layers.back().get());
    }
}

void WorldBuilder::showBound(
    GlobalId Driver,
    llvm::function_ref<void(llvm::StringRef DataClass, Bdd When)> Use) {
  BddManager &B = Engine.conditions().bdd();
  TermTable &Terms = Engine.terms();
  for (const auto &Seen : std::vector(Trial->Registered)) {
    Memory Scratch(Seen.State);
    Engine.setMemory(&Scratch);
    Engine.setBudget({});
    ObjectId Channel = channelOf(Seen.Device, Seen.When);
    Bdd Bound = matches(Seen.Device, Driver, Seen.When);
    ObjectId Holder = Class.Channel ? Channel : Seen.Device;
    for (const Marker &M : Class.Markers) {
      StringIndex Field = Linked.find(Class.markerField(M));
      if (Field == None || Holder == None) {
        Use(M.DataClass, Bound);
        continue;
      }
      Bdd Set = truth(Engine.conditions(),
                      Engine.load({Holder, Terms.field(0, Field)},
                                  Engine.typeOfField(Field), Bound));
      if (std::optional<Bdd> Bit = offeredBit(M, Seen.When))
        Set = B.disj(Set, *Bit);
      Use(M.DataClass, B.conj(Bound, Set));
    }
  }
}

bool WorldBuilder::bound(
    GlobalId Driver, unsigned Id,
    llvm::function_ref<void(llvm::StringRef DataClass, Bdd When)> Use) {
  Evaluator::Checkpoint Before = Engine.checkpoint();
  std::map<std::string, unsigned> Losses = Engine.losses();
  const uint64_t Executed = Engine.executed();
  const ObjectId Outer[] = {DeviceObject, ChannelObject};
  const std::optional<Other> Others[] = {SubChannel, OtherDevice};
  DeviceObject = ChannelObject = None;
  SubChannel.reset();
  OtherDevice.reset();
  bool Whole = true;
  for (FunctionId Root : OfferRoots) {
    Trial.emplace();
    Trial->Layers.push_back(std::make_unique<Memory>(AfterInit));
    Engine.setMemory(Trial->Layers.back().get());
    Engine.setBudget({});
    Engine.assumeOffered(&idsOf(Driver).all()[Id]);
    Engine.execute(Root, {}, Engine.conditions().yes());
    Whole &= !Engine.exhausted();
    showBound(Driver, Use);
    Engine.assumeOffered(nullptr);
  }
  Trial.reset();
  DeviceObject = Outer[0];
  ChannelObject = Outer[1];
  SubChannel = Others[0];
  OtherDevice = Others[1];
  Engine.setLosses(std::move(Losses));
  Engine.setExecuted(Executed);
  Engine.rollBack(Before);
  return Whole;
}

} // namespace cocodma
