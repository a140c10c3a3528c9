// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/KeptCode.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::optional<Keeping> KeptCode::keeping(TermId Record, Bdd When) const {
  const TermTable &Terms = Engine.terms();
  const Term &T = Terms.term(Record);
  if (T.Kind != TermKind::Pointer)
    return std::nullopt;
  Keeping Result;
  Result.Record = Record;
  Result.When = When;
  Result.Handed = Engine.conditions().no();
  // From the record outwards: the outermost member of a record that is the
  // driver's own is the one that is kept.
  std::vector<StringIndex> Inside;
  for (PathId Path = T.B; Path != 0; Path = Terms.parent(Path)) {
    const PathStep &Step = Terms.last(Path);
    if (Step.What == PathStep::Kind::Element)
      return std::nullopt;
    if (Step.What != PathStep::Kind::Field)
      break;
    const StringIndex Owner =
        Linked.find(Linked.text(Step.Id).rsplit('.').first);
    if (Owner != None && Linked.isPrivate(Owner)) {
      Result.Place = Path;
      Result.Member = Step.Id;
      Result.Inside.assign(Inside.rbegin(), Inside.rend());
    }
    Inside.push_back(Step.Id);
  }
  if (Result.Member == None)
    return std::nullopt;
  return Result;
}

bool KeptCode::leadsTo(TermId Pointer, const Keeping &What) const {
  const TermTable &Terms = Engine.terms();
  const Term &Given = Terms.term(Pointer), &Record = Terms.term(What.Record);
  return Given.Kind == TermKind::Pointer && Given.A == Record.A &&
         Terms.startsWith(Given.B, What.Place) &&
         Terms.startsWith(Record.B, Given.B);
}

const std::set<FunctionId> &KeptCode::givers(const Keeping &What) {
  auto [Entry, New] = Known.try_emplace({What.Member, What.Inside});
  if (New)
    for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
      if (gives(*Linked.peek(Id).Body, What))
        Entry->second.insert(Id);
  return Entry->second;
}

bool KeptCode::onlyStops(const Inst &Call, uint32_t Argument) const {
  if (Call.Op != Opcode::Call || Call.Name == None)
    return false;
  const Primitive *P = Vocabulary.primitive(Linked.text(Call.Name));
  return P && (P->Effect == Effect::Stop || P->Effect == Effect::SetUp) &&
         P->position(Role::Address) == Argument;
}

bool KeptCode::handsOn(const FunctionSummary &Body, const Inst &I,
                       llvm::function_ref<bool(InstIndex)> Leads) const {
  switch (I.Op) {
  case Opcode::Store:
  case Opcode::WriteLocal:
    return Leads(I.B);
  case Opcode::Select:
    return Leads(I.B) || Leads(I.C);
  case Opcode::Binary:
    return BinaryKind(I.Sub) < BinaryKind::Equal && (Leads(I.A) || Leads(I.B));
  case Opcode::Assembly:
  case Opcode::Call:
    for (uint32_t N = 0; N < I.C; ++N)
      if (Leads(Body.Operands[I.B + N]) && !onlyStops(I, N))
        return true;
    return false;
  default:
    return false;
  }
}

bool KeptCode::gives(const FunctionSummary &Body, const Keeping &What) const {
  // How many of the members inside each address has passed already.
  llvm::SmallDenseMap<InstIndex, size_t, 8> Passed;
  auto Leads = [&](InstIndex Of) { return Passed.count(Of) != 0; };
  for (InstIndex Index = 0; Index < Body.Insts.size(); ++Index) {
    const Inst &I = Body.Insts[Index];
    if (handsOn(Body, I, Leads))
      return true;
    const bool IsMember = I.Op == Opcode::FieldAddress;
    if (IsMember && I.Name == What.Member)
      Passed[Index] = 0;
    if (!IsMember && I.Op != Opcode::Cast && I.Op != Opcode::ElementAddress)
      continue;
    auto From = Passed.find(I.A);
    if (From == Passed.end())
      continue;
    const size_t Count = From->second;
    if (!IsMember)
      Passed[Index] = Count;
    else if (Count < What.Inside.size() && What.Inside[Count] == I.Name)
      Passed[Index] = Count + 1;
  }
  return llvm::any_of(Body.Blocks, [&](const Block &B) {
    return B.Kind == Terminator::Return && B.Condition != None &&
           Leads(B.Condition);
  });
}

} // namespace cocodma
