// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Program.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void Program::add(UnitSummary Unit) { Units.push_back(std::move(Unit)); }

StringIndex Program::intern(llvm::StringRef Text) {
  auto [Entry, New] = TextIds.try_emplace(Text, StringIndex(Texts.size()));
  if (New)
    Texts.push_back(Text.str());
  return Entry->second;
}

StringIndex Program::find(llvm::StringRef Text) const {
  auto Found = TextIds.find(Text);
  return Found == TextIds.end() ? None : Found->second;
}

StringIndex Program::recordOf(TypeIndex Index) const {
  if (Index == None)
    return None;
  const SummaryType &Type = Types[Index];
  if (Type.Kind == TypeKind::Record)
    return Type.Name;
  if (Type.Kind == TypeKind::Pointer && Type.Inner != None &&
      Types[Type.Inner].Kind == TypeKind::Record)
    return Types[Type.Inner].Name;
  return None;
}

void Program::mergeStrings(UnitSummary &Unit, std::vector<StringIndex> &Map) {
  Map.reserve(Unit.Strings.size());
  for (const std::string &Text : Unit.Strings)
    Map.push_back(intern(Text));
}

TypeIndex Program::mergeType(const UnitSummary &Unit, TypeIndex Index,
                             const std::vector<StringIndex> &Strings,
                             std::vector<TypeIndex> &Map) {
  if (Index == None)
    return None;
  if (Map[Index] != None)
    return Map[Index];
  SummaryType Type = Unit.Types[Index];
  if (Type.Name != None)
    Type.Name = Strings[Type.Name];
  Type.Inner = mergeType(Unit, Type.Inner, Strings, Map);
  auto Key = std::make_tuple(int(Type.Kind), int(Type.Bits), int(Type.Signed),
                             Type.Inner, Type.Name, Type.Count, Type.Size);
  auto [Entry, New] = TypeIds.try_emplace(Key, TypeIndex(Types.size()));
  if (New)
    Types.push_back(Type);
  return Map[Index] = Entry->second;
}

void Program::mergeTypes(UnitSummary &Unit,
                         const std::vector<StringIndex> &Strings,
                         std::vector<TypeIndex> &Map) {
  Map.assign(Unit.Types.size(), None);
  for (TypeIndex I = 0; I < Unit.Types.size(); ++I)
    mergeType(Unit, I, Strings, Map);
}

namespace {

/// Rewrites the indices of a unit to those of the program.
class Translator {
public:
  Translator(const std::vector<StringIndex> &Strings,
             const std::vector<TypeIndex> &Types)
      : Strings(Strings), Types(Types) {}

  void translate(UnitSummary &Unit) {
    for (FunctionSummary &Function : Unit.Functions)
      translate(Function);
    for (GlobalSummary &Global : Unit.Globals)
      translate(Global);
    for (DeclarationSummary &Declared : Unit.Declarations) {
      string(Declared.Name);
      type(Declared.Result);
    }
  }

private:
  void string(StringIndex &Index) {
    if (Index != None)
      Index = Strings[Index];
  }
  void type(TypeIndex &Index) {
    if (Index != None)
      Index = Types[Index];
  }
  void translate(FunctionSummary &Function) {
    string(Function.Name);
    string(Function.File);
    type(Function.Result);
    for (LocalVariable &Local : Function.Locals) {
      string(Local.Name);
      type(Local.Type);
    }
    for (Inst &I : Function.Insts) {
      string(I.File);
      string(I.Name);
      type(I.Type);
    }
    for (Block &B : Function.Blocks) {
      string(B.File);
      string(B.Key);
      string(B.Text);
    }
  }
  void translate(GlobalSummary &Global) {
    string(Global.Name);
    string(Global.File);
    type(Global.Type);
    for (InitializerEntry &Entry : Global.Initializer) {
      string(Entry.Name);
      for (StringIndex &Step : Entry.Path)
        string(Step);
      for (StringIndex &Step : Entry.TargetPath)
        string(Step);
    }
  }

  const std::vector<StringIndex> &Strings;
  const std::vector<TypeIndex> &Types;
};

} // namespace

