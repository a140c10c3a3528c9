// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which place an event belongs to, and whose data it is about.
#include "judge/Judge.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

bool Judge::isClassCode(FunctionId Function, unsigned Class) const {
  if (In.Linked.function(Function).Body->Inline)
    return false;
  return In.Reachable.classesOf(In.Linked.moduleOf(Function)).count(Class);
}

Place &Judge::place(FunctionId Function, InstIndex At, const std::string &Kind,
                    const std::string &Class) {
  SourceLocation Where = Traces.locationOf(Function, At);
  std::string Key = placeKey(Where, Kind);
  auto [Entry, New] = Gathered->Places.try_emplace(Key);
  if (New) {
    Entry->second.Key = Key;
    Entry->second.Location = Where;
    Entry->second.Function = Function;
    Entry->second.At = At;
    Entry->second.Kind = Kind;
    Entry->second.Expression = Traces.expression(Function, At);
    Entry->second.DeviceClass = Class;
    Entry->second.ByProfile.resize(Platforms.size());
  }
  return Entry->second;
}

Judge::SiteRecord &Judge::record(FunctionId Function, InstIndex At,
                                 const std::string &Kind,
                                 const std::string &Class) {
  Place &Where = place(Function, At, Kind, Class);
  auto [Entry, New] = Current.try_emplace(&Where);
  if (New) {
    Entry->second.Where = &Where;
    CurrentOrder.push_back(&Where);
  }
  return Entry->second;
}

std::optional<std::pair<FunctionId, InstIndex>>
Judge::callOf(const WorldEvent &Seen) const {
  if (Seen.Class == NoClass)
    return std::nullopt;
  InstIndex At = Seen.What.At;
  for (const Frame *F = Seen.What.Where.get(); F; F = F->Caller.get()) {
    if (isClassCode(F->Function, Seen.Class))
      return std::pair(F->Function, At);
    At = F->CallSite;
  }
  return std::nullopt;
}

Judge::SiteRecord *Judge::siteOf(const WorldEvent &Seen,
                                 const std::string &Kind) {
  auto Call = callOf(Seen);
  return Call ? &record(Call->first, Call->second, Kind,
                        In.Vocabulary.Classes[Seen.Class].Name)
              : nullptr;
}

Bdd Judge::marker(unsigned Class, const std::string &DataClass, ObjectId Owner,
                  const Memory *State, Bdd Path) {
  Bdd Remembered = rememberedMarker(Class, DataClass, Owner, State, Path);
  auto Forgotten = Offered.find({Owner, DataClass});
  return Forgotten == Offered.end() ? Remembered
                                    : B.disj(Remembered, Forgotten->second);
}

Bdd Judge::rememberedMarker(unsigned Class, const std::string &DataClass,
                            ObjectId Owner, const Memory *State, Bdd Path) {
  const DeviceClass &Described = In.Vocabulary.Classes[Class];
  const Marker *M = Described.marker(DataClass);
  if (!M)
    return Conditions.no();
  Memory Scratch(State);
  Memory *Outer = In.Engine.memory();
  In.Engine.setMemory(&Scratch);
  Bdd Result = Conditions.no();
  if (!M->Function.empty()) {
    FunctionId Id = In.Linked.anyFunction(M->Function);
    if (Id != None) {
      size_t Events = In.Engine.events().size();
      In.Engine.setBudget({});
      Result = truth(Conditions, In.Engine.execute(Id, {}, Path));
      In.Engine.events().resize(Events);
    }
  } else {
    StringIndex Field = In.Linked.find(Described.markerField(*M));
    if (Field != None && Owner != None)
      Result = truth(Conditions,
                     under(Conditions,
                           In.Engine.load({Owner, Terms.field(0, Field)},
                                          In.Engine.typeOfField(Field), Path),
                           Path));
  }
  In.Engine.setMemory(Outer);
  return Result;
}

