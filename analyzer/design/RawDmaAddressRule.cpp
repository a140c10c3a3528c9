//===- RawDmaAddressRule.cpp - coco-raw-dma-address -----------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/RawDmaAddressRule.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

namespace {

/// Tells physical addresses by the spelling of types and by the functions that
/// give them.
class AddressKinds {
public:
  AddressKinds(const DesignVocabulary &Design, const ASTContext &Context)
      : Design(Design), Context(Context) {}

  bool isDmaAddress(QualType Type) const {
    return llvm::is_contained(Design.AddressTypes, typedefName(Type));
  }

  /// Whether the value is a physical address, or one plus an offset.
  bool isPhysical(const Expr *Value, unsigned Depth = 8) const {
    if (!Value || Depth == 0)
      return false;
    Value = Value->IgnoreParenImpCasts();
    // The spelling of an operation's type is that of one of its operands.
    if (const auto *Sum = dyn_cast<BinaryOperator>(Value))
      return isPhysicalSum(Sum, Depth - 1);
    if (llvm::is_contained(Design.PhysicalTypes, typedefName(Value->getType())))
      return true;
    if (const auto *Cast = dyn_cast<ExplicitCastExpr>(Value))
      return isPhysical(Cast->getSubExpr(), Depth - 1);
    if (const auto *Call = dyn_cast<CallExpr>(Value))
      return matchesAny(calleeName(Call), Design.PhysicalFunctions) ||
             matchesAny(calleeName(Call), Design.Translations);
    if (const auto *Choice = dyn_cast<ConditionalOperator>(Value))
      return isPhysical(Choice->getTrueExpr(), Depth - 1) ||
             isPhysical(Choice->getFalseExpr(), Depth - 1);
    if (const auto *Block = dyn_cast<StmtExpr>(Value)) {
      const auto *Last = dyn_cast_or_null<Expr>(
          Block->getSubStmt()->body_empty() ? nullptr
                                            : Block->getSubStmt()->body_back());
      return isPhysical(Last, Depth - 1);
    }
    return isPhysicalLocal(Value, Depth - 1);
  }

private:
  bool isPhysicalSum(const BinaryOperator *Sum, unsigned Depth) const {
    switch (Sum->getOpcode()) {
    case BO_Add:
    case BO_Or:
      return isPhysical(Sum->getLHS(), Depth) ||
             isPhysical(Sum->getRHS(), Depth);
    case BO_Sub:
      // The difference of two addresses is none.
      return isPhysical(Sum->getLHS(), Depth) &&
             !isPhysical(Sum->getRHS(), Depth);
    case BO_And:
      return isHighMask(Sum->getRHS()) && isPhysical(Sum->getLHS(), Depth);
    case BO_Shl:
      return isPhysical(Sum->getLHS(), Depth);
    case BO_Comma:
      return isPhysical(Sum->getRHS(), Depth);
    default:
      return false;
    }
  }

  /// A mask of the high bits leaves an address; one of the low bits an offset.
  bool isHighMask(const Expr *Mask) const {
    Expr::EvalResult Value;
    return Mask->EvaluateAsInt(Value, Context) &&
           Value.Val.getInt().isSignBitSet();
  }

  /// A local variable of a plain type that begins as a physical address.
  bool isPhysicalLocal(const Expr *Value, unsigned Depth) const {
    const auto *Reference = dyn_cast<DeclRefExpr>(Value);
    const auto *Variable =
        Reference ? dyn_cast<VarDecl>(Reference->getDecl()) : nullptr;
    return Variable && Variable->hasLocalStorage() && Variable->getInit() &&
           !isDmaAddress(Variable->getType()) &&
           isPhysical(Variable->getInit(), Depth);
  }

  const DesignVocabulary &Design;
  const ASTContext &Context;
};

/// Whether the unit asks if the devices of its bus take physical addresses.
bool asksForAgreement(const KernelUnit &Unit,
                      llvm::ArrayRef<std::string> Predicates) {
  bool Asks = false;
  for (const FunctionDecl *Function : Unit.functions())
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      if (const auto *Call = dyn_cast<CallExpr>(Item))
        Asks |= matchesAny(calleeName(Call), Predicates);
    });
  return Asks;
}

/// Local variables whose value is read; one whose address alone is taken, to
/// print it, is not used as an address of anything.
llvm::SmallPtrSet<const ValueDecl *, 16> readLocals(const Stmt *Body) {
  llvm::SmallPtrSet<const ValueDecl *, 16> Read;
  forEachStmt(Body, [&](const Stmt *Item) {
    const auto *Load = dyn_cast<ImplicitCastExpr>(Item);
    if (!Load || Load->getCastKind() != CK_LValueToRValue)
      return;
    if (const auto *Reference =
            dyn_cast<DeclRefExpr>(Load->getSubExpr()->IgnoreParens()))
      Read.insert(Reference->getDecl());
  });
  return Read;
}

/// A local variable that is assigned; null if something else is.
const VarDecl *localTarget(const Expr *Target) {
  const auto *Reference = dyn_cast<DeclRefExpr>(Target->IgnoreParens());
  const auto *Variable =
      Reference ? dyn_cast<VarDecl>(Reference->getDecl()) : nullptr;
  return Variable && Variable->hasLocalStorage() ? Variable : nullptr;
}

} // namespace

void RawDmaAddressRule::examine(const KernelUnit &Unit) {
  if (Unit.isDmaLayer() || asksForAgreement(Unit, design().RawByAgreement))
    return;
  AddressKinds Kinds(design(), Unit.context());
  auto Examine = [&](SourceLocation Where, const Expr *Value) {
    if (Value && Kinds.isPhysical(Value))
      report(Unit.sources().getExpansionLoc(Where),
             "a physical address is used as a DMA address, around the DMA "
             "layer and any virtual IOMMU",
             sourceText(Value, Unit.context()));
  };
  for (const FunctionDecl *Function : Unit.functions()) {
    auto Read = readLocals(Function->getBody());
    bool ReturnsAddress = Kinds.isDmaAddress(Function->getReturnType());
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      if (const auto *Return = dyn_cast<ReturnStmt>(Item)) {
        if (ReturnsAddress)
          Examine(Return->getReturnLoc(), Return->getRetValue());
      } else if (const auto *Assignment = dyn_cast<BinaryOperator>(Item)) {
        const VarDecl *Local = localTarget(Assignment->getLHS());
        if (Assignment->getOpcode() == BO_Assign &&
            (!Local || Read.contains(Local)) &&
            Kinds.isDmaAddress(Assignment->getLHS()->getType()))
          Examine(Assignment->getLHS()->getBeginLoc(), Assignment->getRHS());
      } else if (const auto *Declaration = dyn_cast<DeclStmt>(Item)) {
        for (const Decl *Declared : Declaration->decls())
          if (const auto *Variable = dyn_cast<VarDecl>(Declared))
            if (Kinds.isDmaAddress(Variable->getType()) &&
                Read.contains(Variable))
              Examine(Variable->getLocation(), Variable->getInit());
      }
    });
  }
}
