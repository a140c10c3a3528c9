// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Devices that a driver keeps in a variable: what this device's probe did is
// what each probe does, so a device that is found there is one that was put
// there, under the condition under which this one is.
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::optional<Bdd> WorldBuilder::whenPut(GlobalId Variable) {
  // All that ever writes it was executed, or takes the device out again.
  for (const FieldWrite &Write : Linked.writesOfGlobal(Variable)) {
    const FunctionSummary &Body = *Linked.inspect(Write.Function).Body;
    const Inst &Store = Body.Insts[Write.Store];
    if (Store.Op != Opcode::Store)
      return std::nullopt;
    const Inst *From = &Body.Insts[Store.B];
    while (From->Op == Opcode::Cast)
      From = &Body.Insts[From->A];
    if (From->Op != Opcode::Constant && !Engine.visited().count(Write.Function))
      return std::nullopt;
  }
  const TermTable &Terms = Engine.terms();
  const Value *Now = Engine.memory()->find({Engine.globalObject(Variable), 0});
  std::optional<Bdd> Result;
  for (const Guarded &G : Now ? *Now : Value())
    if (const Term &T = Terms.term(G.What);
        T.Kind == TermKind::Pointer &&
        (Terms.object(T.A).Kind == ObjectKind::Heap || T.A == DeviceObject ||
         T.A == ChannelObject))
      Result = Engine.conditions().formulas().disj(
          Result.value_or(Engine.conditions().no()), G.When);
  return Result;
}

std::vector<Cell> WorldBuilder::markerCells(ObjectId Holder) {
  std::vector<Cell> Result;
  for (const Marker &M : Class.Markers)
    if (StringIndex Field = Linked.find(Class.markerField(M)); Field != None)
      Result.push_back({Holder, Engine.terms().field(0, Field)});
  return Result;
}

Bdd WorldBuilder::markerSet(Cell Marker) {
  StringIndex Field = Engine.terms().last(Marker.Path).Id;
  return truth(Engine.conditions(),
               Engine.load(Marker, Engine.typeOfField(Field),
                           Engine.conditions().yes()));
}

Bdd WorldBuilder::settingOf(llvm::ArrayRef<Bdd> Markers, unsigned Setting) {
  BddManager &B = Engine.conditions().bdd();
  Bdd Result = Engine.conditions().yes();
  for (size_t I = 0; I < Markers.size(); ++I)
    Result =
        B.conj(Result, Setting >> I & 1 ? Markers[I] : B.negate(Markers[I]));
  return Result;
}

void WorldBuilder::allowOnly(ObjectId Holder,
                             llvm::ArrayRef<unsigned> Settings) {
  BddManager &B = Engine.conditions().bdd();
  const std::vector<Cell> Cells = markerCells(Holder);
  std::vector<Bdd> Free;
  Free.reserve(Cells.size());
  for (Cell Which : Cells)
    Free.push_back(markerSet(Which));
  Bdd Fits = Engine.conditions().no();
  for (unsigned Setting : Settings)
    Fits = B.disj(Fits, settingOf(Free, Setting));
  for (size_t I = 0; I < Cells.size(); ++I) {
    Bdd Else = B.constant(Settings[0] >> I & 1);
    Bdd Set = B.disj(B.conj(Fits, Free[I]), B.conj(B.negate(Fits), Else));
    Engine.memory()->set(Cells[I], Engine.boolean(Set));
  }
}

ObjectId WorldBuilder::keptInVariable(ObjectId Parent) {
  TermTable &Terms = Engine.terms();
  Guards &Conditions = Engine.conditions();
  while (Terms.object(Parent).Kind == ObjectKind::Input)
    Parent = Terms.object(Parent).Parent;
  const GlobalId Variable = Terms.object(Parent).Entity;
  for (const auto &[Known, Tied] : TiedOthers)
    if (Known == Variable)
      return Tied.Device;
  std::optional<Bdd> Put = whenPut(Variable);
  if (!Put || Put->isFalse())
    return None;
  // Which settings of the markers allow it.
  std::vector<Bdd> Own;
  for (Cell Which : markerCells(Class.Channel ? ChannelObject : DeviceObject))
    Own.push_back(markerSet(Which));
  std::vector<unsigned> Allowed;
  const Bdd Where = Conditions.projected(*Put);
  for (unsigned Setting = 0; Setting < 1u << Own.size(); ++Setting)
    if (!Conditions.bdd().conj(Where, settingOf(Own, Setting)).isFalse())
      Allowed.push_back(Setting);
  if (Allowed.empty() || Allowed.size() == 1u << Own.size())
    return None;
  auto Make = [&](ObjectId Like, const char *Name) -> ObjectId {
    if (Like == None)
      return None;
    Object O;
    O.Type = Terms.object(Like).Type;
    O.Name = Name;
    return Terms.newObject(O);
  };
  Other New;
  New.Device = Make(DeviceObject, "a device that was kept");
  New.Channel = Make(ChannelObject, "channel of a device that was kept");
  allowOnly(Class.Channel ? New.Channel : New.Device, Allowed);
  copyFlagsTo(New);
  TiedOthers.push_back({Variable, New});
  return New.Device;
}

} // namespace cocodma
