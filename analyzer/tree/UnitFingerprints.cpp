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

/// Counts lines from where the function stands on.
static void countFromStart(FunctionSummary &Function) {
  for (Inst &I : Function.Insts)
    if (I.File == Function.File)
      I.Line -= Function.Line;
  for (Block &B : Function.Blocks)
    if (B.File == Function.File)
      B.Line -= Function.Line;
  Function.Line = 0;
}

uint64_t contentHash(const UnitSummary &Unit) {
  UnitSummary Bare = Unit;
  Bare.Dependencies.clear();
  // Told by the report, whatever is executed.
  Bare.Limits.clear();
  Bare.Design.clear();
  Bare.BusTellers.clear();
  for (FunctionSummary &Function : Bare.Functions)
    countFromStart(Function);
  for (GlobalSummary &Global : Bare.Globals)
    Global.Line = 0;
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

uint64_t UnitFingerprints::references(llvm::ArrayRef<FunctionId> Ids) {
  std::vector<uint64_t> All;
  for (FunctionId Id : Ids)
    addReference(Id, All);
  return hashOfNumbers(All);
}

uint64_t UnitFingerprints::writers(llvm::ArrayRef<FieldWrite> Writes) {
  // Who looks at what is written looks at the function.
  std::vector<uint64_t> All;
  for (const FieldWrite &Write : Writes)
    addReference(Write.Function, All);
  return hashOfNumbers(All);
}

uint64_t UnitFingerprints::initializers(StringIndex Field) {
  return references(Linked.initializersOf(Field));
}
uint64_t UnitFingerprints::writers(StringIndex Field) {
  return writers(Linked.writesOf(Field));
}
uint64_t UnitFingerprints::globalWriters(GlobalId Id) {
  return writers(Linked.writesOfGlobal(Id));
}
uint64_t UnitFingerprints::callers(FunctionId Id) {
  return references(Linked.callersOf(Id));
}
uint64_t UnitFingerprints::takers(FunctionId Id) {
  return references(Linked.takersOf(Id));
}
uint64_t UnitFingerprints::tables(FunctionId Id) {
  std::vector<uint64_t> All;
  for (GlobalId Table : Linked.tablesOf(Id)) {
    All.push_back(variable(Table));
    All.push_back(type(Linked.peekGlobal(Table).Type));
  }
  return hashOfNumbers(All);
}
uint64_t UnitFingerprints::known(uint32_t Unit,
                                 const std::map<FunctionId, uint64_t> &Known) {
  std::vector<uint64_t> All;
  auto Add = [&](FunctionId Id) {
    auto Found = Known.find(Id);
    All.push_back(Found == Known.end() ? 0 : Found->second);
  };
  for (FunctionId Id : Functions[Unit]) {
    Add(Id);
    for (const Inst &I : Linked.peek(Id).Body->Insts)
      if ((I.Op == Opcode::Call || I.Op == Opcode::FunctionAddress) &&
          I.Value >= 0)
        Add(FunctionId(I.Value));
  }
  return hashOfNumbers(All);
}

uint64_t UnitFingerprints::inspected(FunctionId Id) {
  const FunctionSummary &Body = *Linked.peek(Id).Body;
  std::vector<uint64_t> All;
  addFunction(Id, All);
  for (const LocalVariable &Local : Body.Locals)
    All.push_back(type(Local.Type));
  for (const Inst &I : Body.Insts) {
    bool Number = I.Op == Opcode::Constant;
    for (uint64_t Part : {uint64_t(I.Op) << 8 | I.Sub, text(I.Name),
                          type(I.Type), uint64_t(I.A) << 32 | I.B,
                          uint64_t(I.C), Number ? uint64_t(I.Value) : 0})
      All.push_back(Part);
  }
  for (InstIndex Operand : Body.Operands)
    All.push_back(Operand);
  return hashOfNumbers(All);
}

uint64_t UnitFingerprints::record(StringIndex Record) {
  return hashOfNumbers({Linked.isPrivate(Record), embedded(Record, 0)});
}

void UnitFingerprints::addFunction(FunctionId Id, std::vector<uint64_t> &To) {
  const FunctionSummary &Body = *Linked.peek(Id).Body;
  addReference(Id, To);
  for (const Inst &I : Body.Insts) {
    if (I.Op == Opcode::GlobalAddress && I.Value >= 0)
      To.push_back(variable(GlobalId(I.Value)));
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

uint64_t UnitFingerprints::embedded(StringIndex Record, unsigned Depth) {
  constexpr unsigned Deepest = 12; // No record of C holds itself.
  std::vector<uint64_t> All = {text(Record)};
  if (Depth < Deepest)
    for (StringIndex Inner : Linked.embeddedIn(Record))
      if (Inner != Record)
        All.push_back(embedded(Inner, Depth + 1));
  return hashOfNumbers(All);
}

uint64_t UnitFingerprints::of(uint32_t Unit) {
  if (Done[Unit])
    return Done[Unit];
  const UnitSummary &Content = Linked.units()[Unit];
  std::vector<uint64_t> All = {Contents[Unit],
                               llvm::xxh3_64bits(Content.Module),
                               Known.OfModule(Content.Module)};
  // In the order of their texts: numbers depend on other units.
  std::set<llvm::StringRef> Fields;
  for (FunctionId Id : Functions[Unit]) {
    addFunction(Id, All);
    for (const Inst &I : Linked.peek(Id).Body->Insts)
      if (I.Op == Opcode::FieldAddress)
        Fields.insert(Linked.text(I.Name));
  }
  for (const GlobalSummary &Global : Content.Globals)
    addVariable(Unit, Global, All);
  for (llvm::StringRef Field : Fields) {
    StringIndex Index = Linked.find(Field);
    All.push_back(type(Linked.typeOfField(Index)));
    for (StringIndex Member : Known.Awaited(Index))
      All.push_back(text(Member));
  }
  return Done[Unit] = hashOfNumbers(All) | 1;
}

} // namespace cocodma
