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
    if (From->Op != Opcode::Constant &&
        !Engine.visited().count(Write.Function))
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

ObjectId WorldBuilder::keptInVariable(ObjectId Parent) {
  TermTable &Terms = Engine.terms();
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
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
  const std::vector<Cell> Own =
      markerCells(Class.Channel ? ChannelObject : DeviceObject);
  auto Truth = [&](Cell Which) {
    StringIndex Field = Terms.last(Which.Path).Id;
    return truth(Conditions, Engine.load(Which, Engine.typeOfField(Field),
                                         Conditions.yes()));
  };
  std::vector<unsigned> Allowed;
  const Bdd Where = Conditions.projected(*Put);
  for (unsigned Setting = 0; Setting < 1u << Own.size(); ++Setting) {
    Bdd Possible = Where;
    for (size_t I = 0; I < Own.size(); ++I) {
      Bdd Set = Truth(Own[I]);
      Possible = B.conj(Possible, Setting >> I & 1 ? Set : B.negate(Set));
    }
    if (!Possible.isFalse())
      Allowed.push_back(Setting);
  }
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
  // The markers are any that are allowed.
  const std::vector<Cell> Cells =
      markerCells(Class.Channel ? New.Channel : New.Device);
  std::vector<Bdd> Free;
  for (Cell Which : Cells)
    Free.push_back(Truth(Which));
  Bdd Fits = Conditions.no();
  for (unsigned Setting : Allowed) {
    Bdd All = Conditions.yes();
    for (size_t I = 0; I < Free.size(); ++I)
      All = B.conj(All, Setting >> I & 1 ? Free[I] : B.negate(Free[I]));
    Fits = B.disj(Fits, All);
  }
  for (size_t I = 0; I < Cells.size(); ++I) {
    Bdd Else = B.constant(Allowed[0] >> I & 1);
    Bdd Set = B.disj(B.conj(Fits, Free[I]), B.conj(B.negate(Fits), Else));
    Engine.memory()->set(Cells[I], Engine.boolean(Set));
  }
  copyFlagsTo(New);
  TiedOthers.push_back({Variable, New});
  return New.Device;
}

} // namespace cocodma
