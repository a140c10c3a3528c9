// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statements: control flow becomes blocks, scopes run their cleanups.
#include "frontend/FunctionLowering.h"
#include "frontend/LlvmVersion.h"

#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace cocodma {
namespace {

/// True if control can enter \p S from outside, by goto or by case.
bool hasEntry(const Stmt *S) {
  if (isa<LabelStmt, clang::SwitchCase>(S))
    return true;
  for (const Stmt *Child : S->children())
    if (Child && !isa<Expr>(Child) && hasEntry(Child))
      return true;
  return false;
}

} // namespace

void FunctionLowering::lowerStatement(const Stmt *S) {
  if (!S)
    return;
  if (const auto *E = dyn_cast<Expr>(S)) {
    lowerExpression(E);
    return;
  }
  switch (S->getStmtClass()) {
  case Stmt::CompoundStmtClass:
    return lowerCompound(cast<CompoundStmt>(S));
  case Stmt::DeclStmtClass:
    return lowerDeclaration(cast<DeclStmt>(S));
  case Stmt::IfStmtClass:
    return lowerIf(cast<IfStmt>(S));
  case Stmt::WhileStmtClass:
    return lowerWhile(cast<WhileStmt>(S));
  case Stmt::DoStmtClass:
    return lowerDo(cast<DoStmt>(S));
  case Stmt::ForStmtClass:
    return lowerFor(cast<ForStmt>(S));
  case Stmt::SwitchStmtClass:
    return lowerSwitch(cast<SwitchStmt>(S));
  case Stmt::CaseStmtClass:
  case Stmt::DefaultStmtClass:
    return lowerCase(cast<clang::SwitchCase>(S));
  case Stmt::ReturnStmtClass:
    return lowerReturn(cast<ReturnStmt>(S));
  case Stmt::GotoStmtClass:
    return lowerGoto(cast<GotoStmt>(S));
  case Stmt::IndirectGotoStmtClass:
    return lowerIndirectGoto(cast<IndirectGotoStmt>(S));
  case Stmt::LabelStmtClass:
    return lowerLabel(cast<LabelStmt>(S));
  case Stmt::GCCAsmStmtClass:
    return lowerAssembly(cast<GCCAsmStmt>(S));
  case Stmt::AttributedStmtClass:
    return lowerStatement(cast<AttributedStmt>(S)->getSubStmt());
  case Stmt::BreakStmtClass:
    leaveScopes(Jumps.back().BreakDepth);
    return jump(Jumps.back().Break);
  case Stmt::ContinueStmtClass:
    for (size_t I = Jumps.size(); I-- > 0;) {
      if (Jumps[I].Continue == None)
        continue; // A switch: continue belongs to the loop around it.
      leaveScopes(Jumps[I].ContinueDepth);
      return jump(Jumps[I].Continue);
    }
    return;
  case Stmt::NullStmtClass:
    return;
  default:
    Unit.limit(S->getBeginLoc(), "a statement of a kind that is not lowered");
    return;
  }
}

void FunctionLowering::lowerCompound(const CompoundStmt *S) {
  Scopes.emplace_back();
  for (const Stmt *Child : S->body())
    lowerStatement(Child);
  if (!terminated())
    leaveScopes(Scopes.size() - 1);
  Scopes.pop_back();
}

void FunctionLowering::lowerDeclaration(const DeclStmt *S) {
  for (const Decl *Declaration : S->decls())
    if (const auto *Variable = dyn_cast<VarDecl>(Declaration))
      lowerVariable(Variable);
}

void FunctionLowering::lowerVariable(const VarDecl *Variable) {
  if (!Variable->hasLocalStorage()) {
    if (!Variable->hasExternalStorage())
      Used.Globals.insert(Variable);
    return;
  }
  uint32_t Local = localOf(Variable);
  Place Target;
  Target.Type = Variable->getType();
  if (const Expr *Init = Variable->getInit()) {
    if (Result.Locals[Local].InMemory) {
      InstIndex Address = emit(Opcode::LocalAddress, Init, Target.Type);
      inst(Address).A = Local;
      Target.Address = Address;
    } else {
      Target.Local = Local;
    }
    initialize(Target, Init);
  }
  if (Variable->hasAttr<CleanupAttr>() && !Scopes.empty())
    Scopes.back().Cleanups.push_back(Variable);
}

