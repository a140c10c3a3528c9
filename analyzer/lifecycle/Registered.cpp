// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of a device from its registration on.
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

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

bool WorldBuilder::isFlag(const Value &Held, StringIndex Field) {
  // One or zero, and nothing else.
  TypeIndex Type = Engine.typeOfField(Field);
  return (Type != None && Linked.type(Type).Kind == TypeKind::Bool) ||
         llvm::all_of(Held, [&](const Guarded &G) {
           std::optional<int64_t> C = Engine.terms().constantOf(G.What);
           return C && (*C == 0 || *C == 1);
         });
}

void WorldBuilder::nameMarkers(Registration &Device) {
  // How the bus came to set a marker does not matter to what follows: from here
  // on it is an atom of its own. What relates the markers to each other and to
  // facts is part of what is known of the device.
  constexpr size_t MostFacts = 12;
  Guards &Conditions = Engine.conditions();
  BoundedFormulas &B = Conditions.formulas();
  TermTable &Terms = Engine.terms();
  Device.Known = Device.At.When;
  ObjectId Holder = Class.Channel ? Device.Channel : Device.Device;
  for (const Marker &M : Class.Markers) {
    StringIndex Field = Linked.find(Class.markerField(M));
    if (Field == None || Holder == None)
      continue;
    PathId Path = Terms.field(0, Field);
    const Value *Now = Device.Exact->find({Holder, Path});
    if (!Now)
      continue;
    Value Here = under(Conditions, *Now, Device.At.When);
    bool Flag = isFlag(Here, Field);
    Bdd Meaning = truth(Conditions, Here);
    // Whoever decides whether a device is confidential, there may be one that
    // is: an unknown answer is an input here, and nothing that was lost.
    for (uint32_t Variable : B.support(Meaning))
      Conditions.free(Variable);
    if (!Flag || Meaning.isConstant())
      continue;
    size_t Facts = 0;
    for (uint32_t Variable : B.support(Meaning))
      if (Conditions.isNumber(Variable) && ++Facts <= MostFacts)
        Conditions.keep(Conditions.bdd().variable(Variable));
    TermId Name = Terms.symbol(
        (Class.Channel ? "channel->" : "device->") + M.Field, Certainty::Free);
    Terms.keep(Name, /*Marks=*/true);
    Device.Markers[Path] = Name;
    Device.Known = B.conj(
        Device.Known, B.negate(B.exclusiveOr(Conditions.truth(Name), Meaning)));
  }
}

std::set<uint32_t> WorldBuilder::stateAtoms(const Registration &Device) {
  // Numbers of the bus that are made of facts or markers: what else they hang
  // on. All of its state would be much more, and make every condition larger.
  TermTable &Terms = Engine.terms();
  std::set<uint32_t> Result;
  for (ObjectId Id = 0; Id < Terms.objectCount(); ++Id) {
    if (Terms.object(Id).Kind != ObjectKind::Global)
      continue;
    for (PathId Path : Device.Exact->paths(Id)) {
      const Value Held = *Device.Exact->find({Id, Path});
      bool Numbers = true, Kept = false;
      for (const Guarded &G : Held) {
        TermKind Kind = Terms.term(G.What).Kind;
        Numbers &= Kind == TermKind::Constant || Kind == TermKind::Symbol;
        Kept |= Kind == TermKind::Symbol && Terms.isKept(G.What);
      }
      if (Numbers && Kept)
        for (const Guarded &G : Held)
          for (uint32_t Variable : Engine.conditions().bdd().support(G.When))
            Result.insert(Variable);
    }
  }
  return Result;
}

