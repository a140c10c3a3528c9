// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of a lowered function: blocks, locals, and the order of the work.
#include "frontend/FunctionLowering.h"

#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace cocodma {

InstIndex FunctionLowering::emit(Opcode Op, const Stmt *At, QualType Type) {
  if (terminated())
    startBlock(newBlock()); // Unreachable code still needs a block.
  Inst New;
  New.Op = Op;
  if (!Type.isNull())
    New.Type = Unit.type(Type);
  if (At) {
    SourcePlace Where = Unit.place(At->getBeginLoc());
    New.File = Where.File;
    New.Line = Where.Line;
    New.Column = Where.Column;
  }
  Result.Insts.push_back(New);
  return Result.Insts.size() - 1;
}

InstIndex FunctionLowering::constant(int64_t Value, const Stmt *At,
                                     QualType Type) {
  InstIndex Index = emit(Opcode::Constant, At, Type);
  inst(Index).Value = Value;
  return Index;
}

InstIndex FunctionLowering::undefined(const Stmt *At, QualType Type) {
  return emit(Opcode::Undefined, At, Type);
}

uint32_t FunctionLowering::newBlock() {
  Result.Blocks.emplace_back();
  return Result.Blocks.size() - 1;
}

void FunctionLowering::startBlock(uint32_t Index) {
  if (!terminated())
    jump(Index);
  Result.Blocks[Index].First = Result.Insts.size();
  Current = Index;
}

void FunctionLowering::jump(uint32_t Target) {
  if (terminated())
    return;
  Block &Open = Result.Blocks[Current];
  Open.End = Result.Insts.size();
  Open.Kind = Terminator::Jump;
  Open.Successors = {Target};
  Current = None;
}

void FunctionLowering::branch(InstIndex Condition, const Stmt *Text,
                              uint32_t True, uint32_t False) {
  if (terminated())
    return;
  SourcePlace Where = Unit.place(Text->getBeginLoc());
  StringIndex Spelling = Unit.sourceText(Text);
  Block &Open = Result.Blocks[Current];
  Open.End = Result.Insts.size();
  Open.Kind = Terminator::Branch;
  Open.Condition = Condition;
  Open.File = Where.File;
  Open.Line = Where.Line;
  Open.Column = Where.Column;
  Open.Text = Spelling;
  Open.Successors = {True, False};
  Current = None;
}

void FunctionLowering::endPath() {
  if (terminated())
    return;
  Block &Open = Result.Blocks[Current];
  Open.End = Result.Insts.size();
  Open.Kind = Terminator::Unreachable;
  Current = None;
}

uint32_t FunctionLowering::localOf(const VarDecl *Variable) {
  auto Found = LocalIds.find(Variable);
  if (Found != LocalIds.end())
    return Found->second;
  LocalVariable New;
  New.Name = Unit.string(Variable->getName());
  New.Type = Unit.type(Variable->getType());
  QualType Type = Variable->getType().getCanonicalType();
  New.InMemory = AddressTaken.contains(Variable) || Type->isRecordType() ||
                 Type->isArrayType();
  Result.Locals.push_back(New);
  uint32_t Index = Result.Locals.size() - 1;
  LocalIds[Variable] = Index;
  return Index;
}

void FunctionLowering::declareParameters() {
  for (const ParmVarDecl *Parameter : Function->parameters())
    localOf(Parameter);
  Result.ParameterCount = Function->getNumParams();
}

void FunctionLowering::findAddressTaken(const Stmt *Body) {
  llvm::SmallVector<const Stmt *, 64> Work = {Body};
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S)
      continue;
    const Expr *Operand = nullptr;
    if (const auto *Unary = dyn_cast<UnaryOperator>(S)) {
      if (Unary->getOpcode() == UO_AddrOf)
        Operand = Unary->getSubExpr()->IgnoreParens();
    }
    if (Operand) {
      if (const auto *Reference = dyn_cast<DeclRefExpr>(Operand))
        if (const auto *Variable = dyn_cast<VarDecl>(Reference->getDecl()))
          AddressTaken.insert(Variable);
    }
    if (const auto *Declaration = dyn_cast<DeclStmt>(S)) {
      // Cleanup functions take the address of their variable.
      for (const Decl *D : Declaration->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(D))
          if (Variable->hasAttr<CleanupAttr>())
            AddressTaken.insert(Variable);
    }
    for (const Stmt *Child : S->children())
      Work.push_back(Child);
  }
}

FunctionSummary FunctionLowering::run() {
  SourcePlace Where = Unit.place(Function->getLocation());
  Result.Name = Unit.string(Function->getName());
  Result.File = Where.File;
  Result.Line = Where.Line;
  Result.Result = Unit.type(Function->getReturnType());
  Result.Internal = Function->getStorageClass() == SC_Static;
  Result.Weak = Function->hasAttr<WeakAttr>();
  if (const auto *Section = Function->getAttr<SectionAttr>()) {
    Result.Initial = Section->getName().starts_with(".init");
    Result.Final = Section->getName().starts_with(".exit");
  }
  const SourceManager &Sources = Unit.context().getSourceManager();
  Result.Inline =
      !Sources.isInMainFile(Sources.getExpansionLoc(Function->getLocation()));
  const Stmt *Body = Function->getBody();
  findAddressTaken(Body);
  declareParameters();
  startBlock(newBlock());
  lowerStatement(Body);
  if (!terminated()) {
    Block &Open = Result.Blocks[Current];
    Open.End = Result.Insts.size();
    Open.Kind = Terminator::Return;
    Current = None;
  }
  return std::move(Result);
}

} // namespace cocodma
