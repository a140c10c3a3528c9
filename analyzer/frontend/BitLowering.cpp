// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What compilers and processors know to do with the bits of a number, and the
// small steps that such lowerings are made of.
#include "frontend/FunctionLowering.h"

#include "clang/AST/Decl.h"

using namespace clang;

namespace cocodma {

InstIndex FunctionLowering::operate(BinaryKind Kind, InstIndex Left,
                                    InstIndex Right, const Stmt *At,
                                    QualType Type) {
  InstIndex Index = emit(Opcode::Binary, At, Type);
  inst(Index).Sub = uint8_t(Kind);
  inst(Index).A = Left;
  inst(Index).B = Right;
  inst(Index).Value = 1;
  return Index;
}

InstIndex FunctionLowering::operate(UnaryKind Kind, InstIndex Operand,
                                    const Stmt *At, QualType Type) {
  InstIndex Index = emit(Opcode::Unary, At, Type);
  inst(Index).Sub = uint8_t(Kind);
  inst(Index).A = Operand;
  return Index;
}

InstIndex FunctionLowering::choose(InstIndex Condition, InstIndex True,
                                   InstIndex False, const Stmt *At,
                                   QualType Type) {
  InstIndex Index = emit(Opcode::Select, At, Type);
  inst(Index).A = Condition;
  inst(Index).B = True;
  inst(Index).C = False;
  return Index;
}

InstIndex FunctionLowering::castTo(InstIndex Operand, const Stmt *At,
                                   QualType Type) {
  InstIndex Index = emit(Opcode::Cast, At, Type);
  inst(Index).A = Operand;
  return Index;
}

InstIndex FunctionLowering::unsignedNumber(InstIndex Number, QualType Type,
                                           const Stmt *At) {
  // A negative number has as many bits as its type, not as a term.
  return castTo(Number, At,
                Unit.context().getTypeSize(Type) > 32
                    ? Unit.context().UnsignedLongTy
                    : Unit.context().UnsignedIntTy);
}

InstIndex FunctionLowering::lookForBit(InstIndex Number, QualType NumberType,
                                       bool Last, InstIndex Otherwise,
                                       const Stmt *At, QualType Type) {
  Number = unsignedNumber(Number, NumberType, At);
  InstIndex Found = operate(Last ? UnaryKind::LastBit : UnaryKind::FirstBit,
                            Number, At, Type);
  return Otherwise == None ? Found : choose(Number, Found, Otherwise, At, Type);
}

std::optional<InstIndex>
FunctionLowering::lowerBitBuiltin(const CallExpr *E, llvm::StringRef Name) {
  const QualType Type = E->getType();
  if (Name == "bswap16" || Name == "bswap32" || Name == "bswap64")
    return operate(Name == "bswap16"   ? UnaryKind::SwapBytes16
                   : Name == "bswap32" ? UnaryKind::SwapBytes32
                                       : UnaryKind::SwapBytes64,
                   lowerExpression(E->getArg(0)), E, Type);
  llvm::StringRef Plain = Name.take_front(Name.find_last_not_of('l') + 1);
  const bool Count = Plain == "popcount", First = Plain == "ffs",
             Trailing = Plain == "ctz", Leading = Plain == "clz";
  if (E->getNumArgs() != 1 || (!Count && !First && !Trailing && !Leading))
    return std::nullopt;
  const QualType NumberType = E->getArg(0)->getType();
  InstIndex Number = lowerExpression(E->getArg(0));
  if (Count)
    return operate(UnaryKind::CountBits, unsignedNumber(Number, NumberType, E),
                   E, Type);
  if (First) {
    InstIndex Found = lookForBit(Number, NumberType, /*Last=*/false,
                                 constant(-1, E, Type), E, Type);
    return operate(BinaryKind::Add, Found, constant(1, E, Type), E, Type);
  }
  InstIndex Found = lookForBit(Number, NumberType, Leading, None, E, Type);
  if (Trailing)
    return Found;
  const int64_t Highest = int64_t(Unit.context().getTypeSize(NumberType)) - 1;
  return operate(BinaryKind::Subtract, constant(Highest, E, Type), Found, E,
                 Type);
}

} // namespace cocodma