void WorldBuilder::findImplied(Registration &Device) {
  // What a marker makes sure of beside what is kept anyway: a bus whose
  // registration failed, say, has no confidential channel. Single atoms are
  // enough, and cost little in the conditions of all that runs later.
  constexpr size_t Nodes = 20'000;
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
  std::set<uint32_t> State = stateAtoms(Device);
  for (const auto &[Path, Name] : Device.Markers) {
    Bdd Marked = Conditions.truth(Name);
    NodeBudget Few(B, Nodes);
    Bdd Then = B.conj(Device.Known, Marked);
    for (uint32_t Variable : B.support(Then)) {
      if (!State.count(Variable) || Conditions.isKept(Variable) ||
          Conditions.definition(Variable) || Then.isFalse())
        continue;
      Bdd Atom = B.variable(Variable);
      bool Is = B.disjoint(Then, B.negate(Atom));
      if (B.exhausted() || (!Is && !B.disjoint(Then, Atom)))
        continue;
      Implied.insert(Variable);
      Device.Assume = B.conj(
          Device.Assume, B.disj(B.negate(Marked), Is ? Atom : B.negate(Atom)));
    }
  }
}

Bdd WorldBuilder::meaningOf(const Copy &Flag, const Registration &Device) {
  Guards &Conditions = Engine.conditions();
  Bdd Set = Conditions.truth(Device.Markers.at(Flag.Marker));
  return Flag.Negated ? Conditions.bdd().negate(Set) : Set;
}

std::optional<WorldBuilder::Copy>
WorldBuilder::copyOf(const Value &Held, Cell Where,
                     const Registration &Device) {
  // A flag that is what a marker is, or its negation, wherever the device is
  // registered. What names the marker's atom then names the flag's.
  constexpr size_t Nodes = 20'000;
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
  const PathStep &Last = Engine.terms().last(Where.Path);
  if (Last.What != PathStep::Kind::Field || !isFlag(Held, Last.Id))
    return std::nullopt;
  NodeBudget Few(B, Nodes);
  Bdd Here = B.conj(Device.Known, truth(Conditions, Held));
  Bdd Not = B.conj(Device.Known, B.negate(Here));
  std::optional<Copy> Result;
  for (const auto &[Path, Name] : Device.Markers) {
    Bdd Set = Conditions.truth(Name);
    Bdd Unset = B.negate(Set);
    if (B.exhausted() || Here.isFalse() || Not.isFalse() || Result)
      break;
    if (B.disjoint(Here, Unset) && B.disjoint(Not, Set))
      Result = Copy{Where, Path, false};
    else if (B.disjoint(Here, Set) && B.disjoint(Not, Unset))
      Result = Copy{Where, Path, true};
  }
  if (B.exhausted())
    Result.reset();
  return Result;
}

Memory *WorldBuilder::settledState(const Memory *Now,
                                   const Registration &Device) {
  Guards &Conditions = Engine.conditions();
  Memory *Settled = layer(Now);
  ObjectId Holder = Class.Channel ? Device.Channel : Device.Device;
  llvm::SmallVector<TermId> Names;
  for (const auto &[Path, Name] : Device.Markers)
    Names.push_back(Name);
  MarkedValues Known(Conditions, Device.Known, Names);
  for (ObjectId Object : {Device.Device, Device.Channel}) {
    if (Object == None)
      continue;
    for (PathId Path : Now->paths(Object)) {
      const Value Held = *Now->find({Object, Path});
      const Value *Before = Device.Exact->find({Object, Path});
      auto Name = Device.Markers.find(Path);
      bool Same = Object == Holder && Name != Device.Markers.end() && Before &&
                  *Before == Held;
      std::optional<Copy> Flag =
          Same ? std::nullopt : copyOf(Held, {Object, Path}, Device);
      if (Flag)
        Copies[Settled].push_back(*Flag);
      Settled->set({Object, Path},
                   Same   ? Engine.boolean(Conditions.truth(Name->second))
                   : Flag ? Engine.boolean(meaningOf(*Flag, Device))
                          : Known.settled(Held));
    }
  }
  settleGlobals(*Settled, Known);
  return Settled;
}

