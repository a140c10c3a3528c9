// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/Reach.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::vector<unsigned> spreadToCallers(const Program &Linked,
                                      std::vector<bool> &Marked) {
  constexpr unsigned Rounds = 8, Most = 100'000;
  std::vector<unsigned> Size(Linked.functionCount());
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    Size[Id] = Linked.function(Id).Body->Insts.size();
  for (unsigned Round = 0; Round < Rounds; ++Round)
    for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
      const FunctionSummary &Body = *Linked.function(Id).Body;
      unsigned Total = Body.Insts.size();
      for (const Inst &I : Body.Insts) {
        if (I.Op != Opcode::Call || I.Value < 0)
          continue;
        Marked[Id] = Marked[Id] || Marked[I.Value];
        Total = std::min(Total + Size[I.Value], Most);
      }
      Size[Id] = Total;
    }
  return Size;
}

/// The numbers that functions give back, as long as they are a choice among
/// some that they name, none of them an error code.
class NamedChoice {
public:
  explicit NamedChoice(const FunctionSummary &Body) : Body(Body) {}

  /// Whether that is so, and there is more than one: whoever calls the function
  /// goes different ways then.
  bool isMade() {
    constexpr unsigned Depth = 6;
    for (const Block &B : Body.Blocks)
      if (B.Kind == Terminator::Return && B.Condition != None &&
          !isNamed(B.Condition, Depth))
        return false;
    return Numbers.size() > 1;
  }

private:
  bool isNamed(InstIndex At, unsigned Depth) {
    const Inst &I = Body.Insts[At];
    if (Depth == 0)
      return false;
    switch (I.Op) {
    case Opcode::Constant:
      Numbers.insert(I.Value);
      return I.Value >= 0;
    case Opcode::Cast:
      return isNamed(I.A, Depth - 1);
    case Opcode::Select:
      return isNamed(I.B, Depth - 1) && isNamed(I.C, Depth - 1);
    case Opcode::ReadLocal:
      return I.A >= Body.ParameterCount && isNamedVariable(I.A, Depth - 1);
    default:
      return false;
    }
  }

  bool isNamedVariable(uint32_t Local, unsigned Depth) {
    return llvm::all_of(Body.Insts, [&](const Inst &I) {
      return I.Op != Opcode::WriteLocal || I.A != Local || isNamed(I.B, Depth);
    });
  }

  const FunctionSummary &Body;
  std::set<int64_t> Numbers;
};

Reach::Reach(const Program &Linked, const Spec &Vocabulary)
    : Linked(Linked), Vocabulary(Vocabulary), Bits(Linked.functionCount(), 0) {
  propagate();
  findModules();
  findRegistrars();
  findMarkerWriters();
  findIrrelevant();
}

uint8_t Reach::primitiveBits(llvm::StringRef Name) const {
  const Primitive *P = Vocabulary.primitive(Name);
  if (!P) {
    if (Linked.externalFunction(Name) != None)
      return 0;
    const PoolFunction *Pool = Vocabulary.poolFunction(Name);
    return Vocabulary.mayBounce(Name) ? ReachesBounce
           : Pool && Pool->Pool       ? ReachesShare | ReachesMemory
           : Pool                     ? ReachesMemory
                                      : 0;
  }
  switch (P->Effect) {
  case Effect::Bounce:
    return ReachesBounce;
  case Effect::Share:
  case Effect::Unshare:
    return ReachesShare;
  case Effect::Alias:
    return ReachesAlias;
  case Effect::RegisterDevice:
    return ReachesRegister;
  case Effect::Copy:
    return ReachesCopy;
  case Effect::Free:
    return ReachesFree;
  case Effect::Unalias:
  case Effect::Wait:
  case Effect::Wake:
  case Effect::SetBit:
  case Effect::ClearBit:
  case Effect::ChangeBit:
  case Effect::Compare:
  case Effect::Fill:
  case Effect::PutIn:
  case Effect::LookUp:
  case Effect::TakeOut:
  case Effect::TakeReference:
    return 0;
  case Effect::Allocate:
    return P->Arguments.count(Role::Address) ? ReachesMemory | ReachesFree
                                             : ReachesMemory;
  default:
    return ReachesMemory;
  }
}

uint8_t Reach::ofCall(const Inst &Call) const {
  if (Call.Op != Opcode::Call || Call.Name == None)
    return 0;
  uint8_t Own = primitiveBits(Linked.text(Call.Name));
  if (Own || Call.Value < 0)
    return Own;
  return Bits[Call.Value];
}