void FunctionLowering::runCleanup(const VarDecl *Variable) {
  const FunctionDecl *Cleanup =
      Variable->getAttr<CleanupAttr>()->getFunctionDecl();
  InstIndex Address = emit(Opcode::LocalAddress, nullptr, Variable->getType());
  inst(Address).A = localOf(Variable);
  Used.Functions.insert(Cleanup);
  InstIndex Call =
      callInstruction(nullptr, Cleanup->getReturnType(),
                      Unit.string(Cleanup->getName()), None, {Address});
  SourcePlace Where = Unit.place(Variable->getLocation());
  inst(Call).File = Where.File;
  inst(Call).Line = Where.Line;
  inst(Call).Column = Where.Column;
}

void FunctionLowering::leaveScopes(size_t Depth) {
  for (size_t I = Scopes.size(); I-- > Depth;)
    for (size_t V = Scopes[I].Cleanups.size(); V-- > 0;)
      runCleanup(Scopes[I].Cleanups[V]);
}

void FunctionLowering::lowerIf(const IfStmt *S) {
  std::optional<int64_t> Known = constantValue(S->getCond());
  const Stmt *Then = S->getThen();
  const Stmt *Else = S->getElse();
  if (Known) {
    const Stmt *Dead = *Known ? Else : Then;
    if (!Dead || !hasEntry(Dead)) {
      // What the configuration folds away is not code of this kernel.
      if (const Stmt *Live = *Known ? Then : Else)
        lowerStatement(Live);
      return;
    }
  }
  uint32_t ThenBlock = newBlock();
  uint32_t Join = newBlock();
  uint32_t ElseBlock = Else ? newBlock() : Join;
  lowerCondition(S->getCond(), ThenBlock, ElseBlock);
  startBlock(ThenBlock);
  lowerStatement(Then);
  jump(Join);
  if (Else) {
    startBlock(ElseBlock);
    lowerStatement(Else);
    jump(Join);
  }
  startBlock(Join);
}

void FunctionLowering::lowerWhile(const WhileStmt *S) {
  uint32_t Head = newBlock();
  uint32_t Body = newBlock();
  uint32_t Exit = newBlock();
  startBlock(Head);
  lowerCondition(S->getCond(), Body, Exit);
  Jumps.push_back({Exit, Head, Scopes.size(), Scopes.size()});
  startBlock(Body);
  lowerStatement(S->getBody());
  jump(Head);
  Jumps.pop_back();
  startBlock(Exit);
}

void FunctionLowering::lowerDo(const DoStmt *S) {
  std::optional<int64_t> Known = constantValue(S->getCond());
  uint32_t Body = newBlock();
  uint32_t Test = newBlock();
  uint32_t Exit = newBlock();
  startBlock(Body);
  Jumps.push_back({Exit, Test, Scopes.size(), Scopes.size()});
  lowerStatement(S->getBody());
  Jumps.pop_back();
  startBlock(Test);
  if (Known && !*Known)
    jump(Exit);
  else
    lowerCondition(S->getCond(), Body, Exit);
  startBlock(Exit);
}

void FunctionLowering::lowerFor(const ForStmt *S) {
  Scopes.emplace_back();
  lowerStatement(S->getInit());
  uint32_t Head = newBlock();
  uint32_t Body = newBlock();
  uint32_t Step = newBlock();
  uint32_t Exit = newBlock();
  startBlock(Head);
  if (S->getCond())
    lowerCondition(S->getCond(), Body, Exit);
  else
    jump(Body);
  Jumps.push_back({Exit, Step, Scopes.size(), Scopes.size()});
  startBlock(Body);
  lowerStatement(S->getBody());
  Jumps.pop_back();
  startBlock(Step);
  lowerStatement(S->getInc());
  jump(Head);
  startBlock(Exit);
  leaveScopes(Scopes.size() - 1);
  Scopes.pop_back();
}