void Program::declareGlobal(uint32_t Unit, const GlobalSummary &Global) {
  if (Global.Internal) {
    GlobalId Id = Globals.size();
    Globals.push_back({Global.Name, Unit, &Global, Global.Type, true});
    InternalGlobals.try_emplace({Unit, Global.Name}, Id);
    return;
  }
  auto [Entry, New] =
      ExternalGlobals.try_emplace(Global.Name, GlobalId(Globals.size()));
  if (New)
    Globals.push_back({Global.Name, Unit, nullptr, Global.Type, false});
  GlobalEntity &Entity = Globals[Entry->second];
  bool Stronger = Global.Defined && (!Entity.Definition ||
                                     (Entity.Definition->Weak && !Global.Weak));
  if (Stronger) {
    Entity.Definition = &Global;
    Entity.Unit = Unit;
    Entity.Type = Global.Type;
  }
}

void Program::declareEntities() {
  for (uint32_t U = 0; U < Units.size(); ++U) {
    for (const FunctionSummary &Body : Units[U].Functions) {
      FunctionId Id = Functions.size();
      Functions.push_back({&Body, U});
      if (Body.Internal || Body.Inline) {
        Internal.try_emplace({U, Body.Name}, Id);
        continue;
      }
      auto [Entry, New] = External.try_emplace(Body.Name, Id);
      // As the linker does: a strong definition wins over a weak one.
      if (!New && Functions[Entry->second].Body->Weak && !Body.Weak)
        Entry->second = Id;
    }
    for (const GlobalSummary &Global : Units[U].Globals)
      declareGlobal(U, Global);
  }
}

FunctionId Program::resolveFunction(uint32_t Unit, StringIndex Name) const {
  auto Own = Internal.find({Unit, Name});
  if (Own != Internal.end())
    return Own->second;
  auto Found = External.find(Name);
  return Found == External.end() ? None : Found->second;
}

GlobalId Program::resolveGlobal(uint32_t Unit, StringIndex Name) {
  auto Own = InternalGlobals.find({Unit, Name});
  if (Own != InternalGlobals.end())
    return Own->second;
  auto [Entry, New] =
      ExternalGlobals.try_emplace(Name, GlobalId(Globals.size()));
  if (New)
    Globals.push_back({Name, Unit, nullptr, None, false});
  return Entry->second;
}

GlobalId Program::resolveVariable(uint32_t Unit, StringIndex Name) const {
  auto Own = InternalGlobals.find({Unit, Name});
  if (Own != InternalGlobals.end())
    return Own->second;
  auto Found = ExternalGlobals.find(Name);
  return Found == ExternalGlobals.end() ? None : Found->second;
}

void Program::resolveUnit(uint32_t Unit) {
  for (FunctionSummary &Body : Units[Unit].Functions)
    for (Inst &I : Body.Insts) {
      if (I.Op == Opcode::Call || I.Op == Opcode::FunctionAddress) {
        FunctionId Id = I.Name == None ? None : resolveFunction(Unit, I.Name);
        I.Value = Id == None ? -1 : int64_t(Id);
      } else if (I.Op == Opcode::GlobalAddress) {
        I.Value = resolveGlobal(Unit, I.Name);
      }
    }
}

void Program::indexEscape(FunctionId Id, InstIndex Index, InstIndex Value) {
  // Whoever has the address of a plain variable may write to it. Records are
  // handed around all the time: for them stores to their fields count.
  const FunctionSummary &Body = *Functions[Id].Body;
  while (Body.Insts[Value].Op == Opcode::Cast)
    Value = Body.Insts[Value].A;
  const Inst &Address = Body.Insts[Value];
  if (Address.Op != Opcode::GlobalAddress || Address.Value < 0)
    return;
  TypeIndex Type = Globals[Address.Value].Type;
  if (Type != None && (Types[Type].Kind == TypeKind::Pointer ||
                       Types[Type].Kind == TypeKind::Integer ||
                       Types[Type].Kind == TypeKind::Bool))
    GlobalWrites[Address.Value].push_back({Id, Index});
}

