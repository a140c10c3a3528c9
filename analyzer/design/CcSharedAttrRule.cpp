//===- CcSharedAttrRule.cpp - coco-cc-shared-attr -------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/CcSharedAttrRule.h"

#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

namespace {

/// Whether a place is within an expansion of the macro.
bool isFromMacro(SourceLocation Where, StringRef Macro,
                 const ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  while (Where.isMacroID()) {
    if (Lexer::getImmediateMacroName(Where, Sources, Context.getLangOpts()) ==
        Macro)
      return true;
    Where = Sources.getImmediateMacroCallerLoc(Where);
  }
  return false;
}

/// All variables and fields that an expression names.
std::vector<const ValueDecl *> allNamed(const Expr *Value) {
  std::vector<const ValueDecl *> Result;
  forEachStmt(Value, [&](const Stmt *Item) {
    if (const auto *Member = dyn_cast<MemberExpr>(Item))
      Result.push_back(Member->getMemberDecl());
    else if (const auto *Reference = dyn_cast<DeclRefExpr>(Item))
      if (isa<VarDecl>(Reference->getDecl()))
        Result.push_back(Reference->getDecl());
  });
  return Result;
}

} // namespace

void CcSharedAttrRule::examine(const KernelUnit &Unit) {
  if (Unit.isDmaLayer() || design().SharedAttribute.empty())
    return;
  Current = &Unit;
  for (const FunctionDecl *Function : Unit.functions())
    collect(Unit, Function);
  for (const Call &One : Calls) {
    examineAlone(Unit, One);
    if (mapsMemory(One.Function->Kind))
      examineEnds(Unit, One);
  }
  Calls.clear();
  Assigned.clear();
  Decrypted.clear();
}

//===----------------------------------------------------------------------===//
// What the unit does
//===----------------------------------------------------------------------===//

CcSharedAttrRule::Given CcSharedAttrRule::given(const Expr *Attributes,
                                                StringRef Macro,
                                                unsigned Depth) const {
  if (!Attributes || Depth == 0)
    return Given::Maybe;
  Attributes = Attributes->IgnoreParenCasts();
  if (isa<IntegerLiteral>(Attributes) || isa<UnaryOperator>(Attributes))
    return isFromMacro(Attributes->getBeginLoc(), Macro, Current->context())
               ? Given::Yes
               : Given::No;
  if (const auto *Sum = dyn_cast<BinaryOperator>(Attributes)) {
    if (Sum->getOpcode() == BO_Shl)
      return isFromMacro(Sum->getOperatorLoc(), Macro, Current->context())
                 ? Given::Yes
                 : Given::No;
    if (Sum->getOpcode() == BO_Or || Sum->getOpcode() == BO_Add)
      return std::max(given(Sum->getLHS(), Macro, Depth - 1),
                      given(Sum->getRHS(), Macro, Depth - 1));
    return Given::Maybe;
  }
  if (const auto *Choice = dyn_cast<ConditionalOperator>(Attributes)) {
    Given True = given(Choice->getTrueExpr(), Macro, Depth - 1);
    Given False = given(Choice->getFalseExpr(), Macro, Depth - 1);
    return True == False ? True : Given::Maybe;
  }
  if (const auto *Reference = dyn_cast<DeclRefExpr>(Attributes)) {
    // A variable that keeps the value that it begins with.
    const auto *Variable = dyn_cast<VarDecl>(Reference->getDecl());
    if (Variable && Variable->hasLocalStorage() && Variable->getInit() &&
        !Assigned.contains(Variable))
      return given(Variable->getInit(), Macro, Depth - 1);
  }
  return Given::Maybe;
}

void CcSharedAttrRule::collect(const KernelUnit &Unit,
                               const FunctionDecl *Function) {
  llvm::DenseMap<const CallExpr *, const ValueDecl *> Results;
  auto Assign = [&](const ValueDecl *Target, const Expr *Value) {
    const Expr *Plain = Value->IgnoreParenCasts();
    if (const auto *Call = dyn_cast<CallExpr>(Plain)) {
      Results[Call] = Target;
      // Memory of the allocator is private; that of other functions may not be.
      const Primitive *Known = spec().primitive(calleeName(Call));
      if (!Known || Known->Effect != Effect::Allocate)
        Decrypted.insert(Target);
    }
    if (const ValueDecl *Source = namedBy(Plain)) {
      Assigned[Target].push_back(Source);
      Assigned[Source].push_back(Target);
    } else {
      Assigned.try_emplace(Target);
    }
  };
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    if (const auto *Assignment = dyn_cast<BinaryOperator>(Item)) {
      if (const ValueDecl *Target = Assignment->isAssignmentOp()
                                        ? namedBy(Assignment->getLHS())
                                        : nullptr)
        Assign(Target, Assignment->getRHS());
    } else if (const auto *Declaration = dyn_cast<DeclStmt>(Item)) {
      for (const Decl *Declared : Declaration->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(Declared))
          if (Variable->getInit() &&
              (Variable->getType()->isPointerType() ||
               isa<CallExpr>(Variable->getInit()->IgnoreParenCasts())))
            Assign(Variable, Variable->getInit());
    }
  });
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    const auto *Expression = dyn_cast<CallExpr>(Item);
    if (!Expression)
      return;
    addCall(Expression, Results.lookup(Expression));
    const Primitive *Known = spec().primitive(calleeName(Expression));
    if (Known &&
        (Known->Effect == Effect::Share || Known->Effect == Effect::Alias ||
         Known->Effect == Effect::DecryptedProtection))
      for (const Expr *Argument : Expression->arguments())
        for (const ValueDecl *Named : allNamed(Argument))
          Decrypted.insert(Named);
  });
}

