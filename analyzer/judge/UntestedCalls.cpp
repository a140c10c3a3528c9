// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/UntestedCalls.h"

namespace cocodma {
namespace {

/// The field that an instruction loads; None if it loads none.
StringIndex loadedField(const FunctionSummary &Body, InstIndex Value) {
  while (Value != None && Body.Insts[Value].Op == Opcode::Cast)
    Value = Body.Insts[Value].A;
  if (Value == None || Body.Insts[Value].Op != Opcode::Load)
    return None;
  const Inst &Address = Body.Insts[Body.Insts[Value].A];
  return Address.Op == Opcode::FieldAddress ? Address.Name : None;
}

bool isZero(const Inst &I) { return I.Op == Opcode::Constant && I.Value == 0; }

/// True if \p Condition, being \p Outcome, says that \p Field is set.
bool tellsThatSet(const FunctionSummary &Body, InstIndex Condition,
                  bool Outcome, StringIndex Field) {
  if (Condition == None)
    return false;
  const Inst &I = Body.Insts[Condition];
  switch (I.Op) {
  case Opcode::Load:
    return Outcome && loadedField(Body, Condition) == Field;
  case Opcode::Cast:
    return tellsThatSet(Body, I.A, Outcome, Field);
  case Opcode::Unary:
    return UnaryKind(I.Sub) == UnaryKind::Not &&
           tellsThatSet(Body, I.A, !Outcome, Field);
  case Opcode::LogicalAnd:
  case Opcode::LogicalOr:
    return Outcome == (I.Op == Opcode::LogicalAnd) &&
           (tellsThatSet(Body, I.A, Outcome, Field) ||
            tellsThatSet(Body, I.B, Outcome, Field));
  case Opcode::Binary: {
    bool Differs = BinaryKind(I.Sub) == BinaryKind::NotEqual;
    if (!Differs && BinaryKind(I.Sub) != BinaryKind::Equal)
      return false;
    InstIndex Other = isZero(Body.Insts[I.A]) ? I.B : I.A;
    return (isZero(Body.Insts[I.A]) || isZero(Body.Insts[I.B])) &&
           tellsThatSet(Body, Other, Outcome == Differs, Field);
  }
  default:
    return false;
  }
}

/// True if \p Target can be reached without a branch that found \p Field set.
bool isReachedUntested(const FunctionSummary &Body, uint32_t Target,
                       StringIndex Field) {
  std::vector<bool> Seen(Body.Blocks.size());
  std::vector<uint32_t> Work = {0};
  Seen[0] = true;
  while (!Work.empty()) {
    const Block &Here = Body.Blocks[Work.back()];
    Work.pop_back();
    for (size_t Way = 0; Way < Here.Successors.size(); ++Way) {
      uint32_t Next = Here.Successors[Way];
      if (Seen[Next] ||
          (Here.Kind == Terminator::Branch &&
           tellsThatSet(Body, Here.Condition, /*Outcome=*/Way == 0, Field)))
        continue;
      Seen[Next] = true;
      Work.push_back(Next);
    }
  }
  return Seen[Target];
}

} // namespace

std::map<std::string, UntestedCall> untestedCalls(const Program &Linked,
                                                  llvm::StringRef Struct) {
  std::map<std::string, UntestedCall> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (uint32_t Number = 0; Number < Body.Blocks.size(); ++Number)
      for (InstIndex At = Body.Blocks[Number].First;
           At < Body.Blocks[Number].End; ++At) {
        const Inst &I = Body.Insts[At];
        if (I.Op != Opcode::Call || I.Name != None)
          continue;
        StringIndex Field = loadedField(Body, I.A);
        auto [Record, Member] = Linked.text(Field).split('.');
        if (Record == Struct && !Result.count(Member.str()) &&
            isReachedUntested(Body, Number, Field))
          Result[Member.str()] = {Id, At};
      }
  }
  return Result;
}

} // namespace cocodma