void Program::indexEscapes(FunctionId Id, InstIndex Index) {
  const FunctionSummary &Body = *Functions[Id].Body;
  const Inst &I = Body.Insts[Index];
  switch (I.Op) {
  case Opcode::Store:
    if (Body.Insts[I.A].Op == Opcode::Cast)
      indexEscape(Id, Index, I.A);
    return indexEscape(Id, Index, I.B);
  case Opcode::WriteLocal:
    return indexEscape(Id, Index, I.B);
  case Opcode::Select:
    indexEscape(Id, Index, I.B);
    return indexEscape(Id, Index, I.C);
  case Opcode::Call:
    for (uint32_t N = 0; N < I.C; ++N)
      if (!I.onlyReads(N))
        indexEscape(Id, Index, Body.Operands[I.B + N]);
    return;
  default:
    return;
  }
}

void Program::indexFunction(FunctionId Id) {
  const FunctionSummary &Body = *Functions[Id].Body;
  for (InstIndex Index = 0; Index < Body.Insts.size(); ++Index) {
    const Inst &I = Body.Insts[Index];
    if (I.Op == Opcode::Call && I.Value >= 0)
      Callers[I.Value].push_back(Id);
    if (I.Op == Opcode::FunctionAddress && I.Value >= 0)
      Takers[I.Value].push_back(Id);
    if (I.Op == Opcode::Load && I.Sub == 2)
      if (const Inst &Key = Body.Insts[Body.Insts[I.A].A]; Key.Value >= 0)
        StaticCallers[GlobalId(Key.Value)].push_back(Id);
    if (I.Op == Opcode::FieldAddress) {
      Layouts.try_emplace(
          I.Name, FieldLayout{I.Type, uint64_t(I.Value), I.C, I.Sub != 0});
      StringIndex Owner = intern(text(I.Name).rsplit('.').first);
      StringIndex Module = intern(Units[Functions[Id].Unit].Module);
      auto &Users = UsersOfRecord[Owner];
      if (!Body.Inline && !llvm::is_contained(Users, Module))
        Users.push_back(Module);
      if (I.Type != None && Types[I.Type].Kind == TypeKind::Record) {
        auto &Inner = Embedded[Owner];
        if (!llvm::is_contained(Inner, Types[I.Type].Name))
          Inner.push_back(Types[I.Type].Name);
      }
    }
    indexEscapes(Id, Index);
    if (I.Op == Opcode::Store) {
      const Inst &Address = Body.Insts[I.A];
      if (Address.Op == Opcode::FieldAddress)
        FieldWrites[Address.Name].push_back({Id, Index});
      if (Address.Op == Opcode::GlobalAddress)
        GlobalWrites[Address.Value].push_back({Id, Index});
    }
  }
}

void Program::link() {
  for (UnitSummary &Unit : Units) {
    std::vector<StringIndex> Strings;
    std::vector<TypeIndex> Map;
    mergeStrings(Unit, Strings);
    mergeTypes(Unit, Strings, Map);
    Translator(Strings, Map).translate(Unit);
    for (const NamedConstant &Known : Unit.NamedConstants)
      Constants[Unit.Strings[Known.Name]] = Known.Value;
    for (StringIndex Name : Unit.KnownFields)
      Fields[Unit.Strings[Name]] = true;
    // From here on the program's own ones count; those of all units take much
    // room.
    Unit.Strings = {};
    Unit.Types = {};
    Unit.Dependencies = {};
  }
  declareEntities();
  for (uint32_t U = 0; U < Units.size(); ++U)
    resolveUnit(U);
  for (FunctionId Id = 0; Id < Functions.size(); ++Id)
    indexFunction(Id);
  for (GlobalId Id = 0; Id < Globals.size(); ++Id) {
    if (!Globals[Id].Definition)
      continue;
    for (const InitializerEntry &Entry : Globals[Id].Definition->Initializer) {
      if (Entry.What != InitializerEntry::Kind::Function)
        continue;
      FunctionId Target = resolveFunction(Globals[Id].Unit, Entry.Name);
      if (Target == None)
        continue;
      Tables[Target].push_back(Id);
      if (auto By = StaticCallers.find(Id); By != StaticCallers.end())
        llvm::append_range(Callers[Target], By->second);
      if (!Entry.Path.empty())
        FieldInitializers[Entry.Path.back()].push_back(Target);
    }
  }
  for (auto &[Name, List] : Callers) {
    llvm::sort(List);
    List.erase(llvm::unique(List), List.end());
  }
}

