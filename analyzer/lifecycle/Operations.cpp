// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/Operations.h"

#include "lifecycle/TableHolders.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

namespace cocodma {

/// True if \p Address is not a local variable, nor a part of one.
static bool leavesFrame(const FunctionSummary &Body, InstIndex Address) {
  const Inst *To = &Body.Insts[Address];
  while (To->Op == Opcode::FieldAddress || To->Op == Opcode::ElementAddress ||
         To->Op == Opcode::Cast)
    To = &Body.Insts[To->A];
  return To->Op != Opcode::LocalAddress;
}

bool isCounter(const Program &Linked, TypeIndex Type) {
  if (Type == None || Linked.type(Type).Kind != TypeKind::Record)
    return false;
  const StringIndex Record = Linked.recordOf(Type);
  return Linked.type(Type).Size <= sizeof(int64_t) && Record != None &&
         !Linked.isPrivate(Record);
}

/// The field that \p I loads or stores, or an element of; None if there is
/// none.
static StringIndex fieldAt(const FunctionSummary &Body, const Inst &I) {
  if (I.Op != Opcode::Load && I.Op != Opcode::Store)
    return None;
  // READ_ONCE() and the like cast the address.
  const Inst *To = &Body.Insts[I.A];
  while (To->Op == Opcode::ElementAddress || To->Op == Opcode::Cast)
    To = &Body.Insts[To->A];
  return To->Op == Opcode::FieldAddress ? To->Name : StringIndex(None);
}

bool Operations::isBetween(FunctionId Entry) const {
  // Probes come before all operations, and others are the last ones.
  for (GlobalId Table : Linked.tablesOf(Entry)) {
    const GlobalEntity &Global = Linked.global(Table);
    for (const InitializerEntry &Item : Global.Definition->Initializer) {
      if (Item.What != InitializerEntry::Kind::Function || Item.Path.empty() ||
          Linked.resolve(Global.Unit, Item.Name) != Entry)
        continue;
      llvm::StringRef Member = Linked.text(Item.Path.back()).rsplit('.').second;
      if (Member == Vocabulary.Core.Probe ||
          llvm::is_contained(Vocabulary.Core.Last, Member))
        return false;
    }
  }
  return true;
}

FunctionId Operations::undoneBy(FunctionId Entry) const {
  auto MemberOf = [&](const InitializerEntry &Item) {
    return Item.What == InitializerEntry::Kind::Function && !Item.Path.empty()
               ? Linked.text(Item.Path.back()).rsplit('.').second
               : llvm::StringRef();
  };
  for (GlobalId Table : Linked.tablesOf(Entry)) {
    const GlobalEntity &Global = Linked.global(Table);
    for (const InitializerEntry &Item : Global.Definition->Initializer)
      for (const InitializerEntry &Other : Global.Definition->Initializer) {
        auto Undone = Vocabulary.Core.Undone.find(MemberOf(Other).str());
        if (Undone != Vocabulary.Core.Undone.end() &&
            MemberOf(Item) == Undone->second &&
            Linked.resolve(Global.Unit, Item.Name) == Entry)
          return Linked.resolve(Global.Unit, Other.Name);
      }
  }
  return None;
}

std::vector<FunctionId> Operations::firstBefore(FunctionId Entry) const {
  std::vector<FunctionId> Result;
  llvm::ArrayRef<GlobalId> Tables = Linked.tablesOf(Entry);
  if (Tables.size() != 1)
    return Result;
  const GlobalEntity &Table = Linked.global(Tables[0]);
  for (const std::string &Member : Vocabulary.Core.First)
    for (const InitializerEntry &Item : Table.Definition->Initializer) {
      if (Item.What != InitializerEntry::Kind::Function ||
          Item.Path.size() != 1 || Linked.text(Item.Path[0]) != Member)
        continue;
      const FunctionId Id = Linked.resolve(Table.Unit, Item.Name);
      if (Id == Entry)
        return Result;
      if (Id != None)
        Result.push_back(Id);
    }
  return Result;
}

std::map<StringIndex, GlobalId> Operations::holdersOf(FunctionId Entry) const {
  std::map<StringIndex, GlobalId> Result;
  std::set<StringIndex> Several;
  llvm::ArrayRef<GlobalId> Tables = Linked.tablesOf(Entry);
  if (Tables.size() != 1)
    return Result;
  forEachHolder(
      Linked, Tables[0], [&](GlobalId Id, const InitializerEntry &Where) {
        const TypeIndex Type = Linked.peekGlobal(Id).Type;
        const StringIndex Record = Type == None ? None : Linked.recordOf(Type);
        if (Where.Path.size() != 1 || Record == None)
          return;
        auto [Known, New] = Result.try_emplace(Record, Id);
        if (!New && Known->second != Id)
          Several.insert(Record);
      });
  std::erase_if(Result,
                [&](const auto &Known) { return Several.count(Known.first); });
  return Result;
}

TypeIndex Operations::typeOf(StringIndex Field) const {
  for (const FieldWrite &Write : Linked.writesOf(Field)) {
    const FunctionSummary &Body = *Linked.inspect(Write.Function).Body;
    const Inst &Address = Body.Insts[Body.Insts[Write.Store].A];
    if (Address.Type != None)
      return Address.Type;
  }
  return Linked.typeOfField(Field); // Its bits may be written by functions.
}

bool Operations::isState(StringIndex Field) const {
  // What other modules reach into as well (lists, devices, requests) is not
  // what a driver keeps to itself.
  StringIndex Record = Linked.find(Linked.text(Field).rsplit('.').first);
  TypeIndex Type = typeOf(Field);
  while (Type != None && Linked.type(Type).Kind == TypeKind::Array)
    Type = Linked.type(Type).Inner;
  if (Record == None || Type == None || !Linked.isPrivate(Record))
    return false;
  if (Linked.isPointer(Type)) {
    StringIndex Inner = Linked.recordOf(Type);
    return Inner != None && Vocabulary.classOfStruct(Linked.text(Inner));
  }
  return Linked.type(Type).Kind == TypeKind::Bool || Marked.count(Field);
}

StringIndex Operations::recordAt(const FunctionSummary &Body,
                                 InstIndex Address) const {
  const Inst *To = &Body.Insts[Address];
  while (To->Op == Opcode::Cast)
    To = &Body.Insts[To->A];
  TypeIndex Type = To->Op == Opcode::ReadLocal ? Body.Locals[To->A].Type
                   : To->Op == Opcode::Load || To->Op == Opcode::FieldAddress
                       ? To->Type
                       : None;
  return Type == None ? None : Linked.recordOf(Type);
}

std::optional<unsigned> Operations::filledArgument(const Inst &Call) const {
  if (Call.Op != Opcode::Call || Call.Name == None)
    return std::nullopt;
  const Primitive *P = Vocabulary.primitive(Linked.text(Call.Name));
  if (!P || P->Effect != Effect::Fill)
    return std::nullopt;
  std::optional<unsigned> Which = P->position(Role::Address);
  return Which && *Which < Call.C ? Which : std::nullopt;
}

bool Operations::writesBits(const Inst &Call, uint32_t Which,
                            unsigned Depth) const {
  constexpr unsigned Deepest = 3;
  if (Call.Name == None || Which >= Call.C)
    return false;
  if (const Primitive *P = Vocabulary.primitive(Linked.text(Call.Name)))
    return (P->Effect == Effect::SetBit || P->Effect == Effect::ClearBit ||
            P->Effect == Effect::ChangeBit) &&
           P->position(Role::Address) == Which;
  // A function of a header that hands its own parameter on.
  if (Call.Value < 0 || Depth == Deepest)
    return false;
  const FunctionSummary &Body = *Linked.function(FunctionId(Call.Value)).Body;
  if (!Body.Inline)
    return false;
  for (const Inst &I : Body.Insts)
    for (uint32_t N = 0; I.Op == Opcode::Call && N < I.C; ++N) {
      const Inst *From = &Body.Insts[Body.Operands[I.B + N]];
      while (From->Op == Opcode::Cast)
        From = &Body.Insts[From->A];
      if (From->Op == Opcode::ReadLocal && From->A == Which &&
          writesBits(I, N, Depth + 1))
        return true;
    }
  return false;
}

void Operations::addBits(FunctionId Id, InstIndex At, Operation &Into) const {
  // Bits of a number, and counters, are read and written by functions that get
  // the address.
  const FunctionSummary &Body = *Linked.function(Id).Body;
  const Inst &Call = Body.Insts[At];
  for (uint32_t N = 0; N < Call.C; ++N) {
    const Inst *Argument = &Body.Insts[Body.Operands[Call.B + N]];
    while (Argument->Op == Opcode::Cast)
      Argument = &Body.Insts[Argument->A];
    if (Argument->Op != Opcode::FieldAddress)
      continue;
    Into.Lent.insert(Argument->Name);
    if (Argument->Type == None)
      continue;
    const bool Counter = isCounter(Linked, Argument->Type);
    if (!Counter && Linked.type(Argument->Type).Kind != TypeKind::Integer)
      continue;
    Into.Reads.insert(Argument->Name);
    if (Counter ? !Call.onlyReads(N) : writesBits(Call, N, 0))
      Into.Writes.insert({Id, At, Argument->Name});
  }
}

void Operations::addEffects(FunctionId Id, Operation &Into) const {
  const FunctionSummary &Body = *Linked.function(Id).Body;
  Into.Size += Body.Insts.size();
  for (InstIndex At = 0; At < Body.Insts.size(); ++At) {
    const Inst &I = Body.Insts[At];
    if (StringIndex Field = fieldAt(Body, I); Field != None) {
      if (I.Op == Opcode::Load)
        Into.Reads.insert(Field);
      else if (leavesFrame(Body, I.A))
        Into.Writes.insert({Id, At, Field});
    }
    if (I.Op == Opcode::Call)
      addBits(Id, At, Into);
    std::optional<unsigned> Filled = filledArgument(I);
    if (!Filled && I.Op != Opcode::ZeroObject && I.Op != Opcode::CopyObject)
      continue;
    InstIndex Whole = Filled ? Body.Operands[I.B + *Filled] : I.A;
    if (StringIndex Record = recordAt(Body, Whole);
        Record != None && leavesFrame(Body, Whole))
      Into.Writes.insert({Id, At, Record});
  }
}

Operation Operations::of(FunctionId Entry) const {
  Operation Result;
  Result.Entry = Entry;
  std::set<FunctionId> Seen = {Entry};
  std::vector<FunctionId> Work = {Entry};
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    addEffects(Id, Result);
    for (const Inst &I : Linked.function(Id).Body->Insts)
      if (I.Op == Opcode::Call && I.Name != None && I.Value >= 0 &&
          Linked.moduleOf(FunctionId(I.Value)) == Linked.moduleOf(Entry) &&
          Seen.insert(FunctionId(I.Value)).second)
        Work.push_back(FunctionId(I.Value));
  }
  return Result;
}