std::optional<ObjectId> Judge::channelOf(unsigned Class, const Value &Owner,
                                         const Memory *State, Bdd Path,
                                         Bdd &When) {
  const DeviceClass &Described = In.Vocabulary.Classes[Class];
  for (const Guarded &G : Owner) {
    std::optional<Cell> Where = In.Engine.target(G.What);
    if (!Where || B.disjoint(G.When, Path) || B.disjoint(G.When, When))
      continue;
    const Object &O = Terms.object(Where->Object);
    StringIndex Record = O.Type == None ? None : In.Linked.recordOf(O.Type);
    if (Record == None)
      continue;
    llvm::StringRef Name = In.Linked.text(Record);
    if (Described.Channel && Name == Described.Channel->Struct) {
      When = B.conj(When, G.When);
      return Where->Object;
    }
    if (Name != Described.Device.Struct)
      continue;
    if (!Described.Channel) {
      When = B.conj(When, G.When);
      return Where->Object;
    }
    StringIndex Field = In.Linked.find(Described.Device.Struct + "." +
                                       Described.Channel->FromDevice);
    if (Field == None)
      continue;
    Memory Scratch(State);
    Memory *Outer = In.Engine.memory();
    In.Engine.setMemory(&Scratch);
    Value Channel = under(Conditions,
                          In.Engine.load({Where->Object, Terms.field(0, Field)},
                                         In.Engine.typeOfField(Field), Path),
                          Path);
    In.Engine.setMemory(Outer);
    for (const Guarded &C : Channel)
      if (std::optional<Cell> Found = In.Engine.target(C.What)) {
        When = B.conj(When, B.conj(G.When, C.When));
        return Found->Object;
      }
  }
  return std::nullopt;
}

std::optional<ObjectId> Judge::ownChannel(const WorldEvent &Seen,
                                          const ClassHistory &History) const {
  if (Seen.Driver == None || History.Registrations.empty())
    return std::nullopt;
  const Registration &Device = History.Registrations.front();
  return Device.Channel != None ? Device.Channel : Device.Device;
}

std::optional<ObjectId> Judge::mappedBy(const WorldEvent &Seen,
                                        const Guarded &Device,
                                        const ClassHistory &History,
                                        Bdd &When) {
  const DeviceClass &Class = In.Vocabulary.Classes[Seen.Class];
  StringIndex Member =
      In.Linked.find(Class.Device.Struct + "." + Class.Device.Member);
  std::optional<Cell> Where = In.Engine.target(Device.What);
  const bool Embedded = Where && Where->Path != 0;
  if (Embedded &&
      Terms.last(Where->Path) == PathStep{PathStep::Kind::Field, Member})
    return channelOf(Seen.Class,
                     always(Conditions, Terms.pointer(Where->Object, 0)),
                     Seen.State, Seen.What.When, When);
  if (Terms.constantOf(Device.What))
    return std::nullopt;
  // What a driver maps for somebody else's device is its own channel's data
  // all the same. A device that is nobody's may be its own.
  auto Own = ownChannel(Seen, History);
  if (Own && !Embedded &&
      (!Where || Terms.object(Where->Object).Kind == ObjectKind::Input))
    When = B.conj(When, Conditions.choice("which device data is mapped for",
                                          Certainty::Opaque));
  return Own;
}

void Judge::addBounce(const WorldEvent &Seen, const ClassHistory &History) {
  SiteRecord *Site = siteOf(Seen, "map");
  if (!Site)
    return;
  for (const Guarded &G : Seen.What.Device) {
    Sighting New;
    New.Seen = &Seen;
    New.DataClass = ExternalData;
    New.Confidential = Conditions.no();
    New.Leak = Conditions.no();
    Bdd When = B.conj(G.When, Seen.What.When);
    if (auto Channel = mappedBy(Seen, G, History, When)) {
      New.Confidential = marker(Seen.Class, New.DataClass, *Channel, Seen.State,
                                Seen.What.When);
      New.Leak = B.conj(When, New.Confidential);
    }
    Site->Sightings.push_back(New);
  }
}

bool Judge::holds(const Value &Subject, ObjectId Wanted,
                  const cocodma::Memory *State) {
  for (const Guarded &G : Subject) {
    std::optional<Cell> Where = In.Engine.target(G.What);
    if (!Where)
      continue;
    if (Where->Object == Wanted)
      return true;
    if (const Value *Shown = In.Engine.aliasSource(Where->Object))
      if (holds(*Shown, Wanted, State))
        return true;
    // An array of pages: what its elements point to.
    for (PathId P : State->paths(Where->Object)) {
      const Value *Content = State->find({Where->Object, P});
      for (const Guarded &C : Value(*Content)) {
        if (Terms.term(C.What).Kind != TermKind::Pointer)
          continue;
        if (auto Inner = In.Engine.target(C.What);
            Inner && Inner->Object == Wanted)
          return true;
      }
    }
  }
  return false;
}

