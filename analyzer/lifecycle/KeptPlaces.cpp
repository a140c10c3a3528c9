// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/KeptPlaces.h"

#include <algorithm>

namespace cocodma {

bool KeptPlaces::isAddress(FunctionId Id, InstIndex At) const {
  const Inst &I = Linked.inspect(Id).Body->Insts[At];
  // A member's address has the member's type.
  return I.Type != None && Linked.recordOf(I.Type) == Wanted &&
         (I.Op != Opcode::FieldAddress || !Linked.isPointer(I.Type));
}

std::optional<KeptPlace> KeptPlaces::placeAt(FunctionId Id,
                                             InstIndex At) const {
  const FunctionSummary &Body = *Linked.inspect(Id).Body;
  KeptPlace Result;
  for (;;) {
    const Inst &I = Body.Insts[At];
    if (I.Op == Opcode::FieldAddress) {
      Result.Steps.push_back(I.Name);
      Result.Record = Linked.find(Linked.text(I.Name).rsplit('.').first);
    } else if (I.Op == Opcode::ElementAddress) {
      Result.Steps.push_back(None);
    } else if (I.Op != Opcode::Cast) {
      break;
    }
    At = I.A;
  }
  std::reverse(Result.Steps.begin(), Result.Steps.end());
  // An element of what is no member is found by a pointer.
  if (Result.Record == None || Result.Steps.front() == None)
    return std::nullopt;
  return Result;
}

void KeptPlaces::followParameter(FunctionId Id, uint32_t Parameter) {
  for (FunctionId Caller : Linked.callersOf(Id)) {
    const FunctionSummary &Body = *Linked.inspect(Caller).Body;
    for (const Inst &I : Body.Insts)
      if (I.Op == Opcode::Call && I.Name != None && FunctionId(I.Value) == Id &&
          Parameter < I.C)
        follow(Caller, Body.Operands[I.B + Parameter]);
  }
}

void KeptPlaces::follow(FunctionId Id, InstIndex At) {
  const FunctionSummary &Body = *Linked.inspect(Id).Body;
  bool IsWanted = isAddress(Id, At);
  while (Body.Insts[At].Op == Opcode::Cast) {
    At = Body.Insts[At].A;
    IsWanted |= isAddress(Id, At);
  }
  if (!Seen.insert({Id, At}).second)
    return;
  const Inst &I = Body.Insts[At];
  if (I.Op == Opcode::ReadLocal) {
    bool Written = false;
    for (const Inst &Write : Body.Insts)
      if (Write.Op == Opcode::WriteLocal && Write.A == I.A) {
        follow(Id, Write.B);
        Written = true;
      }
    // What a setter stores, its callers pass.
    if (I.A < Body.ParameterCount && !IsWanted && Body.Inline)
      followParameter(Id, I.A);
    else
      Unclear |= IsWanted && !Written;
    return;
  }
  const bool IsPlace =
      I.Op == Opcode::FieldAddress || I.Op == Opcode::ElementAddress;
  if (!IsWanted && !IsPlace)
    return;
  std::optional<KeptPlace> Place =
      IsPlace ? placeAt(Id, At) : std::optional<KeptPlace>();
  if (IsWanted && (!Place || (Found && *Found != *Place)))
    Unclear = true;
  else if (IsWanted)
    Found = std::move(Place);
}

std::optional<KeptPlace> KeptPlaces::keptIn(StringIndex Member,
                                            StringIndex Record) {
  Wanted = Record;
  Seen.clear();
  Found.reset();
  Unclear = false;
  for (const FieldWrite &Write : Linked.writesOf(Member)) {
    const FunctionSummary &Body = *Linked.inspect(Write.Function).Body;
    follow(Write.Function, Body.Insts[Write.Store].B);
  }
  return Unclear ? std::nullopt : Found;
}

} // namespace cocodma
