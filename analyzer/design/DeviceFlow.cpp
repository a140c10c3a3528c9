//===- DeviceFlow.cpp - Where a function uses its device ------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/DeviceFlow.h"

#include "frontend/LlvmVersion.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"

#include <map>

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

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

bool DeviceFlow::mentionsBus(const Expr *Value) const {
  bool Found = false;
  forEachStmt(Value, [&](const Stmt *Item) {
    const auto *Member = dyn_cast<MemberExpr>(Item);
    Found |=
        Member && Member->getMemberDecl()->getName() == Vocabulary.Core.Bus &&
        recordName(Member->getBase()->getType()) == Vocabulary.Core.Struct &&
        mentionsDevice(Member->getBase());
  });
  return Found;
}

bool DeviceFlow::isDevice(const Expr *Value) const {
  const ValueDecl *Named = namedBy(Value);
  return Named && Devices.contains(Named);
}

std::optional<bool>
DeviceFlow::branchOfComparison(const BinaryOperator *Comparison,
                               unsigned Depth) const {
  const Expr *Left = Comparison->getLHS();
  const Expr *Right = Comparison->getRHS();
  if (Comparison->isEqualityOp()) {
    bool WhenEqual = Comparison->getOpcode() == BO_EQ;
    // Whether a pointer leads anywhere says nothing of a bus; whether what a
    // function makes of it is 0 does.
    bool WithNothing = Right->isNullPointerConstant(
        Context, Expr::NPC_ValueDependentIsNotNull);
    if (!WithNothing && (mentionsBus(Left) || mentionsBus(Right)))
      return WhenEqual;
    std::optional<bool> Inner =
        WithNothing ? branchOfBus(Left, Depth) : std::nullopt;
    return Inner ? std::optional<bool>(*Inner != WhenEqual) : std::nullopt;
  }
  // A conjunction holds only if each part does; a disjunction is false only if
  // each part is.
  if (Comparison->isLogicalOp()) {
    bool Wanted = Comparison->getOpcode() == BO_LAnd;
    for (const Expr *Part : {Left, Right})
      if (branchOfBus(Part, Depth - 1) == Wanted)
        return Wanted;
  }
  return std::nullopt;
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
  if (const auto *Comparison = dyn_cast<BinaryOperator>(Condition))
    return branchOfComparison(Comparison, Depth);
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
  // A comparison of the bus, or of what belongs to it, by a function: those
  // that give a number give 0 for equal ones, as strcmp() does.
  for (const Expr *Given : Call->arguments())
    if (mentionsBus(Given) && Call->getType()->isIntegerType())
      return Call->getType()->isBooleanType();
  const FunctionDecl *Callee = nullptr;
  if (!Call->getDirectCallee() || Depth == 0)
    return std::nullopt;
  if (!Call->getDirectCallee()->getBody(Callee)) {
    bool Trusted = !Trusting.empty() && calleeName(Call) == Trusting;
    return Trusted &&
                   llvm::any_of(Call->arguments(),
                                [&](const Expr *One) { return isDevice(One); })
               ? std::optional<bool>(true)
               : std::nullopt;
  }
  for (unsigned Index = 0;
       Index < std::min(Call->getNumArgs(), Callee->getNumParams()); ++Index)
    if (isDevice(Call->getArg(Index)) && Callee != Function)
      if (DeviceFlow(Context, Vocabulary, Callee, Callee->getParamDecl(Index))
              .tellsBus(Depth - 1))
        return true;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Reachability
//===----------------------------------------------------------------------===//

DeviceFlow::Blocks DeviceFlow::reachable(StringRef Trusted,
                                         unsigned Depth) const {
  llvm::SaveAndRestore<StringRef> Restored(Trusting, Trusted);
  Blocks Seen;
  std::vector<const CFGBlock *> Work = {&Graph->getEntry()};
  Seen.insert(Work.front());
  while (!Work.empty()) {
    const CFGBlock *Block = Work.back();
    Work.pop_back();
    std::optional<bool> OnBus;
    if (Block->succ_size() == 2)
      OnBus = branchOfBus(
          dyn_cast_or_null<Expr>(Block->getTerminatorCondition()), Depth);
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

bool DeviceFlow::tellsBus(unsigned Depth) const {
  if (!Graph || Depth == 0 || !Function->getReturnType()->isIntegerType())
    return false;
  ParentMap Parents(Function->getBody());
  std::unique_ptr<CFGStmtMap> Map = blocksOfStatements(*Graph, Parents);
  Blocks Reached = reachable("", Depth);
  bool Tells = true, Returns = false;
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    const auto *Return = dyn_cast<ReturnStmt>(Item);
    if (!Return || !Return->getRetValue())
      return;
    const CFGBlock *Block = Map->getBlock(const_cast<ReturnStmt *>(Return));
    Returns = true;
    if (Block && !Reached.contains(Block))
      return;
    std::optional<llvm::APSInt> Constant =
        Return->getRetValue()->getIntegerConstantExpr(Context);
    bool SaysNo = Constant && Constant->isZero();
    Tells &= SaysNo || branchOfBus(Return->getRetValue(), Depth) == true;
  });
  return Tells && Returns;
}

DeviceFlow::Names DeviceFlow::undefinedFunctions() const {
  Names Result;
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    const auto *Call = dyn_cast<CallExpr>(Item);
    if (!Call || !Call->getDirectCallee() ||
        Call->getDirectCallee()->hasBody() || !Call->getType()->isIntegerType())
      return;
    if (llvm::any_of(Call->arguments(),
                     [&](const Expr *One) { return isDevice(One); }))
      Result.insert(calleeName(Call).str());
  });
  return Result;
}

