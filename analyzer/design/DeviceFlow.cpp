//===- DeviceFlow.cpp - Where a function uses its device ------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/DeviceFlow.h"

#include "frontend/LlvmVersion.h"

using namespace cocodma;
using namespace clang;

DeviceFlow::DeviceFlow(ASTContext &Context, const Spec &Vocabulary,
                       const FunctionDecl *Function, const ParmVarDecl *Device)
    : Context(Context), Vocabulary(Vocabulary), Function(Function) {
  Devices.insert(Device);
  findCopies();
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  Graph = CFG::buildCFG(Function, Function->getBody(), &Context, Options);
}

bool DeviceFlow::mentionsDevice(const Stmt *Value) const {
  bool Found = false;
  forEachStmt(Value, [&](const Stmt *Item) {
    const auto *Reference = dyn_cast<DeclRefExpr>(Item);
    Found |= Reference && Devices.contains(Reference->getDecl());
  });
  return Found;
}

void DeviceFlow::findCopies() {
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    const auto *Declaration = dyn_cast<DeclStmt>(Item);
    if (!Declaration)
      return;
    for (const Decl *Declared : Declaration->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(Declared);
      if (!Variable || !Variable->getInit())
        continue;
      // `struct device *d = dev`, and the `void *` of container_of().
      const ValueDecl *Source = namedBy(Variable->getInit());
      if (Source && Devices.contains(Source) &&
          !isa<UnaryOperator>(Variable->getInit()->IgnoreParenCasts()))
        Devices.insert(Variable);
    }
  });
}

const RecordDecl *DeviceFlow::castRecord(const Stmt *Value) const {
  const auto *Cast = dyn_cast<ExplicitCastExpr>(Value);
  if (!Cast || !Cast->getType()->isPointerType())
    return nullptr;
  const RecordDecl *Record =
      Cast->getType()->getPointeeType()->getAsRecordDecl();
  if (!Record || !Record->getIdentifier())
    return nullptr;
  // (type *)(pointer - offsetof(type, member)), the member being a device.
  const auto *Difference =
      dyn_cast<BinaryOperator>(Cast->getSubExpr()->IgnoreParenCasts());
  if (!Difference || Difference->getOpcode() != BO_Sub ||
      !mentionsDevice(Difference->getLHS()))
    return nullptr;
  bool OffsetOfDevice = false;
  forEachStmt(Difference->getRHS(), [&](const Stmt *Item) {
    const auto *Offset = dyn_cast<OffsetOfExpr>(Item);
    if (!Offset || Offset->getNumComponents() == 0)
      return;
    const OffsetOfNode &Last =
        Offset->getComponent(Offset->getNumComponents() - 1);
    OffsetOfDevice |=
        Last.getKind() == OffsetOfNode::Field &&
        recordName(Last.getField()->getType()) == Vocabulary.Core.Struct &&
        Last.getField()->getType()->isRecordType();
  });
  return OffsetOfDevice ? Record : nullptr;
}

//===----------------------------------------------------------------------===//
// Comparisons of the bus
//===----------------------------------------------------------------------===//

bool DeviceFlow::isBusOfDevice(const Expr *Value) const {
  const auto *Member = dyn_cast<MemberExpr>(Value->IgnoreParenCasts());
  return Member && Member->getMemberDecl()->getName() == Vocabulary.Core.Bus &&
         recordName(Member->getBase()->getType()) == Vocabulary.Core.Struct &&
         mentionsDevice(Member->getBase());
}

std::optional<bool> DeviceFlow::branchOfBus(const Expr *Condition,
                                            unsigned Depth) const {
  if (!Condition || Depth == 0)
    return std::nullopt;
  Condition = Condition->IgnoreParenCasts();
  if (const auto *Not = dyn_cast<UnaryOperator>(Condition)) {
    std::optional<bool> Inner = Not->getOpcode() == UO_LNot
                                    ? branchOfBus(Not->getSubExpr(), Depth)
                                    : std::nullopt;
    return Inner ? std::optional<bool>(!*Inner) : std::nullopt;
  }
  if (const auto *Comparison = dyn_cast<BinaryOperator>(Condition)) {
    if (Comparison->isEqualityOp() && (isBusOfDevice(Comparison->getLHS()) ||
                                       isBusOfDevice(Comparison->getRHS())))
      return Comparison->getOpcode() == BO_EQ;
    // A conjunction holds only if each part does; a disjunction is false only
    // if each part is.
    if (Comparison->isLogicalOp()) {
      bool Wanted = Comparison->getOpcode() == BO_LAnd;
      for (const Expr *Part : {Comparison->getLHS(), Comparison->getRHS()})
        if (branchOfBus(Part, Depth - 1) == Wanted)
          return Wanted;
    }
    return std::nullopt;
  }
  if (const auto *Call = dyn_cast<CallExpr>(Condition))
    return branchOfCall(Call, Depth - 1);
  if (const auto *Reference = dyn_cast<DeclRefExpr>(Condition))
    if (const auto *Variable = dyn_cast<VarDecl>(Reference->getDecl()))
      return Variable->hasLocalStorage()
                 ? branchOfBus(Variable->getInit(), Depth - 1)
                 : std::nullopt;
  return std::nullopt;
}