bool Judge::isRing(unsigned Class, ObjectId Channel, const Value &Subject,
                   const Memory *State, Bdd Path) {
  const DeviceClass &Described = In.Vocabulary.Classes[Class];
  if (!Described.Channel || Described.RingMemory.empty())
    return false;
  StringIndex Field =
      In.Linked.find(Described.Channel->Struct + "." + Described.RingMemory);
  if (Field == None)
    return false;
  Memory Scratch(State);
  Memory *Outer = In.Engine.memory();
  In.Engine.setMemory(&Scratch);
  Value Ring = In.Engine.load({Channel, Terms.field(0, Field)},
                              In.Engine.typeOfField(Field), Path);
  In.Engine.setMemory(Outer);
  for (const Guarded &G : Ring)
    if (auto Where = In.Engine.target(G.What);
        Where && holds(Subject, Where->Object, State))
      return true;
  return false;
}

std::optional<ObjectId> Judge::ringOwner(unsigned Class, const Value &Subject,
                                         const Memory *State, Bdd Path) {
  const DeviceClass &Described = In.Vocabulary.Classes[Class];
  if (!Described.Channel)
    return std::nullopt;
  StringIndex Struct = In.Linked.find(Described.Channel->Struct);
  for (ObjectId Id = 0; Struct != None && Id < Terms.objectCount(); ++Id) {
    TypeIndex Type = Terms.object(Id).Type;
    if (Type == None || In.Linked.recordOf(Type) != Struct ||
        State->cellCount(Id) == 0)
      continue;
    if (isRing(Class, Id, Subject, State, Path))
      return Id;
  }
  return std::nullopt;
}

std::optional<ObjectId> Judge::ownerOf(const WorldEvent &Seen,
                                       const ClassHistory &History, Bdd &When,
                                       std::string &DataClass) {
  // The ring belongs to its channel, whoever touches it; other memory to the
  // channel or device at hand; in a driver, to its device at the least; what
  // is left is the bus's own.
  if (auto Ring = ringOwner(Seen.Class, Seen.What.Subject, Seen.State,
                            Seen.What.When)) {
    DataClass = RingData;
    return Ring;
  }
  DataClass = ExternalData;
  if (auto Owner = channelOf(Seen.Class, Seen.What.Device, Seen.State,
                             Seen.What.When, When))
    return Owner;
  if (auto Own = ownChannel(Seen, History))
    return Own;
  DataClass = ControlData;
  return std::nullopt;
}

bool Judge::hasOwner(const WorldEvent &Seen) {
  Bdd When = Seen.What.When;
  return channelOf(Seen.Class, Seen.What.Device, Seen.State, Seen.What.When,
                   When)
      .has_value();
}

void Judge::addSharing(const WorldEvent &Seen, const ClassHistory &History) {
  bool Alias = Seen.What.Kind == EventKind::Alias;
  SiteRecord *Site = siteOf(Seen, Alias ? "alias" : "share");
  if (!Site)
    return;
  Sighting New;
  New.Seen = &Seen;
  Bdd When = Seen.What.When;
  auto Owner = ownerOf(Seen, History, When, New.DataClass);
  New.Confidential =
      marker(Seen.Class, New.DataClass, Owner ? *Owner : ObjectId(None),
             Seen.State, Seen.What.When);
  New.Leak = B.conj(When, New.Confidential);
  if (!Owner || (New.DataClass != RingData && !hasOwner(Seen))) {
    // Memory of the bus itself that is shared whatever the marker says, and
    // into which nobody copies data, is how the two sides talk.
    bool OnlyThen = B.entails(Seen.What.When, New.Confidential);
    New.MayBeMeant = !OnlyThen;
  }
  Site->Sightings.push_back(New);
}

