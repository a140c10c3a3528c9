// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/DriverIds.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

namespace cocodma {

DriverIds::DriverIds(const Program &Linked, const DeviceClass &Class,
                     GlobalId Driver)
    : Linked(Linked), Driver(Driver),
      Module(Linked.units()[Linked.global(Driver).Unit].Module) {
  const GlobalSummary *Described = Linked.global(Driver).Definition;
  if (!Class.Ids || !Described)
    return;
  StringIndex Pointer =
      Linked.find(Class.Driver.Struct + "." + Class.Ids->Table);
  StringIndex Member =
      Linked.find(Class.Ids->Id.Struct + "." + Class.Ids->Id.Member);
  StringIndex Offered =
      Linked.find(Class.Ids->Offered.Struct + "." + Class.Ids->Offered.Member);
  if (Pointer == None || Member == None || Offered == None ||
      isBoundByHand(*Class.Ids))
    return;
  for (const InitializerEntry &Entry : Described->Initializer) {
    if (Entry.What != InitializerEntry::Kind::Global ||
        Entry.Path.size() != 1 || Entry.Path[0] != Pointer)
      continue;
    GlobalId Table =
        Linked.resolveVariable(Linked.global(Driver).Unit, Entry.Name);
    if (Table != None && Linked.global(Table).Definition &&
        Linked.global(Table).Definition->Constant)
      readTable(Table, Member, Offered);
  }
  if (Ids.size() > 1)
    findUsers(Class);
}

bool DriverIds::isBoundByHand(const DeviceIds &How) const {
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    if (Linked.moduleOf(Id) != Module)
      continue;
    for (const Inst &I : Linked.function(Id).Body->Insts)
      if (I.Op == Opcode::FieldAddress &&
          llvm::is_contained(How.ByHand, Linked.text(I.Name).rsplit('.').first))
        return true;
  }
  return false;
}

void DriverIds::readTable(GlobalId Table, StringIndex Member,
                          StringIndex Offered) {
  // The first element of an array has the path of the array itself.
  auto StepsToEntry = [&](const InitializerEntry &Entry) {
    return !Entry.Path.empty() && Linked.text(Entry.Path[0]).starts_with("#")
               ? 1
               : 0;
  };
  const GlobalEntity &Global = Linked.global(Table);
  std::map<StringIndex, unsigned> Indices;
  auto KeyOf = [&](const InitializerEntry &Entry) {
    return StepsToEntry(Entry) ? Entry.Path[0] : StringIndex(None);
  };
  for (const InitializerEntry &Entry : Global.Definition->Initializer) {
    const size_t At = StepsToEntry(Entry);
    if (Entry.What != InitializerEntry::Kind::Integer || Entry.Value == 0 ||
        Entry.Path.size() <= At || Entry.Path[At] != Member)
      continue;
    auto [Index, New] = Indices.try_emplace(KeyOf(Entry), Ids.size());
    if (New)
      Ids.push_back({Offered, {}});
    Ids[Index->second].Bytes[{Entry.Path.begin() + At + 1, Entry.Path.end()}] =
        Entry.Value;
  }
  for (const InitializerEntry &Entry : Global.Definition->Initializer) {
    auto Index = Indices.find(KeyOf(Entry));
    if (Entry.What != InitializerEntry::Kind::Global || Index == Indices.end())
      continue;
    GlobalId Named = Linked.resolveVariable(Global.Unit, Entry.Name);
    if (Named != None)
      NamedBy[Named].insert(Index->second);
  }
}

void DriverIds::findUsers(const DeviceClass &Class) {
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    if (Linked.moduleOf(Id) == Module)
      for (const Inst &I : Linked.function(Id).Body->Insts)
        if (I.Op == Opcode::GlobalAddress && I.Value >= 0)
          UsingFunctions[GlobalId(I.Value)].insert(Id);
  for (GlobalId Id = 0; Id < Linked.globalCount(); ++Id) {
    const GlobalEntity &Global = Linked.peekGlobal(Id);
    if (!Global.Definition || Linked.units()[Global.Unit].Module != Module)
      continue;
    for (const InitializerEntry &Entry : Global.Definition->Initializer)
      if (Entry.What == InitializerEntry::Kind::Global)
        if (GlobalId Other = Linked.resolveVariable(Global.Unit, Entry.Name);
            Other != None && Other != Id)
          UsingVariables[Other].insert(Id);
  }
}

bool DriverIds::addUsersOf(GlobalId Variable, std::set<unsigned> &Found,
                           std::vector<FunctionId> &Functions,
                           std::vector<GlobalId> &Variables) const {
  if (auto Named = NamedBy.find(Variable); Named != NamedBy.end()) {
    Found.insert(Named->second.begin(), Named->second.end());
    return true;
  }
  auto ByCode = UsingFunctions.find(Variable);
  auto ByData = UsingVariables.find(Variable);
  if (ByCode != UsingFunctions.end())
    llvm::append_range(Functions, ByCode->second);
  if (ByData != UsingVariables.end())
    llvm::append_range(Variables, ByData->second);
  return ByCode != UsingFunctions.end() || ByData != UsingVariables.end();
}

const DriverIds::Served &DriverIds::servedBy(FunctionId Function) {
  auto [Entry, New] = Known.try_emplace(Function);
  if (!New)
    return Entry->second;
  std::set<unsigned> Found;
  std::set<FunctionId> SeenFunctions;
  std::set<GlobalId> SeenVariables;
  std::vector<FunctionId> Functions = {Function};
  std::vector<GlobalId> Variables;
  while (!Functions.empty() || !Variables.empty()) {
    if (!Variables.empty()) {
      GlobalId Next = Variables.back();
      Variables.pop_back();
      if (SeenVariables.insert(Next).second &&
          (Next == Driver || !addUsersOf(Next, Found, Functions, Variables)))
        return Entry->second;
      continue;
    }
    FunctionId Next = Functions.back();
    Functions.pop_back();
    if (!SeenFunctions.insert(Next).second)
      continue;
    llvm::ArrayRef<FunctionId> Callers = Linked.callersOf(Next);
    llvm::ArrayRef<FunctionId> Takers = Linked.takersOf(Next);
    llvm::ArrayRef<GlobalId> Tables = Linked.tablesOf(Next);
    if ((Callers.empty() && Takers.empty() && Tables.empty()) ||
        Linked.function(Next).Body->Initial || Linked.moduleOf(Next) != Module)
      return Entry->second;
    llvm::append_range(Functions, Callers);
    llvm::append_range(Functions, Takers);
    llvm::append_range(Variables, Tables);
  }
  Entry->second = std::move(Found);
  return Entry->second;
}

std::vector<unsigned> DriverIds::servedAt(const Event &At) {
  std::vector<unsigned> Result(Ids.size());
  std::iota(Result.begin(), Result.end(), 0);
  if (NamedBy.empty())
    return Result;
  for (const Frame *F = At.Where.get(); F; F = F->Caller.get()) {
    if (Linked.moduleOf(F->Function) != Module ||
        Linked.function(F->Function).Body->Inline)
      continue;
    if (const Served &Only = servedBy(F->Function))
      llvm::erase_if(Result, [&](unsigned Id) { return !Only->count(Id); });
  }
  return Result;
}

} // namespace cocodma