llvm::StringRef Reach::siteKind(llvm::StringRef Module,
                                const Inst &Call) const {
  const uint8_t Reached = ofCall(Call);
  llvm::StringRef Kind = Reached & ReachesBounce  ? "map"
                         : Reached & ReachesShare ? "share"
                         : Reached & ReachesAlias ? "alias"
                                                  : "";
  if (Kind.empty())
    return Kind;
  const Primitive *P = Vocabulary.primitive(Linked.text(Call.Name));
  if (P)
    return P->Effect == Effect::Unshare ? "" : Kind;
  // The site is the innermost call: deeper code of a driver has its own.
  if (Call.Value < 0 || Linked.function(Call.Value).Body->Inline)
    return Kind;
  llvm::StringRef Target = Linked.moduleOf(Call.Value);
  bool Deeper =
      Target == Module || !classesOf(Target).empty() || isDriverModule(Target);
  return Deeper ? "" : Kind;
}

uint8_t Reach::bitsOfCall(const FunctionSummary &Body, const Inst &Call) const {
  uint8_t Result = primitiveBits(Linked.text(Call.Name));
  if (!(Result & ReachesBounce))
    return Result;
  // A constant direction tells which way the copy goes.
  const Primitive *P = Vocabulary.primitive(Linked.text(Call.Name));
  if (!P)
    return Result;
  std::optional<unsigned> Position = P->position(Role::Direction);
  std::optional<int64_t> ToDevice = Linked.namedConstant(P->ToDevice);
  if (!Position || *Position >= Call.C || !ToDevice)
    return Result;
  const Inst *Direction = &Body.Insts[Body.Operands[Call.B + *Position]];
  while (Direction->Op == Opcode::Cast)
    Direction = &Body.Insts[Direction->A];
  if (Direction->Op == Opcode::Constant && Direction->Value != *ToDevice)
    return ReachesBounceBack;
  return Result;
}

std::set<std::pair<GlobalId, StringIndex>>
Reach::tablesCalled(FunctionId Id) const {
  const std::vector<Inst> &Insts = Linked.function(Id).Body->Insts;
  std::set<std::pair<GlobalId, StringIndex>> Result;
  auto Add = [&](InstIndex At) {
    // map[x], operations[x].send: what is read from a variable.
    if (Insts[At].Op != Opcode::Load)
      return;
    StringIndex Member = None;
    while (Insts[At].Op == Opcode::Load || Insts[At].Op == Opcode::Cast ||
           Insts[At].Op == Opcode::FieldAddress ||
           Insts[At].Op == Opcode::ElementAddress) {
      if (Insts[At].Op == Opcode::FieldAddress && Member == None)
        Member = Insts[At].Name;
      At = Insts[At].A;
    }
    if (Insts[At].Op == Opcode::GlobalAddress && Insts[At].Value >= 0)
      Result.insert({GlobalId(Insts[At].Value), Member});
  };
  for (const Inst &I : Insts) {
    if (I.Op != Opcode::Call || I.Name != None)
      continue;
    Add(I.A);
    if (Insts[I.A].Op == Opcode::ReadLocal)
      for (const Inst &Write : Insts)
        if (Write.Op == Opcode::WriteLocal && Write.A == Insts[I.A].A)
          Add(Write.B);
  }
  return Result;
}

std::map<FunctionId, std::vector<FunctionId>> Reach::callersByTable() const {
  std::map<FunctionId, std::vector<FunctionId>> Result;
  for (FunctionId Id = 0; Id < Bits.size(); ++Id)
    for (auto [Table, Member] : tablesCalled(Id)) {
      const GlobalEntity &Global = Linked.global(Table);
      if (!Global.Definition ||
          Linked.units()[Global.Unit].Module != Linked.moduleOf(Id))
        continue;
      for (const InitializerEntry &Entry : Global.Definition->Initializer)
        if (Entry.What == InitializerEntry::Kind::Function &&
            (Member == None || llvm::is_contained(Entry.Path, Member)))
          if (FunctionId Callee = Linked.resolve(Global.Unit, Entry.Name);
              Callee != None)
            Result[Callee].push_back(Id);
    }
  return Result;
}

void Reach::propagate() {
  std::vector<FunctionId> Work;
  TableCallers = callersByTable();
  for (FunctionId Id = 0; Id < Bits.size(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (const Inst &I : Body.Insts)
      if (I.Op == Opcode::Call && I.Name != None)
        Bits[Id] |= bitsOfCall(Body, I);
    if (Bits[Id])
      Work.push_back(Id);
  }
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    // What a primitive does is in the spec, not in its body.
    if (primitiveBits(Linked.functionName(Id)))
      continue;
    std::vector<FunctionId> Callers = Linked.callersOf(Id).vec();
    if (auto Found = TableCallers.find(Id); Found != TableCallers.end())
      llvm::append_range(Callers, Found->second);
    for (FunctionId Caller : Callers) {
      uint8_t All = Bits[Caller] | Bits[Id];
      if (All != Bits[Caller]) {
        Bits[Caller] = All;
        Work.push_back(Caller);
      }
    }
  }
}