void Judge::addCopy(const WorldEvent &Seen, const ClassHistory &History) {
  SiteRecord *Site = siteOf(Seen, "copy");
  if (!Site)
    return;
  Sighting New;
  New.Seen = &Seen;
  Bdd When = B.conj(Seen.What.When, Seen.What.Shared);
  auto Owner = ownerOf(Seen, History, When, New.DataClass);
  New.Confidential =
      marker(Seen.Class, New.DataClass, Owner ? *Owner : ObjectId(None),
             Seen.State, Seen.What.When);
  New.Leak = B.conj(When, New.Confidential);
  Site->Sightings.push_back(New);
}

void Judge::forEachChannel(
    const WorldEvent &Seen,
    llvm::function_ref<void(ObjectId Channel, Bdd When)> Use) {
  const DeviceClass &Class = In.Vocabulary.Classes[Seen.Class];
  StringIndex Member =
      In.Linked.find(Class.Device.Struct + "." + Class.Device.Member);
  for (const Guarded &G : Seen.What.Device) {
    std::optional<Cell> Where = In.Engine.target(G.What);
    if (!Where || Where->Path == 0 ||
        !(Terms.last(Where->Path) == PathStep{PathStep::Kind::Field, Member}))
      continue;
    Bdd When = B.conj(G.When, Seen.What.When);
    Value Device = always(Conditions, Terms.pointer(Where->Object, 0));
    if (auto Channel =
            channelOf(Seen.Class, Device, Seen.State, Seen.What.When, When))
      Use(*Channel, When);
  }
}

void Judge::addForChannels(const WorldEvent &Seen, std::vector<Sighting> &To) {
  forEachChannel(Seen, [&](ObjectId Channel, Bdd When) {
    Sighting New;
    New.Seen = &Seen;
    New.DataClass = ExternalData;
    New.Confidential =
        marker(Seen.Class, New.DataClass, Channel, Seen.State, Seen.What.When);
    New.Leak = B.conj(When, New.Confidential);
    To.push_back(New);
  });
}

void Judge::addMapResult(const WorldEvent &Seen, const ClassHistory &History) {
  if (SiteRecord *Site = siteOf(Seen, "map"))
    addForChannels(Seen, Site->Results);
}

void Judge::addEvent(const WorldEvent &Seen, const ClassHistory &History) {
  if (Seen.Class == NoClass) {
    // No channel, no marker: only the rules that protect all memory apply.
    if (Seen.What.Kind == EventKind::Free)
      addFree(Seen, History);
    if (Seen.What.Kind == EventKind::Share)
      addSubpage(Seen, History);
    return;
  }
  switch (Seen.What.Kind) {
  case EventKind::Bounce:
    return addBounce(Seen, History);
  case EventKind::Share:
    addSubpage(Seen, History);
    // One root, one finding: what should not be shared like this at all.
    return isSubpage(Seen.What.Subject) ? void() : addSharing(Seen, History);
  case EventKind::Alias:
    return addSharing(Seen, History);
  case EventKind::Free:
    return addFree(Seen, History);
  case EventKind::Copy:
    return addCopy(Seen, History);
  case EventKind::Map:
  case EventKind::Unmap:
    return addMapping(Seen);
  case EventKind::MapResult:
    return addMapResult(Seen, History);
  case EventKind::NullCall:
    return addNullCall(Seen);
  case EventKind::MarkerWrite:
    return addTakenAway(Seen, History);
  default:
    return;
  }
}

void Judge::addStaticSites() {
  // Every call in a driver module, of any bus, that leads out of it and can
  // reach a primitive: what was executed has records already.
  for (FunctionId Id = 0; Id < In.Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *In.Linked.function(Id).Body;
    llvm::StringRef Module = In.Linked.moduleOf(Id);
    if (Body.Inline)
      continue;
    const auto &Classes = In.Reachable.classesOf(Module);
    if (Classes.empty() && !In.Reachable.isDriverModule(Module))
      continue;
    std::string Class = Classes.empty()
                            ? In.Reachable.driverStruct(Module)
                            : In.Vocabulary.Classes[*Classes.begin()].Name;
    for (InstIndex At = 0; At < Body.Insts.size(); ++At) {
      llvm::StringRef Kind = In.Reachable.siteKind(Module, Body.Insts[At]);
      if (!Kind.empty())
        place(Id, At, Kind.str(), Class);
    }
  }
}

} // namespace cocodma
