// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tree/UnitFingerprints.h"

#include "summary/Serialization.h"

#include "llvm/Support/xxhash.h"

#include <set>

namespace cocodma {
namespace {

uint64_t hashOfNumbers(llvm::ArrayRef<uint64_t> Numbers) {
  return llvm::xxh3_64bits(
      llvm::ArrayRef(reinterpret_cast<const uint8_t *>(Numbers.data()),
                     Numbers.size() * sizeof(uint64_t)));
}

} // namespace

uint64_t contentHash(const UnitSummary &Unit) {
  UnitSummary Bare = Unit;
  Bare.Dependencies.clear();
  return llvm::xxh3_64bits(serialize(Bare));
}

UnitFingerprints::UnitFingerprints(const Program &Linked,
                                   std::vector<uint64_t> Contents,
                                   KnownBeforehand Known)
    : Linked(Linked), Contents(std::move(Contents)), Known(std::move(Known)),
      Done(Linked.units().size()), Functions(Linked.units().size()) {
  for (const UnitSummary &Unit : Linked.units())
    Sources.push_back(llvm::xxh3_64bits(Unit.Source));
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    Functions[Linked.peek(Id).Unit].push_back(Id);
}

uint64_t UnitFingerprints::text(StringIndex Index) {
  if (Index == None)
    return 0;
  if (Index >= Texts.size())
    Texts.resize(Index + 1);
  if (!Texts[Index])
    Texts[Index] = llvm::xxh3_64bits(Linked.text(Index));
  return Texts[Index];
}

uint64_t UnitFingerprints::identity(FunctionId Id) {
  const FunctionEntity &Function = Linked.peek(Id);
  return hashOfNumbers({Sources[Function.Unit], text(Function.Body->Name)});
}

uint64_t UnitFingerprints::variable(GlobalId Id) {
  const GlobalEntity &Global = Linked.peekGlobal(Id);
  // Which unit is the first to declare it says nothing.
  return hashOfNumbers({text(Global.Name), Global.Definition || Global.Internal
                                               ? Sources[Global.Unit]
                                               : 0});
}

uint64_t UnitFingerprints::type(TypeIndex Index) {
  if (Index == None)
    return 0;
  const SummaryType &T = Linked.type(Index);
  return hashOfNumbers({uint64_t(T.Kind), T.Bits, T.Signed, T.Count, T.Size,
                        text(T.Name),
                        T.Kind == TypeKind::Record ? 0 : type(T.Inner)});
}

void UnitFingerprints::addReference(FunctionId Id, std::vector<uint64_t> &To) {
  To.push_back(identity(Id));
  To.push_back(Known.OfFunction(Id));
}

void UnitFingerprints::addWriter(FunctionId Id, std::vector<uint64_t> &To) {
  // And who gets there, without which it writes nothing.
  addReference(Id, To);
  To.push_back(Linked.callersOf(Id).empty() | Linked.takersOf(Id).empty() << 1);
  for (GlobalId Table : Linked.tablesOf(Id))
    To.push_back(type(Linked.peekGlobal(Table).Type));
}

void UnitFingerprints::addFunction(FunctionId Id, std::vector<uint64_t> &To) {
  const FunctionSummary &Body = *Linked.peek(Id).Body;
  addReference(Id, To);
  for (FunctionId Caller : Linked.callersOf(Id))
    addReference(Caller, To);
  To.push_back(0);
  for (FunctionId Taker : Linked.takersOf(Id))
    addReference(Taker, To);
  To.push_back(0);
  for (GlobalId Table : Linked.tablesOf(Id)) {
    To.push_back(variable(Table));
    To.push_back(type(Linked.peekGlobal(Table).Type));
  }
  To.push_back(0);
  for (const Inst &I : Body.Insts) {
    if (I.Op == Opcode::GlobalAddress && I.Value >= 0) {
      To.push_back(variable(GlobalId(I.Value)));
      for (const FieldWrite &Write : Linked.writesOfGlobal(GlobalId(I.Value)))
        addWriter(Write.Function, To);
    }
    if ((I.Op == Opcode::Call || I.Op == Opcode::FunctionAddress) &&
        I.Name != None) {
      if (I.Value >= 0)
        addReference(FunctionId(I.Value), To);
      else
        To.push_back(0);
    }
  }
}

void UnitFingerprints::addVariable(uint32_t Unit, const GlobalSummary &Global,
                                   std::vector<uint64_t> &To) {
  GlobalId Own = Linked.resolveVariable(Unit, Global.Name);
  To.push_back(Own == None ? 0 : variable(Own));
  for (const InitializerEntry &Entry : Global.Initializer) {
    if (Entry.What == InitializerEntry::Kind::Function) {
      FunctionId Id = Linked.resolve(Unit, Entry.Name);
      if (Id != None)
        addReference(Id, To);
      else
        To.push_back(0);
    }
    if (Entry.What == InitializerEntry::Kind::Global) {
      GlobalId Id = Linked.resolveVariable(Unit, Entry.Name);
      To.push_back(Id == None ? 0 : variable(Id));
    }
  }
}

void UnitFingerprints::addField(StringIndex Field, std::vector<uint64_t> &To) {
  To.push_back(text(Field));
  To.push_back(type(Linked.typeOfField(Field)));
  for (FunctionId Id : Linked.initializersOf(Field))
    addReference(Id, To);
  To.push_back(0);
  for (const FieldWrite &Write : Linked.writesOf(Field))
    addWriter(Write.Function, To);
  To.push_back(0);
  for (StringIndex Member : Known.Awaited(Field))
    To.push_back(text(Member));
}

uint64_t UnitFingerprints::embedded(StringIndex Record, unsigned Depth) {
  constexpr unsigned Deepest = 12; // No record of C holds itself.
  std::vector<uint64_t> All = {text(Record)};
  if (Depth < Deepest)
    for (StringIndex Inner : Linked.embeddedIn(Record))
      if (Inner != Record)
        All.push_back(embedded(Inner, Depth + 1));
  return hashOfNumbers(All);
}

void UnitFingerprints::addRecord(StringIndex Record,
                                 std::vector<uint64_t> &To) {
  To.push_back(text(Record));
  To.push_back(Linked.isPrivate(Record));
  To.push_back(embedded(Record, 0));
}

uint64_t UnitFingerprints::of(uint32_t Unit) {
  if (Done[Unit])
    return Done[Unit];
  const UnitSummary &Content = Linked.units()[Unit];
  std::vector<uint64_t> All = {Contents[Unit],
                               llvm::xxh3_64bits(Content.Module),
                               Known.OfModule(Content.Module)};
  // In the order of their texts: numbers depend on other units.
  std::set<llvm::StringRef> Fields, Records;
  for (FunctionId Id : Functions[Unit]) {
    addFunction(Id, All);
    for (const Inst &I : Linked.peek(Id).Body->Insts)
      if (I.Op == Opcode::FieldAddress || I.Op == Opcode::ContainerOf)
        Fields.insert(Linked.text(I.Name));
  }
  for (const GlobalSummary &Global : Content.Globals) {
    addVariable(Unit, Global, All);
    for (const InitializerEntry &Entry : Global.Initializer)
      for (StringIndex Step : Entry.Path)
        Fields.insert(Linked.text(Step));
  }
  for (const SummaryType &Type : Content.Types)
    if (Type.Kind == TypeKind::Record && Type.Name != None)
      Records.insert(Content.Strings[Type.Name]);
  for (llvm::StringRef Field : Fields)
    if (StringIndex Index = Linked.find(Field); Index != None)
      addField(Index, All);
  for (llvm::StringRef Record : Records)
    if (StringIndex Index = Linked.find(Record); Index != None)
      addRecord(Index, All);
  return Done[Unit] = hashOfNumbers(All) | 1;
}

} // namespace cocodma