void CcSharedAttrRule::addCall(const CallExpr *Expression,
                               const ValueDecl *AssignedTo) {
  const AttributedFunction *Function =
      design().attributed(calleeName(Expression));
  if (!Function || std::max(Function->Memory, Function->Attributes) >=
                       Expression->getNumArgs())
    return;
  const Expr *Attributes = Expression->getArg(Function->Attributes);
  Calls.push_back({Expression, Function,
                   given(Attributes, design().SharedAttribute),
                   given(Attributes, design().MmioAttribute),
                   Function->Kind == AttributedKind::Map
                       ? AssignedTo
                       : namedBy(Expression->getArg(Function->Memory))});
}

//===----------------------------------------------------------------------===//
// What is wrong with it
//===----------------------------------------------------------------------===//

bool CcSharedAttrRule::mayBeDecrypted(const Expr *Memory) const {
  // Follows assignments from each name to all that may be the same memory.
  const ValueDecl *Root = namedBy(Memory);
  if (!Root)
    return true;
  llvm::SmallPtrSet<const ValueDecl *, 16> Seen = {Root};
  std::vector<const ValueDecl *> Work = {Root};
  while (!Work.empty()) {
    const ValueDecl *Next = Work.back();
    Work.pop_back();
    // What a caller gives may be anything.
    if (Decrypted.contains(Next) || isa<ParmVarDecl>(Next))
      return true;
    if (auto Found = Assigned.find(Next); Found != Assigned.end())
      for (const ValueDecl *Same : Found->second)
        if (Seen.insert(Same).second)
          Work.push_back(Same);
  }
  return false;
}

void CcSharedAttrRule::examineAlone(const KernelUnit &Unit, const Call &One) {
  if (One.Shared == Given::No)
    return;
  bool Sure = One.Shared == Given::Yes;
  SourceLocation Where =
      Unit.sources().getExpansionLoc(One.Expression->getBeginLoc());
  StringRef Attribute = design().SharedAttribute;
  std::string Text = sourceText(One.Expression, Unit.context());
  if (One.Function->Kind == AttributedKind::Allocate && Sure)
    report(Where,
           Attribute + " speaks of memory that its caller decrypted; an "
                       "allocation has none",
           Text);
  else if (Sure && (One.Function->Kind == AttributedKind::MapMmio ||
                    One.Mmio == Given::Yes))
    report(Where,
           Attribute + " makes no sense for device memory, which is not "
                       "encrypted",
           Text);
  else if (Sure && mapsMemory(One.Function->Kind) &&
           !mayBeDecrypted(One.Expression->getArg(One.Function->Memory)))
    report(Where,
           Attribute + " promises that this memory was decrypted, and nothing "
                       "here decrypts it: the device is given private memory "
                       "as shared",
           Text);
}

void CcSharedAttrRule::examineEnds(const KernelUnit &Unit, const Call &Map) {
  if (!Map.Address)
    return;
  for (const Call &End : Calls) {
    if (!unmapsMemory(End.Function->Kind) || End.Address != Map.Address)
      continue;
    bool MapOnly = Map.Shared == Given::Yes && End.Shared == Given::No;
    bool EndOnly = Map.Shared == Given::No && End.Shared == Given::Yes;
    if (!MapOnly && !EndOnly)
      continue;
    const Call &With = MapOnly ? Map : End, &Without = MapOnly ? End : Map;
    report(Unit.sources().getExpansionLoc(With.Expression->getBeginLoc()),
           design().SharedAttribute + " is given when the memory is " +
               (MapOnly ? "mapped, but not when it is unmapped"
                        : "unmapped, but not when it is mapped"),
           sourceText(With.Expression, Unit.context()))
        .Notes.push_back(
            {Unit.sources().getExpansionLoc(Without.Expression->getBeginLoc()),
             "here it is missing"});
  }
}
