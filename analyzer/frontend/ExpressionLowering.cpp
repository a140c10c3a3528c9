// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions: every rvalue becomes an instruction. The value of an expression
// of record type is the address of the record.
#include "frontend/FunctionLowering.h"

#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace cocodma {
namespace {

/// True if evaluating \p S can do more than compute a value.
bool hasEffects(const Stmt *S) {
  if (isa<CallExpr, StmtExpr>(S))
    return true;
  if (const auto *Binary = dyn_cast<BinaryOperator>(S))
    if (Binary->isAssignmentOp())
      return true;
  if (const auto *Unary = dyn_cast<UnaryOperator>(S))
    if (Unary->isIncrementDecrementOp())
      return true;
  for (const Stmt *Child : S->children())
    if (Child && hasEffects(Child))
      return true;
  return false;
}

BinaryKind binaryKind(BinaryOperatorKind Kind) {
  switch (Kind) {
  case BO_Add:
    return BinaryKind::Add;
  case BO_Sub:
    return BinaryKind::Subtract;
  case BO_Mul:
    return BinaryKind::Multiply;
  case BO_Div:
    return BinaryKind::Divide;
  case BO_Rem:
    return BinaryKind::Remainder;
  case BO_Shl:
    return BinaryKind::ShiftLeft;
  case BO_Shr:
    return BinaryKind::ShiftRight;
  case BO_And:
    return BinaryKind::And;
  case BO_Or:
    return BinaryKind::Or;
  case BO_Xor:
    return BinaryKind::ExclusiveOr;
  case BO_EQ:
    return BinaryKind::Equal;
  case BO_NE:
    return BinaryKind::NotEqual;
  case BO_LT:
    return BinaryKind::Less;
  case BO_LE:
    return BinaryKind::LessEqual;
  case BO_GT:
    return BinaryKind::Greater;
  default:
    return BinaryKind::GreaterEqual;
  }
}

/// True if \p E is what __LINE__ became.
bool isLineNumber(const Expr *E, const SourceManager &Sources) {
  const auto *Literal = dyn_cast<IntegerLiteral>(E->IgnoreParenCasts());
  if (!Literal || !Literal->getLocation().isMacroID() ||
      !Sources.isWrittenInScratchSpace(
          Sources.getSpellingLoc(Literal->getLocation())))
    return false;
  SourceLocation End =
      Sources.getExpansionRange(Literal->getLocation()).getEnd();
  return Literal->getValue() == Sources.getPresumedLineNumber(End);
}

} // namespace

std::optional<int64_t> FunctionLowering::constantValue(const Expr *E) {
  if (!E->getType()->isIntegralOrEnumerationType())
    return std::nullopt;
  Expr::EvalResult Evaluated;
  if (!E->EvaluateAsInt(Evaluated, Unit.context(), Expr::SE_NoSideEffects))
    return std::nullopt;
  llvm::APSInt Value = Evaluated.Val.getInt();
  return Value.getSignificantBits() > 64
             ? int64_t(Value.extOrTrunc(64).getSExtValue())
             : int64_t(Value.extOrTrunc(64).getExtValue());
}

InstIndex FunctionLowering::lowerReference(const DeclRefExpr *E) {
  if (const auto *Enumerator = dyn_cast<EnumConstantDecl>(E->getDecl()))
    return constant(Enumerator->getInitVal().extOrTrunc(64).getSExtValue(), E,
                    E->getType());
  if (isa<FunctionDecl>(E->getDecl()))
    return addressOf(E);
  return read(place(E), E);
}

