// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bits of words in memory. Kernels set and clear them with instructions of the
// processor (Documentation/atomic_bitops.txt), which no expression shows.
#include "dataflow/Evaluator.h"

namespace cocodma {

/// Linux counts bits in words of unsigned long, on all that this is run on.
static constexpr int64_t WordShift = 6;
static constexpr int64_t WordMask = 63;

static Inst step(BinaryKind Kind) {
  Inst Result;
  Result.Sub = uint8_t(Kind);
  return Result;
}

Value Evaluator::bitOperation(Activation &A, const Inst &I, const Primitive &P,
                              llvm::ArrayRef<Value> Arguments, Bdd Path) {
  auto Constant = [&](int64_t Number) {
    return always(Conditions, Terms.constant(Number));
  };
  Value Number = under(Conditions, argument(P, Role::Bit, Arguments), Path);
  Value Word = elementAddress(
      I, under(Conditions, argument(P, Role::Address, Arguments), Path),
      binary(step(BinaryKind::ShiftRight), Number, Constant(WordShift), Path),
      Path);
  Value Place = binary(step(BinaryKind::And), Number, Constant(WordMask), Path);
  Value Mask = binary(step(BinaryKind::ShiftLeft), Constant(1), Place, Path);
  TypeIndex Type = None;
  if (std::optional<unsigned> Position = P.position(Role::Address))
    if (*Position < I.C)
      Type =
          Linked.pointee(A.Body->Insts[A.Body->Operands[I.B + *Position]].Type);
  Value Old = loadThrough(Word, Type, A.Full), New;
  if (P.Effect == Effect::ClearBit) {
    Value Others =
        binary(step(BinaryKind::ExclusiveOr), Mask, Constant(-1), Path);
    New = binary(step(BinaryKind::And), Old, Others, Path);
  } else {
    New = binary(step(P.Effect == Effect::SetBit ? BinaryKind::Or
                                                 : BinaryKind::ExclusiveOr),
                 Old, Mask, Path);
  }
  for (const Guarded &G : Word) {
    std::optional<Cell> Where = target(G.What);
    Bdd When = B.conj(G.When, A.Full);
    if (Where && !When.isFalse())
      store(canonical(*Where), New, Type, When);
  }
  return boolean(
      truth(Conditions, binary(step(BinaryKind::And), Old, Mask, Path)));
}

Value Evaluator::assembly(Activation &A, const Inst &I, Bdd Path) {
  // x86's bit test is how flags in bitmaps are read; anything else is open.
  llvm::StringRef Template = Linked.text(I.Name).ltrim();
  bool BitTest =
      Template.consume_front("bt") && !Template.empty() &&
      (Template[0] == 'q' || Template[0] == 'l' || Template[0] == ' ');
  if (BitTest && I.C == 2) {
    Value Word = under(Conditions, A.Registers[A.Body->Operands[I.B]], Path);
    Value Number =
        under(Conditions, A.Registers[A.Body->Operands[I.B + 1]], Path);
    Value Shifted = binary(step(BinaryKind::ShiftRight), Word, Number, Path);
    return boolean(
        truth(Conditions, binary(step(BinaryKind::And), Shifted,
                                 always(Conditions, Terms.constant(1)), Path)));
  }
  return input(I.Type, "inline assembly", None, None);
}

} // namespace cocodma