void FunctionLowering::lowerSwitch(const SwitchStmt *S) {
  lowerStatement(S->getInit());
  InstIndex Condition = lowerExpression(S->getCond());
  if (terminated())
    startBlock(newBlock());
  SourcePlace Where = Unit.place(S->getBeginLoc());
  StringIndex Spelling = Unit.sourceText(S->getCond());
  uint32_t Head = Current;
  Result.Blocks[Head].End = Result.Insts.size();
  Current = None;
  uint32_t Exit = newBlock();
  OpenSwitch Open;
  Switches.push_back(&Open);
  Jumps.push_back({Exit, None, Scopes.size(), 0});
  lowerStatement(S->getBody());
  jump(Exit);
  Jumps.pop_back();
  Switches.pop_back();
  Block &Decision = Result.Blocks[Head];
  Decision.Kind = Terminator::Switch;
  Decision.Condition = Condition;
  Decision.File = Where.File;
  Decision.Line = Where.Line;
  Decision.Column = Where.Column;
  Decision.Text = Spelling;
  Decision.Successors = Open.Targets;
  Decision.Cases = Open.Cases;
  Decision.Successors.push_back(Open.Default == None ? Exit : Open.Default);
  startBlock(Exit);
}

void FunctionLowering::lowerCase(const clang::SwitchCase *S) {
  uint32_t Target = newBlock();
  startBlock(Target);
  OpenSwitch &Open = *Switches.back();
  if (const auto *Case = dyn_cast<CaseStmt>(S)) {
    int64_t Low = constantValue(Case->getLHS()).value_or(0);
    int64_t High =
        Case->getRHS() ? constantValue(Case->getRHS()).value_or(Low) : Low;
    Open.Targets.push_back(Target);
    Open.Cases.push_back({Low, High});
  } else {
    Open.Default = Target;
  }
  lowerStatement(S->getSubStmt());
}

void FunctionLowering::lowerReturn(const ReturnStmt *S) {
  InstIndex Value = None;
  if (const Expr *E = S->getRetValue()) {
    Value = lowerExpression(E);
    if (E->getType()->isVoidType())
      Value = None;
  }
  leaveScopes(0);
  if (terminated())
    return;
  SourcePlace Where = Unit.place(S->getBeginLoc());
  Block &Open = Result.Blocks[Current];
  Open.End = Result.Insts.size();
  Open.Kind = Terminator::Return;
  Open.Condition = Value;
  Open.File = Where.File;
  Open.Line = Where.Line;
  Open.Column = Where.Column;
  Current = None;
}

FunctionLowering::Label &FunctionLowering::label(const LabelDecl *Declaration) {
  Label &Result = Labels[Declaration];
  if (Result.Block == None) {
    uint32_t Index = newBlock();
    Labels[Declaration].Block = Index;
    return Labels[Declaration];
  }
  return Result;
}

void FunctionLowering::lowerGoto(const GotoStmt *S) {
  Label &Target = label(S->getLabel());
  // A label further down has not been seen: it is then in a scope that
  // encloses this one, and error paths jump to the function's own.
  leaveScopes(std::min(Target.Depth ? Target.Depth : size_t(1), Scopes.size()));
  jump(label(S->getLabel()).Block);
}

void FunctionLowering::lowerIndirectGoto(const IndirectGotoStmt *S) {
  lowerExpression(S->getTarget());
  Unit.limit(S->getBeginLoc(), "computed goto: its targets are not followed");
  endPath();
}

void FunctionLowering::lowerLabel(const LabelStmt *S) {
  Label &Target = label(S->getDecl());
  Target.Depth = Scopes.size();
  startBlock(Target.Block);
  lowerStatement(S->getSubStmt());
}

} // namespace cocodma