namespace {
template <typename Map>
auto lookUp(const Map &Where, typename Map::key_type Key)
    -> llvm::ArrayRef<typename Map::mapped_type::value_type> {
  auto Found = Where.find(Key);
  if (Found == Where.end())
    return {};
  return Found->second;
}
} // namespace

bool Program::embeds(StringIndex Record, StringIndex Inner) const {
  if (Reads)
    Reads->Records.insert(Record);
  auto Found = Embedded.find(Record);
  if (Found == Embedded.end())
    return false;
  for (StringIndex Direct : Found->second)
    if (Direct == Inner || (Direct != Record && embeds(Direct, Inner)))
      return true;
  return false;
}

llvm::ArrayRef<StringIndex> Program::embeddedIn(StringIndex Record) const {
  return lookUp(Embedded, Record);
}

TypeIndex Program::typeOfField(StringIndex Field) const {
  const FieldLayout *Known = layoutOf(Field);
  return Known ? Known->Type : TypeIndex(None);
}

const FieldLayout *Program::layoutOf(StringIndex Field) const {
  auto Found = Layouts.find(Field);
  return Found == Layouts.end() ? nullptr : &Found->second;
}

void Program::consultModule(llvm::StringRef Module) const {
  for (uint32_t U = 0; Reads && U < Units.size(); ++U)
    if (Units[U].Module == Module)
      consult(U);
}

bool Program::isPrivate(StringIndex Record) const {
  if (Reads)
    Reads->Records.insert(Record);
  auto Found = UsersOfRecord.find(Record);
  return Found != UsersOfRecord.end() && Found->second.size() == 1;
}

FunctionId Program::externalFunction(llvm::StringRef Name) const {
  StringIndex Index = find(Name);
  if (Index == None)
    return None;
  auto Found = External.find(Index);
  return Found == External.end() ? None : Found->second;
}

FunctionId Program::anyFunction(llvm::StringRef Name) const {
  FunctionId Result = externalFunction(Name);
  if (Result != None)
    return Result;
  StringIndex Index = find(Name);
  for (uint32_t U = 0; Index != None && U < Units.size(); ++U) {
    auto Found = Internal.find({U, Index});
    if (Found != Internal.end())
      return Found->second;
  }
  return None;
}

llvm::ArrayRef<FunctionId> Program::initializersOf(StringIndex Field) const {
  if (Reads)
    Reads->Initializers.insert(Field);
  return lookUp(FieldInitializers, Field);
}
llvm::ArrayRef<FieldWrite> Program::writesOf(StringIndex Field) const {
  if (Reads)
    Reads->Writers.insert(Field);
  return lookUp(FieldWrites, Field);
}
llvm::ArrayRef<FieldWrite> Program::writesOfGlobal(GlobalId Id) const {
  if (Reads)
    Reads->GlobalWriters.insert(Id);
  return lookUp(GlobalWrites, Id);
}
llvm::ArrayRef<FunctionId> Program::callersOf(FunctionId Id) const {
  if (Reads)
    Reads->Callers.insert(Id);
  return lookUp(Callers, Id);
}
llvm::ArrayRef<FunctionId> Program::takersOf(FunctionId Id) const {
  if (Reads)
    Reads->Takers.insert(Id);
  return lookUp(Takers, Id);
}
bool Program::isStaticTarget(FunctionId Id) const {
  llvm::ArrayRef<GlobalId> Keys = tablesOf(Id);
  return !Keys.empty() && takersOf(Id).empty() &&
         llvm::all_of(
             Keys, [&](GlobalId Key) { return StaticCallers.count(Key) != 0; });
}

llvm::ArrayRef<GlobalId> Program::tablesOf(FunctionId Id) const {
  if (Reads)
    Reads->Tables.insert(Id);
  return lookUp(Tables, Id);
}

std::optional<int64_t> Program::namedConstant(llvm::StringRef Name) const {
  auto Found = Constants.find(Name);
  if (Found == Constants.end())
    return std::nullopt;
  return Found->second;
}

bool Program::hasField(llvm::StringRef Name) const {
  return Fields.contains(Name);
}

} // namespace cocodma