std::vector<FunctionId>
Operations::chosen(llvm::ArrayRef<Operation> Readers,
                   const std::set<StringIndex> &Fields) const {
  constexpr size_t MostWithout = 2;
  std::vector<const Operation *> Candidates;
  for (const Operation &R : Readers)
    if (llvm::any_of(R.Reads,
                     [&](StringIndex I) { return Fields.count(I) != 0; }))
      Candidates.push_back(&R);
  llvm::sort(Candidates, [](const Operation *L, const Operation *R) {
    return std::tie(L->Cost, L->Entry) < std::tie(R->Cost, R->Entry);
  });
  std::vector<FunctionId> Result;
  std::set<std::vector<uint32_t>> Covered;
  size_t Without = 0;
  for (const Operation *O : Candidates) {
    bool New = false;
    for (const auto &Site : O->Maps)
      New |= Covered.insert(Site).second;
    if (New || (O->Maps.empty() && Without++ < MostWithout))
      Result.push_back(O->Entry);
  }
  return Result;
}

std::vector<Operation>
Operations::between(const std::set<std::string> &Modules) const {
  std::vector<Operation> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    if (Body.Inline || Body.Initial ||
        !Modules.count(Linked.moduleOf(Id).str()))
      continue;
    bool Taken = !Linked.tablesOf(Id).empty() || !Linked.takersOf(Id).empty();
    if (!Taken || !isBetween(Id) || Linked.isStaticTarget(Id))
      continue;
    Result.push_back(of(Id));
    std::vector<FunctionId> Before = firstBefore(Id);
    if (FunctionId First = undoneBy(Id); First != None)
      Before.push_back(First);
    for (FunctionId First : Before) {
      Operation Done = of(First);
      Result.back().Writes.merge(Done.Writes);
      Result.back().Lent.merge(Done.Lent);
    }
  }
  llvm::sort(Result, [](const Operation &L, const Operation &R) {
    return std::tie(L.Size, L.Entry) < std::tie(R.Size, R.Entry);
  });
  return Result;
}

