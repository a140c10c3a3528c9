// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/Reach.h"

namespace cocodma {

Reach::Reach(const Program &Linked, const Spec &Vocabulary)
    : Linked(Linked), Vocabulary(Vocabulary), Bits(Linked.functionCount(), 0) {
  propagate();
  findModules();
  findRegistrars();
}

uint8_t Reach::primitiveBits(llvm::StringRef Name) const {
  const Primitive *P = Vocabulary.primitive(Name);
  if (!P)
    return 0;
  switch (P->Effect) {
  case Effect::Bounce: return ReachesBounce;
  case Effect::Share:
  case Effect::Unshare: return ReachesShare;
  case Effect::Alias: return ReachesAlias;
  case Effect::RegisterDevice: return ReachesRegister;
  case Effect::Copy: return ReachesCopy;
  case Effect::Free: return ReachesFree;
  default: return 0;
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

uint8_t Reach::bitsOfCall(const FunctionSummary &Body,
                          const Inst &Call) const {
  uint8_t Result = primitiveBits(Linked.text(Call.Name));
  if (!(Result & ReachesBounce))
    return Result;
  // A constant direction tells which way the copy goes.
  const Primitive *P = Vocabulary.primitive(Linked.text(Call.Name));
  std::optional<unsigned> Position = P->position(Role::Direction);
  std::optional<int64_t> ToDevice = Linked.namedConstant(P->ToDevice);
  if (!Position || *Position >= Call.C || !ToDevice)
    return Result;
  const Inst &Direction = Body.Insts[Body.Operands[Call.B + *Position]];
  if (Direction.Op == Opcode::Constant && Direction.Value != *ToDevice)
    return ReachesBounceBack;
  return Result;
}

void Reach::propagate() {
  std::vector<FunctionId> Work;
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
    for (FunctionId Caller : Linked.callersOf(Id)) {
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
    if (!Global.Definition || Record == None || Base == None)
      continue;
    const std::string &Module = Linked.units()[Global.Unit].Module;
    bool Driver = Linked.embeds(Record, Base);
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
        if (I.Op != Opcode::Call || !(ofCall(I) & ReachesRegister) ||
            I.C == 0)
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
