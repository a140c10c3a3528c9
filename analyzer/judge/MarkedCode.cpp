// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/MarkedCode.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

MarkedCode::MarkedCode(const Program &Linked, const Spec &Vocabulary,
                       const DeviceClass &Class)
    : Linked(Linked), Vocabulary(Vocabulary), Class(Class) {
  if (const Marker *M = Class.marker(ExternalData))
    MarkerField = Linked.find(Class.markerField(*M));
}

std::set<FunctionId>
MarkedCode::functionsUnder(llvm::ArrayRef<FunctionId> Callers) const {
  std::set<FunctionId> Result(Callers.begin(), Callers.end());
  std::vector<FunctionId> Work(Callers.begin(), Callers.end());
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    for (const Inst &I : Linked.function(Id).Body->Insts) {
      if (I.Op != Opcode::Call || I.Name == None || I.Value < 0)
        continue;
      auto Callee = FunctionId(I.Value);
      if (Linked.moduleOf(Callee) == Linked.moduleOf(Id) &&
          Result.insert(Callee).second)
        Work.push_back(Callee);
    }
  }
  return Result;
}

/// Whether a constant is not zero; nothing if \p At is none.
static std::optional<bool> constantTruth(const FunctionSummary &Body,
                                         InstIndex At) {
  while (At != None && Body.Insts[At].Op == Opcode::Cast)
    At = Body.Insts[At].A;
  if (At == None || Body.Insts[At].Op != Opcode::Constant)
    return std::nullopt;
  return Body.Insts[At].Value != 0;
}

bool MarkedCode::implied(const FunctionSummary &Body, InstIndex At, bool Value,
                         unsigned Depth) const {
  // Does this value, read as a truth, say that the marker is set?
  constexpr unsigned Deepest = 16;
  if (At == None || Depth > Deepest)
    return false;
  const Inst &I = Body.Insts[At];
  auto Inside = [&](InstIndex Of, bool Then) {
    return implied(Body, Of, Then, Depth + 1);
  };
  switch (I.Op) {
  case Opcode::Load:
    return Value && Body.Insts[I.A].Op == Opcode::FieldAddress &&
           Body.Insts[I.A].Name == MarkerField;
  case Opcode::Cast:
    return Inside(I.A, Value);
  case Opcode::Unary:
    return UnaryKind(I.Sub) == UnaryKind::Not && Inside(I.A, !Value);
  case Opcode::LogicalAnd:
    return Value ? Inside(I.A, true) || Inside(I.B, true)
                 : Inside(I.A, false) && Inside(I.B, false);
  case Opcode::LogicalOr:
    return Value ? Inside(I.A, true) && Inside(I.B, true)
                 : Inside(I.A, false) || Inside(I.B, false);
  case Opcode::Binary: {
    const Inst &Other = Body.Insts[I.B];
    if (Other.Op != Opcode::Constant || Other.Value != 0)
      return false;
    if (BinaryKind(I.Sub) == BinaryKind::NotEqual)
      return Inside(I.A, Value);
    return BinaryKind(I.Sub) == BinaryKind::Equal && Inside(I.A, !Value);
  }
  case Opcode::Select: {
    std::optional<bool> Then = constantTruth(Body, I.B);
    std::optional<bool> Else = constantTruth(Body, I.C);
    return Then && Else && *Then != *Else && Inside(I.A, *Then == Value);
  }
  case Opcode::Call:
    return I.Name != None && I.Value >= 0 &&
           resultImplied(FunctionId(I.Value), Value, Depth + 1);
  case Opcode::ReadLocal: {
    // A variable that is written once.
    const Inst *Only = nullptr;
    for (const Inst &Write : Body.Insts)
      if (Write.Op == Opcode::WriteLocal && Write.A == I.A) {
        if (Only)
          return false;
        Only = &Write;
      }
    return Only && Inside(Only->B, Value);
  }
  default:
    return false;
  }
}

bool MarkedCode::resultImplied(FunctionId Callee, bool Value,
                               unsigned Depth) const {
  const FunctionSummary &Body = *Linked.function(Callee).Body;
  bool Any = false;
  for (const Block &Last : Body.Blocks) {
    if (Last.Kind != Terminator::Return)
      continue;
    if (Last.Condition == None)
      return false;
    if (std::optional<bool> Always = constantTruth(Body, Last.Condition);
        Always && *Always != Value)
      continue;
    if (!implied(Body, Last.Condition, Value, Depth))
      return false;
    Any = true;
  }
  return Any;
}

/// The blocks that can be reached from \p From.
static std::set<uint32_t> reachable(const FunctionSummary &Body,
                                    uint32_t From) {
  std::set<uint32_t> Result = {From};
  std::vector<uint32_t> Work = {From};
  while (!Work.empty()) {
    uint32_t Block = Work.back();
    Work.pop_back();
    for (uint32_t Next : Body.Blocks[Block].Successors)
      if (Result.insert(Next).second)
        Work.push_back(Next);
  }
  return Result;
}