std::vector<FunctionId>
Operations::writersOf(const std::set<std::string> &Modules,
                      std::set<StringIndex> Wanted) const {
  for (StringIndex Field : std::set<StringIndex>(Wanted))
    Wanted.insert(Linked.find(Linked.text(Field).rsplit('.').first));
  std::vector<FunctionId> Result;
  for (const Operation &O : between(Modules))
    if (llvm::any_of(O.Writes,
                     [&](const StateWrite &Write) {
                       return Wanted.count(Write.What) != 0;
                     }) ||
        llvm::any_of(O.Lent, [&](StringIndex Field) {
          return Wanted.count(Field) != 0;
        }))
      Result.push_back(O.Entry);
  return Result;
}

std::vector<FunctionId>
Operations::writersFor(const std::set<std::string> &Modules,
                       llvm::ArrayRef<Operation> Readers) const {
  std::set<StringIndex> Wanted; // Fields, and the records that have them.
  for (const Operation &R : Readers)
    for (StringIndex Field : R.Reads)
      if (isState(Field)) {
        Wanted.insert(Field);
        Wanted.insert(Linked.find(Linked.text(Field).rsplit('.').first));
      }
  std::set<StateWrite> Covered;
  std::vector<FunctionId> Result;
  for (const Operation &O : between(Modules)) {
    bool New = false;
    for (const StateWrite &Write : O.Writes)
      New |= Wanted.count(Write.What) && Covered.insert(Write).second;
    if (New)
      Result.push_back(O.Entry);
  }
  return Result;
}

} // namespace cocodma
