// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places: what can be assigned to is a variable of the frame or an address.
#include "frontend/FunctionLowering.h"

#include "clang/AST/Decl.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace cocodma {

InstIndex FunctionLowering::fieldAddress(InstIndex Base, const FieldDecl *Field,
                                         const Stmt *At) {
  if (Field->isAnonymousStructOrUnion())
    return Base;
  InstIndex Index = emit(Opcode::FieldAddress, At, Field->getType());
  inst(Index).A = Base;
  inst(Index).Name = Unit.fieldName(Field);
  UnitBuilder::FieldPlace Where = Unit.fieldPlace(Field);
  inst(Index).Value = int64_t(Where.FirstBit);
  inst(Index).C = Where.Bits;
  inst(Index).Sub = Where.InUnion;
  return Index;
}

InstIndex FunctionLowering::elementAddress(InstIndex Base, InstIndex Element,
                                           const Stmt *At, QualType Type) {
  if (uint64_t Inner = Unit.elementsIn(Type); Inner > 1) {
    QualType Number = Unit.context().getSizeType();
    InstIndex Count = constant(int64_t(Inner), At, Number);
    InstIndex Scaled = emit(Opcode::Binary, At, Number);
    inst(Scaled).Sub = uint8_t(BinaryKind::Multiply);
    inst(Scaled).A = Element;
    inst(Scaled).B = Count;
    Element = Scaled;
  }
  InstIndex Index = emit(Opcode::ElementAddress, At, Type);
  inst(Index).A = Base;
  inst(Index).B = Element;
  return Index;
}

FunctionLowering::Place FunctionLowering::place(const Expr *E) {
  E = E->IgnoreParens();
  Place Result;
  Result.Type = E->getType();
  if (const auto *Reference = dyn_cast<DeclRefExpr>(E)) {
    const auto *Variable = dyn_cast<VarDecl>(Reference->getDecl());
    if (Variable && Variable->hasLocalStorage()) {
      uint32_t Local = localOf(Variable);
      if (!this->Result.Locals[Local].InMemory) {
        Result.Local = Local;
        return Result;
      }
    }
  }
  Result.Address = addressOf(E);
  Result.BitField = E->getSourceBitField();
  return Result;
}

InstIndex FunctionLowering::addressOf(const Expr *E) {
  E = E->IgnoreParens();
  if (const auto *Reference = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Target = dyn_cast<FunctionDecl>(Reference->getDecl())) {
      if (InstIndex Held = lowerStaticCall(E, Target->getName()); Held != None)
        return Held;
      Used.Functions.insert(Target);
      InstIndex Index = emit(Opcode::FunctionAddress, E, E->getType());
      inst(Index).Name = Unit.string(Target->getName());
      return Index;
    }
    const auto *Variable = cast<VarDecl>(Reference->getDecl());
    if (Variable->hasLocalStorage()) {
      uint32_t Local = localOf(Variable);
      InstIndex Index = emit(Opcode::LocalAddress, E, E->getType());
      inst(Index).A = Local;
      return Index;
    }
    Used.Globals.insert(Variable);
    InstIndex Index = emit(Opcode::GlobalAddress, E, E->getType());
    inst(Index).Name = Unit.globalName(Variable);
    return Index;
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const Expr *Base = Member->getBase();
    InstIndex Address = Member->isArrow() || !Base->isLValue()
                            ? lowerExpression(Base)
                            : addressOf(Base);
    if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl()))
      return fieldAddress(Address, Field, E);
    return Address;
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    if (Unary->getOpcode() == UO_Deref)
      return lowerExpression(Unary->getSubExpr());
    if (Unary->getOpcode() == UO_Extension)
      return addressOf(Unary->getSubExpr());
  }
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E)) {
    InstIndex Base = lowerExpression(Subscript->getBase());
    InstIndex Index = lowerExpression(Subscript->getIdx());
    return elementAddress(Base, Index, E, E->getType());
  }
  if (const auto *Literal = dyn_cast<CompoundLiteralExpr>(E))
    return lowerCompoundLiteral(Literal);
  if (isa<StringLiteral, PredefinedExpr>(E)) {
    InstIndex Index = emit(Opcode::StringLiteral, E, E->getType());
    if (const auto *Literal = dyn_cast<StringLiteral>(E))
      inst(Index).Name = Unit.characters(Literal);
    return Index;
  }
  if (const auto *Chosen = dyn_cast<ChooseExpr>(E))
    return addressOf(Chosen->getChosenSubExpr());
  if (const auto *Generic = dyn_cast<GenericSelectionExpr>(E))
    return addressOf(Generic->getResultExpr());
  if (!E->isLValue() && E->getType()->isRecordType())
    return lowerExpression(E);
  return undefined(E, Unit.context().getPointerType(E->getType()));
}

InstIndex FunctionLowering::read(const Place &From, const Stmt *At) {
  if (From.Local != None) {
    InstIndex Index = emit(Opcode::ReadLocal, At, From.Type);
    inst(Index).A = From.Local;
    return Index;
  }
  if (From.Type->isRecordType())
    return From.Address;
  InstIndex Index = emit(Opcode::Load, At, From.Type);
  inst(Index).Sub = Speculating != 0;
  inst(Index).A = From.Address;
  return Index;
}

InstIndex FunctionLowering::write(const Place &To, InstIndex Value,
                                  const Stmt *At) {
  if (To.Local != None) {
    InstIndex Index = emit(Opcode::WriteLocal, At, To.Type);
    inst(Index).A = To.Local;
    inst(Index).B = Value;
    return Value;
  }
  if (To.BitField && !To.Type->isBooleanType()) {
    // Memory holds what will be read: bits that do not fit are gone.
    Value = castTo(Value, At, To.Type);
    inst(Value).Type = Unit.bitFieldType(To.BitField);
  }
  bool Record = To.Type->isRecordType();
  InstIndex Index =
      emit(Record ? Opcode::CopyObject : Opcode::Store, At, To.Type);
  inst(Index).A = To.Address;
  inst(Index).B = Value;
  return Value;
}

} // namespace cocodma