void Reach::findModules() {
  Drivers.resize(Vocabulary.Classes.size());
  StringIndex Base = Linked.find(Vocabulary.Core.DriverStruct);
  for (GlobalId Id = 0; Id < Linked.globalCount(); ++Id) {
    const GlobalEntity &Global = Linked.global(Id);
    StringIndex Record =
        Global.Type == None ? None : Linked.recordOf(Global.Type);
    if (!Global.Definition || Record == None)
      continue;
    const std::string &Module = Linked.units()[Global.Unit].Module;
    bool Driver = Base != None && Linked.embeds(Record, Base);
    for (unsigned C = 0; C < Vocabulary.Classes.size(); ++C)
      if (Linked.text(Record) == Vocabulary.Classes[C].Driver.Struct) {
        Drivers[C].push_back(Id);
        ModuleClasses[Module].insert(C);
        Driver = true;
      }
    if (Driver && !Global.Definition->Initializer.empty())
      DriverModules.try_emplace(Module, Linked.text(Record).str());
  }
}

void Reach::findRegistrars() {
  Registrars.resize(Vocabulary.Classes.size());
  for (unsigned C = 0; C < Vocabulary.Classes.size(); ++C) {
    const StructMember &Device = Vocabulary.Classes[C].Device;
    StringIndex Field = Linked.find(Device.Struct + "." + Device.Member);
    if (Field == None)
      continue;
    for (FunctionId Id = 0; Id < Bits.size(); ++Id) {
      if (!(Bits[Id] & ReachesRegister))
        continue;
      const FunctionSummary &Body = *Linked.function(Id).Body;
      for (const Inst &I : Body.Insts) {
        if (I.Op != Opcode::Call || !(ofCall(I) & ReachesRegister) || I.C == 0)
          continue;
        const Inst &First = Body.Insts[Body.Operands[I.B]];
        if (First.Op != Opcode::FieldAddress || First.Name != Field)
          continue;
        Registrars[C].push_back(Id);
        ModuleClasses[Linked.moduleOf(Id).str()].insert(C);
        break;
      }
    }
  }
}