std::optional<bool> DeviceFlow::branchOfCall(const CallExpr *Call,
                                             unsigned Depth) const {
  if (Call->getBuiltinCallee() == Builtin::BI__builtin_expect)
    return branchOfBus(Call->getArg(0), Depth + 1);
  const FunctionDecl *Callee = nullptr;
  if (!Call->getDirectCallee() || !Call->getDirectCallee()->getBody(Callee) ||
      Depth == 0)
    return std::nullopt;
  for (unsigned Index = 0;
       Index < std::min(Call->getNumArgs(), Callee->getNumParams()); ++Index) {
    const ValueDecl *Given = namedBy(Call->getArg(Index));
    if (!Given || !Devices.contains(Given))
      continue;
    // A predicate: one return of the comparison.
    const auto *Body = dyn_cast<CompoundStmt>(Callee->getBody());
    const auto *Return = Body && Body->size() == 1
                             ? dyn_cast<ReturnStmt>(Body->body_front())
                             : nullptr;
    if (!Return || Callee == Function)
      continue;
    DeviceFlow Inner(Context, Vocabulary, Callee, Callee->getParamDecl(Index));
    return Inner.branchOfBus(Return->getRetValue(), Depth);
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Reachability
//===----------------------------------------------------------------------===//

llvm::SmallPtrSet<const CFGBlock *, 32> DeviceFlow::reachable() const {
  llvm::SmallPtrSet<const CFGBlock *, 32> Seen;
  std::vector<const CFGBlock *> Work = {&Graph->getEntry()};
  Seen.insert(Work.front());
  while (!Work.empty()) {
    const CFGBlock *Block = Work.back();
    Work.pop_back();
    std::optional<bool> OnBus;
    if (Block->succ_size() == 2)
      OnBus =
          branchOfBus(dyn_cast_or_null<Expr>(Block->getTerminatorCondition()));
    unsigned Index = 0;
    for (const CFGBlock *Next : Block->succs()) {
      bool IsTrueBranch = Index++ == 0;
      if (Next && (!OnBus || *OnBus != IsTrueBranch) &&
          Seen.insert(Next).second)
        Work.push_back(Next);
    }
  }
  return Seen;
}

std::vector<DeviceFlow::Use> DeviceFlow::unprotectedUses() const {
  std::vector<Use> Result;
  if (!Graph)
    return Result;
  ParentMap Parents(Function->getBody());
  std::unique_ptr<CFGStmtMap> Blocks = blocksOfStatements(*Graph, Parents);
  llvm::SmallPtrSet<const CFGBlock *, 32> Reached = reachable();
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    Use New;
    New.Where = Item->getBeginLoc();
    New.Record = castRecord(Item);
    const auto *Call = dyn_cast<CallExpr>(Item);
    if (!New.Record && !Call)
      return;
    if (const CFGBlock *Block = Blocks->getBlock(const_cast<Stmt *>(Item));
        Block && !Reached.contains(Block))
      return;
    if (New.Record) {
      Result.push_back(New);
      return;
    }
    if (!Call->getDirectCallee() ||
        !Call->getDirectCallee()->getBody(New.Callee) || New.Callee == Function)
      return;
    for (unsigned Index = 0;
         Index < std::min(Call->getNumArgs(), New.Callee->getNumParams());
         ++Index) {
      const ValueDecl *Given = namedBy(Call->getArg(Index));
      if (!Given || !Devices.contains(Given))
        continue;
      New.Parameter = New.Callee->getParamDecl(Index);
      // A function that is nothing but the cast counts as the cast.
      const auto *Body = dyn_cast<CompoundStmt>(New.Callee->getBody());
      if (Body && Body->size() == 1 && isa<ReturnStmt>(Body->body_front())) {
        DeviceFlow Inner(Context, Vocabulary, New.Callee, New.Parameter);
        for (const Use &Cast : Inner.unprotectedUses())
          if (Cast.Record)
            New.Record = Cast.Record;
      }
      Result.push_back(New);
    }
  });
  return Result;
}
