// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Wakers.h"

namespace cocodma {

Wakers::Wakers(const Program &Linked, const Spec &Vocabulary)
    : Linked(Linked), Vocabulary(Vocabulary) {
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    for (const Inst &I : Body.Insts) {
      if (I.Op != Opcode::Call || I.Name == None)
        continue;
      const Primitive *P = Vocabulary.primitive(Linked.text(I.Name));
      if (!P || P->Effect != Effect::Wake)
        continue;
      std::optional<unsigned> At = P->position(Role::Address);
      if (!At || *At >= I.C)
        continue;
      const Inst &Address = Body.Insts[Body.Operands[I.B + *At]];
      if (Address.Op == Opcode::FieldAddress)
        addWrites(Body, Address.Name);
    }
  }
}

StringIndex Wakers::memberOf(const FunctionSummary &Body, InstIndex Address,
                             llvm::StringRef Record) const {
  // Of `&request->answer.status` it is `answer` that belongs to the record.
  StringIndex Result = None;
  for (const Inst *At = &Body.Insts[Address];
       At->Op == Opcode::FieldAddress || At->Op == Opcode::ElementAddress ||
       At->Op == Opcode::Cast;
       At = &Body.Insts[At->A])
    if (At->Op == Opcode::FieldAddress &&
        Linked.text(At->Name).rsplit('.').first == Record)
      Result = At->Name;
  return Result;
}

void Wakers::addWrites(const FunctionSummary &Body, StringIndex Completion) {
  llvm::StringRef Record = Linked.text(Completion).rsplit('.').first;
  std::set<StringIndex> &Into = Members[Completion];
  for (const Inst &I : Body.Insts) {
    InstIndex Written = None;
    if (I.Op == Opcode::Store || I.Op == Opcode::CopyObject)
      Written = I.A;
    if (I.Op == Opcode::Call && I.Name != None)
      if (const Primitive *P = Vocabulary.primitive(Linked.text(I.Name)))
        if (std::optional<unsigned> At = P->position(Role::Destination);
            P->Effect == Effect::Copy && At && *At < I.C)
          Written = Body.Operands[I.B + *At];
    if (Written == None)
      continue;
    if (StringIndex Member = memberOf(Body, Written, Record); Member != None)
      Into.insert(Member);
  }
}

const std::set<StringIndex> &Wakers::written(StringIndex Completion) const {
  static const std::set<StringIndex> Nothing;
  auto Found = Members.find(Completion);
  return Found == Members.end() ? Nothing : Found->second;
}

} // namespace cocodma