std::set<StringIndex> Reach::relevantFields() const {
  // Markers and what they come from, the state of devices, pointers (but for
  // the links of lists and trees), and flags that are read where a primitive
  // can be reached.
  std::set<StringIndex> Result;
  auto Add = [&](const std::string &Name) {
    if (StringIndex Field = Linked.find(Name); Field != None)
      Result.insert(Field);
  };
  for (const DeviceClass &C : Vocabulary.Classes)
    for (const Marker &M : C.Markers) {
      Add(C.markerField(M));
      if (M.From)
        Add(M.From->Struct + "." + M.From->Field);
    }
  constexpr uint8_t Hot = ReachesBounce | ReachesShare | ReachesAlias |
                          ReachesRegister | ReachesBounceBack;
  for (FunctionId Id = 0; Id < Bits.size(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (const Inst &I : Body.Insts) {
      if (I.Op != Opcode::FieldAddress || I.Type == None)
        continue;
      const SummaryType &Type = Linked.type(I.Type);
      llvm::StringRef Owner = Linked.text(I.Name).rsplit('.').first;
      StringIndex Inner = Linked.recordOf(I.Type);
      bool Link = Inner != None && Linked.text(Inner) == Owner;
      bool HotNumber = (Bits[Id] & Hot) && (Type.Kind == TypeKind::Bool ||
                                            Type.Kind == TypeKind::Integer);
      if (Owner == Vocabulary.Core.Struct ||
          (Type.Kind == TypeKind::Pointer && !Link) || HotNumber)
        Result.insert(I.Name);
    }
  }
  return Result;
}

bool Reach::writesDevice(const FunctionSummary &Body) const {
  // To a field of a device, or through a pointer that a device holds.
  for (const Inst &I : Body.Insts) {
    if (I.Op != Opcode::Store)
      continue;
    const Inst *To = &Body.Insts[I.A];
    while (To->Op == Opcode::Load || To->Op == Opcode::Cast ||
           To->Op == Opcode::ElementAddress)
      To = &Body.Insts[To->A];
    if (To->Op == Opcode::FieldAddress &&
        Linked.text(To->Name).starts_with(Vocabulary.Core.Struct + "."))
      return true;
  }
  return false;
}

bool Reach::takesMemory(const FunctionSummary &Body) const {
  // A pointer to nothing in particular, or to a page: the address of memory.
  StringIndex Page = Linked.find(Vocabulary.PageStruct);
  for (uint32_t I = 0; I < Body.ParameterCount; ++I) {
    TypeIndex To = Linked.pointee(Body.Locals[I].Type);
    if (To != None &&
        (Linked.type(To).Kind == TypeKind::Void ||
         (Page != None && Linked.recordOf(Body.Locals[I].Type) == Page)))
      return true;
  }
  return false;
}

bool Reach::isForeign(FunctionId Id) const {
  // Code of no class that gives back a number and neither bounces nor
  // registers anything: what it allocates or shares is its own, unless it was
  // handed it.
  const FunctionSummary &Body = *Linked.function(Id).Body;
  if (Bits[Id] & (ReachesBounce | ReachesBounceBack | ReachesRegister))
    return false;
  if (Bits[Id] & (ReachesShare | ReachesAlias) ? takesMemory(Body)
                                               : writesDevice(Body))
    return false;
  if (Body.Inline || !classesOf(Linked.moduleOf(Id)).empty() ||
      isDriverModule(Linked.moduleOf(Id)))
    return false;
  return Body.Result != None &&
         Linked.type(Body.Result).Kind == TypeKind::Integer &&
         !NamedChoice(Body).isMade();
}

void Reach::findMarkerWriters() {
  MarkerWriters.resize(Bits.size());
  for (const DeviceClass &Class : Vocabulary.Classes)
    for (const Marker &M : Class.Markers)
      if (StringIndex Field = Linked.find(Class.markerField(M)); Field != None)
        for (const FieldWrite &Write : Linked.writesOf(Field))
          MarkerWriters[Write.Function] = true;
  if (llvm::is_contained(MarkerWriters, true))
    spreadToCallers(Linked, MarkerWriters);
}

void Reach::findIrrelevant() {
  constexpr uint8_t Hot = ReachesBounce | ReachesShare | ReachesAlias |
                          ReachesRegister | ReachesBounceBack | ReachesCopy |
                          ReachesMemory;
  constexpr unsigned Large = 600;
  std::set<StringIndex> Fields = relevantFields();
  std::set<StringIndex> FactFunctions;
  for (const Profile &P : Vocabulary.Profiles)
    for (const Fact &F : P.Facts)
      if (F.FactKind == Fact::Kind::Call)
        FactFunctions.insert(Linked.find(F.Name));
  std::vector<bool> Needed(Bits.size());
  for (FunctionId Id = 0; Id < Bits.size(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    // Predicates decide branches; facts and the state of devices are what
    // verdicts are made of.
    Needed[Id] = (Bits[Id] & Hot) || FactFunctions.count(Body.Name) ||
                 (Body.Result != None &&
                  Linked.type(Body.Result).Kind == TypeKind::Bool) ||
                 NamedChoice(Body).isMade();
    for (const Inst &I : Body.Insts) {
      if (I.Op == Opcode::Store && Body.Insts[I.A].Op == Opcode::FieldAddress)
        Needed[Id] = Needed[Id] || Fields.count(Body.Insts[I.A].Name);
      if (I.Op == Opcode::Store && Body.Insts[I.A].Op == Opcode::GlobalAddress)
        Needed[Id] = true;
      if (I.Op == Opcode::Call && I.Name == None)
        Needed[Id] = true;
      if (I.Op == Opcode::Call && FactFunctions.count(I.Name))
        Needed[Id] = true;
      if (I.Op == Opcode::FieldAddress &&
          Linked.text(I.Name).starts_with(Vocabulary.Core.Struct + "."))
        Needed[Id] = true;
    }
  }
  const std::vector<unsigned> Size = spreadToCallers(Linked, Needed);
  Irrelevant.resize(Bits.size());
  for (FunctionId Id = 0; Id < Bits.size(); ++Id)
    Irrelevant[Id] = Size[Id] > CheapFunction &&
                     (!Needed[Id] || (Size[Id] > Large && isForeign(Id)));
}

bool Reach::isWithin(FunctionId Id, const std::set<FunctionId> &Roots) const {
  std::set<FunctionId> Seen = {Id};
  std::vector<FunctionId> Work = {Id};
  while (!Work.empty()) {
    FunctionId Now = Work.back();
    Work.pop_back();
    if (Roots.count(Now))
      return true;
    std::vector<FunctionId> Callers = Linked.callersOf(Now).vec();
    if (auto Found = TableCallers.find(Now); Found != TableCallers.end())
      llvm::append_range(Callers, Found->second);
    for (FunctionId Caller : Callers)
      if (Seen.insert(Caller).second)
        Work.push_back(Caller);
  }
  return false;
}

const std::set<unsigned> &Reach::classesOf(llvm::StringRef Module) const {
  static const std::set<unsigned> Nothing;
  auto Found = ModuleClasses.find(Module.str());
  return Found == ModuleClasses.end() ? Nothing : Found->second;
}

std::string Reach::driverStruct(llvm::StringRef Module) const {
  auto Found = DriverModules.find(Module.str());
  return Found == DriverModules.end() ? "" : Found->second;
}

} // namespace cocodma