std::vector<DeviceFlow::Use> DeviceFlow::unprotectedUses() const {
  std::vector<Use> Result;
  if (!Graph)
    return Result;
  ParentMap Parents(Function->getBody());
  std::unique_ptr<CFGStmtMap> Map = blocksOfStatements(*Graph, Parents);
  Blocks Reached = reachable();
  std::map<std::string, Blocks> ReachedIfTold;
  for (const std::string &Name : undefinedFunctions())
    ReachedIfTold.try_emplace(Name, reachable(Name));
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    const CFGBlock *Block = Map->getBlock(const_cast<Stmt *>(Item));
    if (Block && !Reached.contains(Block))
      return;
    size_t Before = Result.size();
    findUses(Item, Result);
    for (const auto &[Name, Remaining] : ReachedIfTold)
      for (Use &New : llvm::drop_begin(Result, Before))
        if (Block && !Remaining.contains(Block))
          New.Unless.insert(Name);
  });
  return Result;
}

void DeviceFlow::findUses(const Stmt *Item, std::vector<Use> &Into) const {
  Use New;
  New.Where = Item->getBeginLoc();
  New.Record = castRecord(Item);
  if (New.Record) {
    Into.push_back(New);
    return;
  }
  const auto *Call = dyn_cast<CallExpr>(Item);
  if (!Call || !Call->getDirectCallee() ||
      !Call->getDirectCallee()->getBody(New.Callee) || New.Callee == Function)
    return;
  for (unsigned Index = 0;
       Index < std::min(Call->getNumArgs(), New.Callee->getNumParams());
       ++Index) {
    if (!isDevice(Call->getArg(Index)))
      continue;
    New.Parameter = New.Callee->getParamDecl(Index);
    // A function that is nothing but the cast counts as the cast.
    const auto *Body = dyn_cast<CompoundStmt>(New.Callee->getBody());
    if (Body && Body->size() == 1 && isa<ReturnStmt>(Body->body_front())) {
      DeviceFlow Inner(Context, Vocabulary, New.Callee, New.Parameter);
      for (const Use &Cast : Inner.unprotectedUses())
        if (Cast.Record) {
          New.Record = Cast.Record;
          New.Unless = Cast.Unless;
        }
    }
    Into.push_back(New);
  }
}
