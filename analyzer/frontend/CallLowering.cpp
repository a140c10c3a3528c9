// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls, compiler builtins, and initializers of local variables.
#include "frontend/FunctionLowering.h"

#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace cocodma {

InstIndex FunctionLowering::callInstruction(const Stmt *At, QualType Type,
                                            StringIndex Name, InstIndex Callee,
                                            llvm::ArrayRef<InstIndex> Args) {
  InstIndex Index = emit(Opcode::Call, At, Type);
  inst(Index).Name = Name;
  inst(Index).A = Callee;
  inst(Index).B = Result.Operands.size();
  inst(Index).C = Args.size();
  Result.Operands.insert(Result.Operands.end(), Args.begin(), Args.end());
  return Index;
}

std::optional<InstIndex> FunctionLowering::lowerBuiltin(const CallExpr *E,
                                                        llvm::StringRef Name) {
  if (!Name.starts_with("__builtin_"))
    return std::nullopt;
  llvm::StringRef Plain = Name.drop_front(strlen("__builtin_"));
  if (Plain == "expect" || Plain == "expect_with_probability" ||
      Plain == "assume_aligned") {
    InstIndex Value = lowerExpression(E->getArg(0));
    for (unsigned I = 1; I < E->getNumArgs(); ++I)
      lowerExpression(E->getArg(I));
    return Value;
  }
  if (Plain == "constant_p") {
    std::optional<int64_t> Value = constantValue(E);
    return constant(Value ? *Value : 0, E, E->getType());
  }
  if (Plain == "unreachable" || Plain == "trap") {
    endPath();
    return undefined(E, E->getType());
  }
  if (Plain == "object_size" || Plain == "dynamic_object_size")
    return constant(-1, E, E->getType());
  if (std::optional<int64_t> Value = constantValue(E))
    return constant(*Value, E, E->getType());
  return lowerBitBuiltin(E, Plain);
}

/// A bit for each of the first eight arguments that \p E hands over as a
/// pointer to something constant: whoever is called only reads it.
static uint8_t readOnlyArguments(const CallExpr *E) {
  QualType Callee = E->getCallee()->getType();
  if (const auto *Pointer = Callee->getAs<PointerType>())
    Callee = Pointer->getPointeeType();
  const auto *Type = Callee->getAs<FunctionProtoType>();
  if (!Type)
    return 0;
  uint8_t Result = 0;
  for (unsigned I = 0; I < std::min(Type->getNumParams(), 8U); ++I) {
    QualType To = Type->getParamType(I)->getPointeeType();
    if (!To.isNull() && To.isConstQualified() && !To->isVoidType())
      Result |= 1U << I;
  }
  return Result;
}

/// The function that a static call goes to, as the variable holds that the
/// unit defines for it; None if it is no static call, or of another unit.
InstIndex FunctionLowering::lowerStaticCall(const Expr *E,
                                            llvm::StringRef Name) {
  const FrontEndVocabulary &Words = Unit.vocabulary();
  if (Words.CallTrampoline.empty() || !Name.consume_front(Words.CallTrampoline))
    return None;
  llvm::StringRef Member = llvm::StringRef(Words.CallTarget).rsplit('.').second;
  for (const NamedDecl *Found : Unit.atFileScope(Words.CallKey + Name.str())) {
    const auto *Variable = dyn_cast<VarDecl>(Found);
    const RecordDecl *Record =
        Variable ? Variable->getType()->getAsRecordDecl() : nullptr;
    if (!Record || !Variable->getDefinition())
      continue;
    for (const FieldDecl *Field : Record->fields()) {
      if (Field->getName() != Member)
        continue;
      Used.Globals.insert(Variable);
      InstIndex Address = emit(Opcode::GlobalAddress, E, Variable->getType());
      inst(Address).Name = Unit.globalName(Variable);
      Place Target;
      Target.Address = fieldAddress(Address, Field, E);
      Target.Type = Field->getType();
      InstIndex Function = read(Target, E);
      inst(Function).Sub = 2;
      return Function;
    }
  }
  return None;
}

InstIndex FunctionLowering::lowerCall(const CallExpr *E) {
  const FunctionDecl *Callee = E->getDirectCallee();
  StringIndex Name = None;
  InstIndex Pointer = None;
  if (Callee) {
    llvm::StringRef Spelling = Callee->getName();
    if (std::optional<InstIndex> Value = lowerBuiltin(E, Spelling))
      return *Value;
    Spelling.consume_front("__builtin_");
    // A function may be declared under one name and linked under another;
    // the linker's name is the one that counts.
    if (const auto *Label = Callee->getAttr<AsmLabelAttr>())
      Spelling = Label->getLabel();
    Pointer = lowerStaticCall(E, Spelling);
    if (Pointer == None) {
      Name = Unit.string(Spelling);
      Used.Functions.insert(Callee);
    }
  } else {
    Pointer = lowerExpression(E->getCallee());
  }
  llvm::SmallVector<InstIndex, 8> Arguments;
  for (const Expr *Argument : E->arguments())
    Arguments.push_back(lowerExpression(Argument));
  InstIndex Index = callInstruction(E, E->getType(), Name, Pointer, Arguments);
  inst(Index).Sub = readOnlyArguments(E);
  if (Callee && Callee->isNoReturn())
    endPath();
  return Index;
}

void FunctionLowering::initializeList(InstIndex Address, QualType Type,
                                      const InitListExpr *List) {
  if (const InitListExpr *Semantic = List->getSemanticForm())
    List = Semantic;
  if (Type->isArrayType()) {
    const ArrayType *Array = Unit.context().getAsArrayType(Type);
    for (unsigned I = 0; I < List->getNumInits(); ++I) {
      if (isa<ImplicitValueInitExpr>(List->getInit(I)))
        continue;
      InstIndex Element = constant(I, List, Unit.context().IntTy);
      Place Target;
      Target.Type = Array->getElementType();
      Target.Address = elementAddress(Address, Element, List, Target.Type);
      initialize(Target, List->getInit(I));
    }
    return;
  }
  const RecordDecl *Record = Type->getAsRecordDecl();
  if (!Record)
    return;
  unsigned I = 0;
  for (const FieldDecl *Field : Record->fields()) {
    const Expr *Init = nullptr;
    if (Record->isUnion()) {
      Field = List->getInitializedFieldInUnion();
      Init = Field && List->getNumInits() ? List->getInit(0) : nullptr;
    } else {
      if (Field->isUnnamedBitField())
        continue;
      Init = I < List->getNumInits() ? List->getInit(I++) : nullptr;
    }
    if (Init && !isa<ImplicitValueInitExpr>(Init)) {
      Place Target;
      Target.Type = Field->getType();
      Target.Address = fieldAddress(Address, Field, List);
      Target.BitField = Field->isBitField() ? Field : nullptr;
      initialize(Target, Init);
    }
    if (Record->isUnion())
      break;
  }
}

void FunctionLowering::initialize(const Place &To, const Expr *Init) {
  Init = Init->IgnoreParens();
  bool Aggregate = To.Type->isRecordType() || To.Type->isArrayType();
  if (Aggregate && isa<InitListExpr, ImplicitValueInitExpr>(Init)) {
    InstIndex Zero = emit(Opcode::ZeroObject, Init, To.Type);
    inst(Zero).A = To.Address;
    if (const auto *List = dyn_cast<InitListExpr>(Init))
      initializeList(To.Address, To.Type, List);
    return;
  }
  if (To.Type->isArrayType()) {
    lowerExpression(Init); // A string: the characters do not matter.
    return;
  }
  write(To, lowerExpression(Init), Init);
}

} // namespace cocodma