InstIndex FunctionLowering::lowerExpression(const Expr *E) {
  E = E->IgnoreParens();
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    return lowerCast(Cast);
  // Where code stands decides nothing, and what it does stays the same where it
  // is only moved.
  if (isLineNumber(E, Unit.context().getSourceManager()))
    return undefined(E, E->getType());
  if (const auto *Literal = dyn_cast<IntegerLiteral>(E))
    return constant(Literal->getValue().zextOrTrunc(64).getZExtValue(), E,
                    E->getType());
  if (const auto *Literal = dyn_cast<CharacterLiteral>(E))
    return constant(Literal->getValue(), E, E->getType());
  if (const auto *Reference = dyn_cast<DeclRefExpr>(E))
    return lowerReference(Reference);
  if (isa<UnaryExprOrTypeTraitExpr, OffsetOfExpr, TypeTraitExpr>(E)) {
    if (std::optional<int64_t> Value = constantValue(E))
      return constant(*Value, E, E->getType());
    return undefined(E, E->getType());
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return lowerUnary(Unary);
  if (const auto *Compound = dyn_cast<CompoundAssignOperator>(E))
    return lowerCompoundAssignment(Compound);
  if (const auto *Binary = dyn_cast<BinaryOperator>(E))
    return lowerBinary(Binary);
  if (const auto *Conditional = dyn_cast<AbstractConditionalOperator>(E))
    return lowerConditional(Conditional);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return lowerCall(Call);
  if (const auto *Statement = dyn_cast<StmtExpr>(E))
    return lowerStatementExpression(Statement);
  if (const auto *Opaque = dyn_cast<OpaqueValueExpr>(E)) {
    auto Found = OpaqueValues.find(Opaque);
    return Found != OpaqueValues.end()
               ? Found->second
               : lowerExpression(Opaque->getSourceExpr());
  }
  if (const auto *Chosen = dyn_cast<ChooseExpr>(E))
    return lowerExpression(Chosen->getChosenSubExpr());
  if (const auto *Generic = dyn_cast<GenericSelectionExpr>(E))
    return lowerExpression(Generic->getResultExpr());
  if (isa<ImplicitValueInitExpr>(E))
    return constant(0, E, E->getType());
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return List->getNumInits() ? lowerExpression(List->getInit(0))
                               : constant(0, E, E->getType());
  if (E->isLValue())
    return read(place(E), E);
  if (const auto *Constant = dyn_cast<ConstantExpr>(E))
    return lowerExpression(Constant->getSubExpr());
  for (const Stmt *Child : E->children())
    if (const auto *Operand = dyn_cast_or_null<Expr>(Child))
      lowerExpression(Operand);
  return undefined(E, E->getType());
}

InstIndex FunctionLowering::lowerCast(const CastExpr *E) {
  const Expr *Sub = E->getSubExpr();
  switch (E->getCastKind()) {
  case CK_LValueToRValue:
  case CK_LValueToRValueBitCast:
    return read(place(Sub), E);
  case CK_ArrayToPointerDecay:
  case CK_FunctionToPointerDecay:
    return addressOf(Sub);
  case CK_NullToPointer:
    return constant(0, E, E->getType());
  case CK_ToVoid:
    return lowerExpression(Sub);
  case CK_BuiltinFnToFnPtr:
    return undefined(E, E->getType());
  default:
    break;
  }
  InstIndex Operand = lowerExpression(Sub);
  if (E->getType()->isRecordType())
    return Operand;
  InstIndex Index = emit(Opcode::Cast, E, E->getType());
  inst(Index).A = Operand;
  return Index;
}

InstIndex FunctionLowering::lowerIncrement(const UnaryOperator *E) {
  Place Target = place(E->getSubExpr());
  InstIndex Old = read(Target, E);
  InstIndex One =
      constant(E->isIncrementOp() ? 1 : -1, E, Unit.context().IntTy);
  InstIndex New;
  if (E->getType()->isPointerType()) {
    New = elementAddress(Old, One, E, E->getType()->getPointeeType());
  } else {
    New = emit(Opcode::Binary, E, E->getType());
    inst(New).Sub = uint8_t(BinaryKind::Add);
    inst(New).A = Old;
    inst(New).B = One;
  }
  New = write(Target, New, E);
  return E->isPrefix() ? New : Old;
}

InstIndex FunctionLowering::lowerUnary(const UnaryOperator *E) {
  if (E->isIncrementDecrementOp())
    return lowerIncrement(E);
  switch (E->getOpcode()) {
  case UO_AddrOf:
    return addressOf(E->getSubExpr());
  case UO_Deref:
    return read(place(E), E);
  case UO_Plus:
  case UO_Extension:
    return lowerExpression(E->getSubExpr());
  case UO_Minus:
  case UO_Not:
  case UO_LNot: {
    InstIndex Operand = lowerExpression(E->getSubExpr());
    InstIndex Index = emit(Opcode::Unary, E, E->getType());
    UnaryKind Kind = E->getOpcode() == UO_Minus ? UnaryKind::Negate
                     : E->getOpcode() == UO_Not ? UnaryKind::Complement
                                                : UnaryKind::Not;
    inst(Index).Sub = uint8_t(Kind);
    inst(Index).A = Operand;
    return Index;
  }
  default:
    return undefined(E, E->getType());
  }
}

InstIndex FunctionLowering::lowerContainerOf(const Expr *Pointer,
                                             const OffsetOfExpr *Offset,
                                             const Expr *At) {
  std::string Name;
  for (unsigned I = 0; I < Offset->getNumComponents(); ++I) {
    const OffsetOfNode &Node = Offset->getComponent(I);
    if (Node.getKind() != OffsetOfNode::Field)
      return None;
    if (Node.getField()->isAnonymousStructOrUnion())
      continue;
    Name += (Name.empty() ? "" : "/");
    Name += Unit.text(Unit.fieldName(Node.getField()));
  }
  InstIndex Operand = lowerExpression(Pointer);
  InstIndex Index = emit(Opcode::ContainerOf, At, At->getType());
  inst(Index).A = Operand;
  inst(Index).Name = Unit.string(Name);
  inst(Index).Type = Unit.type(
      Unit.context().getPointerType(Offset->getTypeSourceInfo()->getType()));
  return Index;
}

/// The difference of two pointers counts elements, not bytes.
InstIndex FunctionLowering::countElements(InstIndex Bytes, const Expr *At,
                                          QualType Element) {
  if (Element->isIncompleteType() || Element->isFunctionType())
    return Bytes;
  int64_t Size = Unit.context().getTypeSizeInChars(Element).getQuantity();
  if (Size <= 1)
    return Bytes;
  InstIndex Divisor = constant(Size, At, At->getType());
  InstIndex Index = emit(Opcode::Binary, At, At->getType());
  inst(Index).Sub = uint8_t(BinaryKind::Divide);
  inst(Index).A = Bytes;
  inst(Index).B = Divisor;
  inst(Index).Value = 1;
  return Index;
}

InstIndex FunctionLowering::lowerBinary(const BinaryOperator *E) {
  if (E->isLogicalOp())
    return lowerLogical(E);
  if (E->getOpcode() == BO_Assign)
    return lowerAssignment(E);
  if (E->getOpcode() == BO_Comma) {
    lowerExpression(E->getLHS());
    return lowerExpression(E->getRHS());
  }
  if (E->getOpcode() == BO_Sub) {
    const auto *Offset =
        dyn_cast<OffsetOfExpr>(E->getRHS()->IgnoreParenImpCasts());
    if (Offset && E->getLHS()->getType()->isPointerType()) {
      InstIndex Container = lowerContainerOf(E->getLHS(), Offset, E);
      if (Container != None)
        return Container;
    }
  }
  InstIndex Left = lowerExpression(E->getLHS());
  InstIndex Right = lowerExpression(E->getRHS());
  bool LeftPointer = E->getLHS()->getType()->isPointerType();
  bool RightPointer = E->getRHS()->getType()->isPointerType();
  if (E->isAdditiveOp() && LeftPointer != RightPointer) {
    if (RightPointer)
      std::swap(Left, Right);
    if (E->getOpcode() == BO_Sub) {
      InstIndex Negated = emit(Opcode::Unary, E, Unit.context().LongTy);
      inst(Negated).Sub = uint8_t(UnaryKind::Negate);
      inst(Negated).A = Right;
      Right = Negated;
    }
    return elementAddress(Left, Right, E, E->getType()->getPointeeType());
  }
  InstIndex Index = emit(Opcode::Binary, E, E->getType());
  inst(Index).Sub = uint8_t(binaryKind(E->getOpcode()));
  inst(Index).A = Left;
  inst(Index).B = Right;
  // Comparisons need to know whether they are signed.
  inst(Index).Value =
      E->getLHS()->getType()->isSignedIntegerOrEnumerationType() ? 1 : 0;
  if (E->getOpcode() == BO_Sub && LeftPointer && RightPointer)
    return countElements(Index, E, E->getLHS()->getType()->getPointeeType());
  return Index;
}

InstIndex FunctionLowering::lowerAssignment(const BinaryOperator *E) {
  if (E->getLHS()->getType()->isRecordType()) {
    Place Target = place(E->getLHS());
    InstIndex Source = lowerExpression(E->getRHS());
    write(Target, Source, E);
    return Target.Address;
  }
  InstIndex Value = lowerExpression(E->getRHS());
  Place Target = place(E->getLHS());
  return write(Target, Value, E);
}

InstIndex
FunctionLowering::lowerCompoundAssignment(const CompoundAssignOperator *E) {
  InstIndex Right = lowerExpression(E->getRHS());
  Place Target = place(E->getLHS());
  InstIndex Old = read(Target, E);
  InstIndex New;
  BinaryOperatorKind Kind =
      BinaryOperator::getOpForCompoundAssignment(E->getOpcode());
  if (E->getLHS()->getType()->isPointerType()) {
    if (Kind == BO_Sub) {
      InstIndex Negated = emit(Opcode::Unary, E, Unit.context().LongTy);
      inst(Negated).Sub = uint8_t(UnaryKind::Negate);
      inst(Negated).A = Right;
      Right = Negated;
    }
    New = elementAddress(Old, Right, E, E->getType()->getPointeeType());
  } else {
    InstIndex Computed = emit(Opcode::Binary, E, E->getComputationResultType());
    inst(Computed).Sub = uint8_t(binaryKind(Kind));
    inst(Computed).A = Old;
    inst(Computed).B = Right;
    New = emit(Opcode::Cast, E, E->getType());
    inst(New).A = Computed;
  }
  return write(Target, New, E);
}

InstIndex FunctionLowering::lowerLogical(const BinaryOperator *E) {
  bool IsAnd = E->getOpcode() == BO_LAnd;
  if (std::optional<int64_t> Value = constantValue(E))
    return constant(*Value, E, E->getType());
  InstIndex Left = lowerExpression(E->getLHS());
  InstIndex Right;
  if (hasEffects(E->getRHS())) {
    uint32_t Evaluate = newBlock();
    uint32_t Join = newBlock();
    branch(Left, E->getLHS(), IsAnd ? Evaluate : Join, IsAnd ? Join : Evaluate);
    startBlock(Evaluate);
    Right = lowerExpression(E->getRHS());
    startBlock(Join);
  } else {
    ++Speculating;
    Right = lowerExpression(E->getRHS());
    --Speculating;
  }
  InstIndex Index =
      emit(IsAnd ? Opcode::LogicalAnd : Opcode::LogicalOr, E, E->getType());
  inst(Index).A = Left;
  inst(Index).B = Right;
  return Index;
}

InstIndex
FunctionLowering::lowerConditional(const AbstractConditionalOperator *E) {
  const auto *Binary = dyn_cast<BinaryConditionalOperator>(E);
  if (Binary)
    OpaqueValues[Binary->getOpaqueValue()] =
        lowerExpression(Binary->getCommon());
  if (std::optional<int64_t> Value = constantValue(E->getCond()))
    return lowerExpression(*Value ? E->getTrueExpr() : E->getFalseExpr());
  InstIndex Condition = lowerExpression(E->getCond());
  InstIndex True, False;
  if (hasEffects(E->getTrueExpr()) || hasEffects(E->getFalseExpr())) {
    uint32_t TrueBlock = newBlock();
    uint32_t FalseBlock = newBlock();
    uint32_t Join = newBlock();
    branch(Condition, E->getCond(), TrueBlock, FalseBlock);
    startBlock(TrueBlock);
    True = lowerExpression(E->getTrueExpr());
    jump(Join);
    startBlock(FalseBlock);
    False = lowerExpression(E->getFalseExpr());
    startBlock(Join);
  } else {
    ++Speculating;
    True = lowerExpression(E->getTrueExpr());
    False = lowerExpression(E->getFalseExpr());
    --Speculating;
  }
  InstIndex Index = emit(Opcode::Select, E, E->getType());
  inst(Index).A = Condition;
  inst(Index).B = True;
  inst(Index).C = False;
  return Index;
}

bool FunctionLowering::lowerCondition(const Expr *E, uint32_t True,
                                      uint32_t False) {
  E = E->IgnoreParens();
  if (std::optional<int64_t> Value = constantValue(E)) {
    jump(*Value ? True : False);
    return true;
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    if (Unary->getOpcode() == UO_LNot)
      return lowerCondition(Unary->getSubExpr(), False, True);
  if (const auto *Binary = dyn_cast<BinaryOperator>(E)) {
    if (Binary->isLogicalOp()) {
      uint32_t Next = newBlock();
      bool IsAnd = Binary->getOpcode() == BO_LAnd;
      lowerCondition(Binary->getLHS(), IsAnd ? Next : True,
                     IsAnd ? False : Next);
      startBlock(Next);
      lowerCondition(Binary->getRHS(), True, False);
      return true;
    }
  }
  // likely() and unlikely() wrap the whole condition.
  if (const auto *Call = dyn_cast<CallExpr>(E->IgnoreImpCasts())) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (Callee && Callee->getName() == "__builtin_expect")
      return lowerCondition(Call->getArg(0), True, False);
  }
  InstIndex Value = lowerExpression(E);
  branch(Value, E, True, False);
  return true;
}

InstIndex FunctionLowering::lowerStatementExpression(const StmtExpr *E) {
  const CompoundStmt *Body = E->getSubStmt();
  Scopes.emplace_back();
  InstIndex Value = None;
  for (const Stmt *Child : Body->body()) {
    const auto *Last = dyn_cast<Expr>(Child);
    if (Child == Body->body_back() && Last && !E->getType()->isVoidType())
      Value = lowerExpression(Last);
    else
      lowerStatement(Child);
  }
  if (!terminated())
    leaveScopes(Scopes.size() - 1);
  Scopes.pop_back();
  return Value == None ? undefined(E, E->getType()) : Value;
}

InstIndex FunctionLowering::lowerCompoundLiteral(const CompoundLiteralExpr *E) {
  LocalVariable Temporary;
  Temporary.Name = Unit.string("(literal)");
  Temporary.Type = Unit.type(E->getType());
  Temporary.InMemory = true;
  Result.Locals.push_back(Temporary);
  uint32_t Local = Result.Locals.size() - 1;
  InstIndex Address = emit(Opcode::LocalAddress, E, E->getType());
  inst(Address).A = Local;
  Place Target;
  Target.Address = Address;
  Target.Type = E->getType();
  initialize(Target, E->getInitializer());
  return Address;
}

} // namespace cocodma
