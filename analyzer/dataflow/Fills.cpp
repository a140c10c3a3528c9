// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory that is filled with one byte, or with what nobody knows.
#include "dataflow/Evaluator.h"

#include "llvm/Support/MathExtras.h"

namespace cocodma {

Value Evaluator::fill(const Primitive &P, llvm::ArrayRef<Value> Arguments,
                      Bdd Path) {
  Value Memory = argument(P, Role::Address, Arguments);
  Value Byte = argument(P, Role::Byte, Arguments);
  Bdd Other = truth(Conditions, Byte);
  zeroObject(Memory, B.conj(Path, B.negate(Other)));
  Value Size = argument(P, Role::Size, Arguments);
  std::optional<int64_t> Bytes =
      Size.size() == 1 ? Terms.constantOf(Size[0].What) : std::nullopt;
  for (const Guarded &G : Memory)
    if (std::optional<Cell> Where = target(G.What))
      fillCells(canonical(*Where), Byte, Bytes,
                B.conj(Path, B.conj(Other, G.When)));
  return Memory;
}

TermId Evaluator::repeated(TermId Byte, TypeIndex Number) {
  const SummaryType &Type = Linked.type(Number);
  uint64_t Pattern = 0;
  for (uint64_t I = 0; I < Type.Size; ++I)
    Pattern |= uint64_t(1) << (8 * I);
  TermId Low = Terms.binary(BinaryKind::And, Byte, Terms.constant(0xff), false);
  TermId Result = Terms.binary(BinaryKind::Multiply, Low,
                               Terms.constant(int64_t(Pattern)), false);
  std::optional<int64_t> C = Terms.constantOf(Result);
  return C && Type.Signed && Type.Bits < 64
             ? Terms.constant(llvm::SignExtend64(uint64_t(*C), Type.Bits))
             : Result;
}

void Evaluator::fillCells(Cell Where, const Value &Byte,
                          std::optional<int64_t> Size, Bdd When) {
  if (When.isFalse())
    return;
  // What was never written keeps what it was: of no interest so far.
  std::vector<PathId> Paths = Store->paths(Where.Object);
  if (!llvm::is_contained(Paths, Where.Path))
    Paths.push_back(Where.Path);
  for (PathId P : Paths) {
    const bool Own = P == Where.Path;
    if (!Terms.startsWith(P, Where.Path) || isSharingState({Where.Object, P}))
      continue;
    TypeIndex Type = Own && P == 0 ? Terms.object(Where.Object).Type
                     : P != 0 && Terms.last(P).What == PathStep::Kind::Field
                         ? typeOfField(Terms.last(P).Id)
                         : TypeIndex(None);
    const bool Number = Type != None &&
                        Linked.type(Type).Kind == TypeKind::Integer &&
                        Linked.type(Type).Size <= sizeof(int64_t);
    if (!Number && !Store->find({Where.Object, P}))
      continue; // A record, or nothing that was ever looked at.
    Value Filled;
    if (Number && !(Own && Size && uint64_t(*Size) < Linked.type(Type).Size)) {
      for (const Guarded &G : Byte)
        addAlternative(Conditions, Filled, G.When, repeated(G.What, Type));
    } else {
      Filled = always(Conditions, Terms.symbol("memory filled with a byte",
                                               Certainty::Opaque));
    }
    store({Where.Object, P}, Filled, Type, When);
  }
}

void Evaluator::fillIn(Cell Where, const std::string &Name, Bdd Path) {
  Object Unknown;
  Unknown.Type = Where.Path == 0 ? Terms.object(Where.Object).Type
                 : Terms.last(Where.Path).What == PathStep::Kind::Field
                     ? typeOfField(Terms.last(Where.Path).Id)
                     : TypeIndex(None);
  Unknown.Name = Name;
  copyObject(always(Conditions, Terms.pointer(Where.Object, Where.Path)),
             always(Conditions, Terms.pointer(Terms.newObject(Unknown), 0)),
             Path);
}

} // namespace cocodma
