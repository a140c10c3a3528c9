// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/GivenAway.h"

#include "lifecycle/TableHolders.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

namespace {

/// What a function does with the address of a variable.
enum class Use { None, Gives, Unclear };

/// The variable that \p Value is the address of, or of a part of; None if it is
/// something else. \p Whole: only of the variable itself.
GlobalId rootOf(const FunctionSummary &Body, InstIndex Value, bool Whole) {
  for (;;) {
    const Inst &I = Body.Insts[Value];
    if (I.Op == Opcode::GlobalAddress)
      return I.Value < 0 ? GlobalId(None) : GlobalId(I.Value);
    bool Inside =
        I.Op == Opcode::FieldAddress || I.Op == Opcode::ElementAddress;
    if (I.Op != Opcode::Cast && (!Inside || Whole))
      return None;
    Value = I.A;
  }
}

/// What \p I does with the address of \p Table.
Use useOf(const FunctionSummary &Body, const Inst &I, GlobalId Table) {
  auto Is = [&](InstIndex Value) {
    return rootOf(Body, Value, /*Whole=*/true) == Table    ? Use::Gives
           : rootOf(Body, Value, /*Whole=*/false) == Table ? Use::Unclear
                                                           : Use::None;
  };
  switch (I.Op) {
  case Opcode::Store:
  case Opcode::WriteLocal:
    return Is(I.B);
  case Opcode::Select:
    return std::max(Is(I.B), Is(I.C));
  case Opcode::CopyObject:
    return Is(I.B) == Use::None ? Use::None : Use::Unclear;
  case Opcode::Call: {
    Use Result = Use::None;
    for (uint32_t N = 0; N < I.C; ++N)
      Result = std::max(Result, Is(Body.Operands[I.B + N]));
    return Result;
  }
  default:
    return Use::None;
  }
}

} // namespace

void GivenAway::note(Ways &Known, Bdd When, bool ForDevice,
                     std::optional<TermId> Into) {
  BoundedFormulas &B = Engine.conditions().formulas();
  Known.ForDevice |= ForDevice;
  std::optional<Keeping> New;
  if (Into)
    New = Records.keeping(*Into, When);
  if (!New) {
    Known.When = B.disj(Known.When, When);
    return;
  }
  for (Keeping &Old : Known.Kept)
    if (Old.Record == New->Record) {
      Old.When = B.disj(Old.When, When);
      return;
    }
  Known.Kept.push_back(std::move(*New));
}

void GivenAway::note(TermId What, Bdd When, bool ForDevice,
                     std::optional<TermId> Into) {
  const TermTable &Terms = Engine.terms();
  const Term &T = Terms.term(What);
  if (T.Kind == TermKind::Function)
    return note(Functions[T.A], When, ForDevice, Into);
  if (T.Kind != TermKind::Pointer)
    return;
  const Object &O = Terms.object(T.A);
  if (O.Kind == ObjectKind::Global && O.Entity != None)
    note(Tables[O.Entity], When, ForDevice && T.B == 0, Into);
}

void GivenAway::handed(TermId Pointer, ObjectId Into, Bdd When) {
  const Term &T = Engine.terms().term(Pointer);
  // A list head that points to itself is known to nobody else.
  if (T.Kind != TermKind::Pointer || T.A == Into)
    return;
  BoundedFormulas &B = Engine.conditions().formulas();
  for (auto *Known : {&Functions, &Tables})
    for (auto &[Id, Way] : *Known)
      for (Keeping &K : Way.Kept)
        if (Records.leadsTo(Pointer, K))
          K.Handed = B.disj(K.Handed, When);
}

bool GivenAway::isOfProbe(FunctionId Taker, const std::set<FunctionId> &Probed,
                          const std::set<FunctionId> &Entries) const {
  if (!Probed.count(Taker))
    return false;
  std::set<FunctionId> Seen = {Taker};
  std::vector<FunctionId> Work = {Taker};
  while (!Work.empty()) {
    FunctionId Now = Work.back();
    Work.pop_back();
    if (Entries.count(Now))
      return false;
    for (FunctionId Caller : Linked.callersOf(Now))
      if (Seen.insert(Caller).second)
        Work.push_back(Caller);
  }
  return true;
}

bool GivenAway::isInOtherTable(GlobalId Table) const {
  bool Found = false;
  forEachHolder(Linked, Table,
                [&](GlobalId, const InitializerEntry &) { Found = true; });
  return Found;
}

std::optional<std::set<FunctionId>> GivenAway::takersOf(GlobalId Table) {
  auto [Entry, New] = Known.try_emplace(Table);
  if (!New)
    return Entry->second;
  const GlobalEntity &Variable = Linked.global(Table);
  // What stands in a section of its own is found there by others; so is what
  // has a name for all, unless only this module knows its type.
  const StringIndex Record = Variable.Type == None
                                 ? StringIndex(None)
                                 : Linked.recordOf(Variable.Type);
  const bool OfModule = Record != None && Linked.isPrivate(Record);
  if (!(Variable.Internal || OfModule) || !Variable.Definition ||
      Variable.Definition->Placed || isInOtherTable(Table))
    return std::nullopt;
  const std::string &Module = Linked.units()[Variable.Unit].Module;
  std::set<FunctionId> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const uint32_t Unit = Linked.peek(Id).Unit;
    if (Unit != Variable.Unit &&
        (Variable.Internal || Linked.units()[Unit].Module != Module))
      continue;
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    for (const Inst &I : Body.Insts) {
      Use How = useOf(Body, I, Table);
      if (How == Use::Unclear)
        return std::nullopt;
      if (How == Use::Gives)
        Result.insert(Id);
    }
  }
  return Entry->second = Result;
}

std::optional<Bdd> GivenAway::condition(FunctionId Code,
                                        const std::set<FunctionId> &Probed,
                                        const std::set<FunctionId> &Entries) {
  BoundedFormulas &B = Engine.conditions().formulas();
  Bdd Result = Engine.conditions().no();
  auto IsOfProbe = [&](FunctionId Taker) {
    return isOfProbe(Taker, Probed, Entries);
  };
  auto Add = [&](const std::map<uint32_t, Ways> &From, uint32_t Id) {
    auto Found = From.find(Id);
    if (Found == From.end() || !Found->second.ForDevice)
      return false;
    Result = B.disj(Result, Found->second.When);
    for (const Keeping &K : Found->second.Kept) {
      // Where operations may start it as well, it counts as started.
      const bool Followed =
          !Engine.exhausted() && llvm::all_of(Records.givers(K), IsOfProbe);
      Result = B.disj(Result, Followed ? B.conj(K.When, K.Handed) : K.When);
    }
    return true;
  };
  llvm::ArrayRef<FunctionId> Takers = Linked.takersOf(Code);
  if (!llvm::all_of(Takers, IsOfProbe) ||
      (!Takers.empty() && !Add(Functions, Code)))
    return std::nullopt;
  for (GlobalId Table : Linked.tablesOf(Code)) {
    std::optional<std::set<FunctionId>> Users = takersOf(Table);
    if (!Users || !llvm::all_of(*Users, IsOfProbe) ||
        (!Users->empty() && !Add(Tables, Table)))
      return std::nullopt;
  }
  return Result;
}

} // namespace cocodma