bool MarkedCode::isDeviceField(const FunctionSummary &Body,
                               InstIndex Address) const {
  const Inst &To = Body.Insts[Address];
  return To.Op == Opcode::FieldAddress &&
         Linked.text(To.Name).starts_with(Vocabulary.Core.Struct + ".");
}

bool MarkedCode::takesDevice(FunctionId Callee) const {
  const FunctionSummary &Body = *Linked.function(Callee).Body;
  for (uint32_t P = 0; P < Body.ParameterCount; ++P) {
    TypeIndex Pointee = Linked.pointee(Body.Locals[P].Type);
    StringIndex Record = Pointee == None ? None : Linked.recordOf(Pointee);
    if (Record != None && (Linked.text(Record) == Vocabulary.Core.Struct ||
                           Linked.text(Record) == Class.Device.Struct))
      return true;
  }
  return false;
}

bool MarkedCode::isHarmless(const FunctionSummary &Body, const Inst &I,
                            unsigned Depth) const {
  // Nothing but a device's fields can be other than before.
  constexpr unsigned Deepest = 4;
  switch (I.Op) {
  case Opcode::Store:
    return isDeviceField(Body, I.A);
  case Opcode::CopyObject:
  case Opcode::ZeroObject:
  case Opcode::Assembly:
    return false;
  case Opcode::WriteLocal:
    return Depth > 0;
  case Opcode::Call: {
    if (I.Name == None || I.Value < 0 || Depth > Deepest)
      return false;
    const FunctionSummary &Callee = *Linked.function(FunctionId(I.Value)).Body;
    return llvm::all_of(Callee.Insts, [&](const Inst &Inside) {
      return isHarmless(Callee, Inside, Depth + 1);
    });
  }
  default:
    return true;
  }
}

std::optional<MarkedRegion> MarkedCode::regionOf(FunctionId Id, uint32_t Branch,
                                                 unsigned Side) const {
  const FunctionSummary &Body = *Linked.function(Id).Body;
  const Block &Decision = Body.Blocks[Branch];
  std::set<uint32_t> Other =
      reachable(Body, Decision.Successors[Side == 0 ? 1 : 0]);
  MarkedRegion Result;
  Result.Function = Id;
  for (uint32_t Which : reachable(Body, Decision.Successors[Side])) {
    if (Other.count(Which))
      continue;
    const Block &Inside = Body.Blocks[Which];
    if (Inside.Kind == Terminator::Return ||
        Inside.Kind == Terminator::Unreachable)
      return std::nullopt; // To leave the function is an effect.
    for (InstIndex At = Inside.First; At < Inside.End; ++At) {
      const Inst &I = Body.Insts[At];
      if (!isHarmless(Body, I, 0))
        return std::nullopt;
      if (I.Op == Opcode::Store ||
          (I.Op == Opcode::Call && takesDevice(FunctionId(I.Value))))
        Result.Effects.push_back(At);
    }
  }
  if (Result.Effects.empty())
    return std::nullopt;
  llvm::sort(Result.Effects);
  return Result;
}

std::vector<MarkedRegion>
MarkedCode::regionsUnder(llvm::ArrayRef<FunctionId> Callers) const {
  std::vector<MarkedRegion> Result;
  if (MarkerField == None)
    return Result;
  for (FunctionId Id : functionsUnder(Callers)) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (uint32_t Which = 0; Which < Body.Blocks.size(); ++Which) {
      const Block &Decision = Body.Blocks[Which];
      if (Decision.Kind != Terminator::Branch)
        continue;
      for (unsigned Side : {0, 1})
        if (implied(Body, Decision.Condition, Side == 0, 0))
          if (auto Region = regionOf(Id, Which, Side))
            Result.push_back(std::move(*Region));
    }
  }
  return Result;
}

/// True if \p I does anything with one of \p Addresses but to store there.
static bool uses(const Inst &I, const std::set<InstIndex> &Addresses) {
  switch (I.Op) {
  case Opcode::ReadLocal:
  case Opcode::LocalAddress:
    return false; // A is a variable.
  case Opcode::Store:
  case Opcode::WriteLocal:
    return Addresses.count(I.B) != 0;
  case Opcode::Binary:
  case Opcode::LogicalAnd:
  case Opcode::LogicalOr:
  case Opcode::CopyObject:
    return Addresses.count(I.A) || Addresses.count(I.B);
  case Opcode::Select:
    return Addresses.count(I.B) || Addresses.count(I.C);
  default:
    return Addresses.count(I.A) != 0;
  }
}

bool MarkedCode::isRead(const Program &Linked, StringIndex Field) {
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.peek(Id).Body;
    std::set<InstIndex> Addresses;
    for (InstIndex At = 0; At < Body.Insts.size(); ++At)
      if (Body.Insts[At].Op == Opcode::FieldAddress &&
          Body.Insts[At].Name == Field)
        Addresses.insert(At);
    if (Addresses.empty())
      continue;
    for (const Inst &I : Body.Insts)
      if (uses(I, Addresses))
        return true;
    for (InstIndex Operand : Body.Operands)
      if (Addresses.count(Operand))
        return true;
  }
  return false;
}

} // namespace cocodma
