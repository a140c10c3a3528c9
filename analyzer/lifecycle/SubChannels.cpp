// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/SubChannels.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

/// \p At without the casts around it.
static InstIndex withoutCasts(const FunctionSummary &Body, InstIndex At) {
  while (Body.Insts[At].Op == Opcode::Cast)
    At = Body.Insts[At].A;
  return At;
}

/// True if both are certainly the same value: the same variable or member of
/// it, which nobody is taken to change in between.
static bool isSame(const FunctionSummary &Body, InstIndex Left,
                   InstIndex Right) {
  for (;;) {
    Left = withoutCasts(Body, Left);
    Right = withoutCasts(Body, Right);
    if (Left == Right)
      return true;
    const Inst &L = Body.Insts[Left], &R = Body.Insts[Right];
    if (L.Op != R.Op)
      return false;
    if (L.Op == Opcode::ReadLocal || L.Op == Opcode::LocalAddress)
      return L.A == R.A;
    if (L.Op == Opcode::FieldAddress ? L.Name != R.Name : L.Op != Opcode::Load)
      return false;
    Left = L.A;
    Right = R.A;
  }
}

/// The members from which the function at \p Callee may have been read; one
/// that is None stands for somewhere else. In a pair, the address of the
/// record.
static std::vector<std::pair<StringIndex, InstIndex>>
membersOf(const FunctionSummary &Body, InstIndex Callee) {
  Callee = withoutCasts(Body, Callee);
  const Inst &From = Body.Insts[Callee];
  if (From.Op == Opcode::Load) {
    const Inst &Address = Body.Insts[From.A];
    return {Address.Op == Opcode::FieldAddress
                ? std::pair(Address.Name, Address.A)
                : std::pair(StringIndex(None), From.A)};
  }
  std::vector<std::pair<StringIndex, InstIndex>> Result;
  if (From.Op == Opcode::ReadLocal)
    for (const Inst &Write : Body.Insts)
      if (Write.Op == Opcode::WriteLocal && Write.A == From.A &&
          Body.Insts[withoutCasts(Body, Write.B)].Op == Opcode::Load)
        for (auto &Member : membersOf(Body, Write.B))
          Result.push_back(Member);
  if (Result.empty())
    Result.push_back({None, Callee});
  return Result;
}

SubChannels::SubChannels(const Program &Linked, const DeviceClass &Class,
                         std::set<std::string> Bus)
    : Linked(Linked), Bus(std::move(Bus)) {
  if (Class.Channel)
    Channel = Linked.find(Class.Channel->Struct);
  if (Channel == None)
    return;
  Device = Linked.find(Class.Device.Struct);
  Unknown = this->Bus.empty();
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    if (this->Bus.count(Linked.moduleOf(Id).str())) {
      findPointers(Id);
      findAnnouncing(Id);
    }
  findTakers();
}

bool SubChannels::isChannel(TypeIndex Type) const {
  return Linked.isPointer(Type) && Linked.recordOf(Type) == Channel;
}

void SubChannels::findPointers(FunctionId Id) {
  const FunctionSummary &Body = *Linked.peek(Id).Body;
  for (const Inst &I : Body.Insts) {
    if (I.Op != Opcode::Store || Body.Insts[I.A].Op != Opcode::FieldAddress ||
        !Linked.isPointer(I.Type))
      continue;
    const StringIndex Member = Body.Insts[I.A].Name;
    const StringIndex Kept = Linked.recordOf(I.Type);
    if (Kept == None ||
        Linked.text(Member).split('.').first != Linked.text(Channel))
      continue;
    if (Kept == Channel)
      ToChannel.insert(Member);
    else if (Kept == Device)
      ToDevice.insert(Member);
  }
}

void SubChannels::findAnnouncing(FunctionId Id) {
  const FunctionSummary &Body = *Linked.function(Id).Body;
  for (const Inst &I : Body.Insts) {
    if (I.Op != Opcode::Call || I.Name != None)
      continue;
    for (uint32_t N = 0; N < I.C; ++N) {
      InstIndex Given = Body.Operands[I.B + N];
      if (!isChannel(Body.Insts[Given].Type))
        continue;
      for (auto [Member, Record] : membersOf(Body, I.A)) {
        const Inst &From = Body.Insts[withoutCasts(Body, I.A)];
        if (Member == None && From.Op == Opcode::ReadLocal &&
            From.A < Body.ParameterCount)
          Takers.insert(Id);
        else
          Unknown |= Member == None && !Body.Inline;
        // What a channel is told of itself is no news.
        if (Member != None && !isSame(Body, Record, Given))
          Announcing.insert(Member);
      }
    }
  }
}

void SubChannels::findTakers() {
  auto Stores = [&](const FunctionSummary &Body, const Inst &I) {
    return I.Op == Opcode::Store &&
           Body.Insts[I.A].Op == Opcode::FieldAddress &&
           Announcing.count(Body.Insts[I.A].Name) &&
           Body.Insts[withoutCasts(Body, I.B)].Op != Opcode::Constant;
  };
  std::vector<FunctionId> Work(Takers.begin(), Takers.end());
  Takers.clear();
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    if (llvm::any_of(Body.Insts,
                     [&](const Inst &I) { return Stores(Body, I); }))
      Work.push_back(Id);
  }
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    if (Takers.insert(Id).second)
      for (FunctionId Caller : Linked.callersOf(Id))
        if (Bus.count(Linked.moduleOf(Caller).str()))
          Work.push_back(Caller);
  }
}

bool SubChannels::leaves(const FunctionSummary &Body, const Inst &I) const {
  if (I.Op == Opcode::Store && Body.Insts[I.A].Op == Opcode::FieldAddress)
    return Announcing.count(Body.Insts[I.A].Name) &&
           Body.Insts[withoutCasts(Body, I.B)].Op != Opcode::Constant;
  return I.Op == Opcode::Call && I.Name != None && I.Value >= 0 &&
         Takers.count(FunctionId(I.Value));
}

bool SubChannels::gets(const FunctionSummary &Body, const Inst &I,
                       const std::set<std::string> &Modules) const {
  if (I.Op == Opcode::ContainerOf)
    return isChannel(I.Type);
  return I.Op == Opcode::Call && I.Name != None && isChannel(I.Type) &&
         (I.Value < 0 ||
          !Modules.count(Linked.moduleOf(FunctionId(I.Value)).str()));
}

std::set<StringIndex>
SubChannels::links(const std::set<std::string> &Modules) const {
  std::set<StringIndex> Result;
  for (FunctionId Id = 0; Channel != None && Id < Linked.functionCount();
       ++Id) {
    if (!Modules.count(Linked.moduleOf(Id).str()))
      continue;
    for (const Inst &I : Linked.function(Id).Body->Insts)
      if (I.Op == Opcode::ContainerOf && isChannel(I.Type))
        Result.insert(I.Name);
  }
  return Result;
}

bool SubChannels::reach(const std::set<std::string> &Modules) const {
  if (Unknown)
    return true;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    if (!Modules.count(Linked.moduleOf(Id).str()))
      continue;
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (const Inst &I : Body.Insts)
      if (leaves(Body, I) || gets(Body, I, Modules))
        return true;
  }
  // A table of the driver's may have it as well.
  return llvm::any_of(Announcing, [&](StringIndex Member) {
    return llvm::any_of(Linked.initializersOf(Member), [&](FunctionId Id) {
      return Modules.count(Linked.moduleOf(Id).str()) != 0;
    });
  });
}

} // namespace cocodma