void WorldBuilder::settleGlobals(Memory &Settled, MarkedValues &Known) {
  // What the bus remembers of itself in flags, such as a static key that it
  // turned on. With all numbers conditions would be larger in all that follows.
  TermTable &Terms = Engine.terms();
  auto IsBit = [&](const Guarded &G) {
    std::optional<int64_t> C = Terms.constantOf(G.What);
    return C && (*C == 0 || *C == 1);
  };
  for (ObjectId Id = 0; Id < Terms.objectCount(); ++Id) {
    if (Terms.object(Id).Kind != ObjectKind::Global)
      continue;
    for (PathId Path : Settled.paths(Id)) {
      const Value Held = *Settled.find({Id, Path});
      if (!Engine.isKeyState(Path) && !llvm::all_of(Held, IsBit))
        continue;
      if (std::optional<Value> New = Known.decided(Held))
        Settled.set({Id, Path}, std::move(*New));
    }
  }
}

ObjectId WorldBuilder::channelOf(ObjectId Device, Bdd When) {
  if (!Class.Channel)
    return None;
  TermTable &Terms = Engine.terms();
  StringIndex Field =
      Linked.find(Class.Device.Struct + "." + Class.Channel->FromDevice);
  Cell Where{Device, Field == None ? 0 : Terms.field(0, Field)};
  for (const Guarded &C :
       under(Engine.conditions(),
             Engine.load(Where, Engine.typeOfField(Field), When), When))
    if (std::optional<Cell> Channel = Engine.target(C.What))
      return Channel->Object;
  return None;
}

void WorldBuilder::registered(const Event &At) {
  if (Trial)
    return tried(At);
  if (!InBus)
    return;
  for (const Guarded &G : At.Device) {
    std::optional<Cell> Device = deviceCell(G.What);
    if (!Device || Device->Path != 0)
      continue;
    Registration New;
    New.At = At;
    New.Device = Device->Object;
    New.Channel = channelOf(New.Device, At.When);
    for (ObjectId Object : {New.Device, New.Channel})
      if (Object != None)
        Engine.terms().object(Object).MayBeNull = false;
    // The device exists from here on: its state is what it is where the
    // registration was reached, free of the conditions that led there.
    New.Exact = Engine.memory();
    nameMarkers(New);
    findOffered(New);
    New.State = settledState(New.Exact, New);
    New.Root = CurrentRoot;
    New.Assume = Engine.conditions().projected(New.Known);
    findImplied(New);
    History.Registrations.push_back(std::move(New));
    // From here on the bus writes to a layer of its own: what is below is the
    // state that the first probe finds.
    Engine.setMemory(layer(Engine.memory()));
    return;
  }
}

bool WorldBuilder::marksAnew(const Registration &Device) {
  // A marker that is another after the registration than it was then.
  ObjectId Holder = Class.Channel ? Device.Channel : Device.Device;
  for (const Marker &M : Class.Markers) {
    StringIndex Field = Linked.find(Class.markerField(M));
    if (Field == None || Holder == None)
      continue;
    Cell Where{Holder, Engine.terms().field(0, Field)};
    const Value *Before = Device.Exact->find(Where);
    const Value *After = Engine.memory()->find(Where);
    if (After && (!Before || !(*Before == *After)))
      return true;
  }
  return false;
}

Registration WorldBuilder::leftAs(const Registration &Device) {
  Registration Later = Device;
  bool Anew = marksAnew(Device);
  if (Anew) {
    Later.Exact = Engine.memory();
    Later.Markers.clear();
    nameMarkers(Later);
    findOffered(Later);
  }
  Later.State = settledState(Engine.memory(), Later);
  if (Anew) {
    Later.Assume = Engine.conditions().projected(Later.Known);
    findImplied(Later);
  }
  return Later;
}

bool WorldBuilder::differs(const Registration &Device,
                           const Registration &Later) {
  if (Device.Markers != Later.Markers)
    return true;
  for (const Cell &C : Later.State->changed())
    if (C.Object == Device.Device) {
      const Value *Before = Device.State->find(C);
      if (Before && !(*Before == *Later.State->find(C)))
        return true;
    }
  return false;
}

} // namespace cocodma
