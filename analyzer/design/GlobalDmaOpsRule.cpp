//===- GlobalDmaOpsRule.cpp - coco-global-dma-ops -------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/GlobalDmaOpsRule.h"

#include "llvm/ADT/STLExtras.h"

using namespace cocodma;
using namespace clang;

namespace {

/// The variable that is written; null if what is written is something else, as
/// a field of what it points to.
const VarDecl *writtenVariable(const Expr *Target) {
  // WRITE_ONCE(x, v) writes *(volatile typeof(x) *)&x.
  Target = Target->IgnoreParenCasts();
  const auto *Access = dyn_cast<UnaryOperator>(Target);
  if (Access && Access->getOpcode() == UO_Deref) {
    const auto *Address =
        dyn_cast<UnaryOperator>(Access->getSubExpr()->IgnoreParenCasts());
    if (!Address || Address->getOpcode() != UO_AddrOf)
      return nullptr;
    Target = Address->getSubExpr()->IgnoreParenCasts();
  }
  const auto *Reference = dyn_cast<DeclRefExpr>(Target);
  return Reference ? dyn_cast<VarDecl>(Reference->getDecl()) : nullptr;
}

} // namespace

void GlobalDmaOpsRule::examine(const KernelUnit &Unit) {
  const OperationTable &Operations = design().Operations;
  for (const FunctionDecl *Function : Unit.functions()) {
    // A platform chooses its operations once, at boot.
    if (isInitFunction(Function) && !Unit.isDriverOrBus())
      continue;
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      const auto *Assignment = dyn_cast<BinaryOperator>(Item);
      if (!Assignment || Assignment->getOpcode() != BO_Assign)
        return;
      const VarDecl *Variable = writtenVariable(Assignment->getLHS());
      if (!Variable || !Variable->hasGlobalStorage() ||
          !llvm::is_contained(Operations.Globals, Variable->getName()) ||
          recordName(Variable->getType()) != Operations.Struct)
        return;
      Violation &New = report(
          Unit.sources().getExpansionLoc(Assignment->getOperatorLoc()),
          "'" + Variable->getName() +
              "' serves the devices of every bus: all of them get these DMA "
              "operations, pass-through devices included",
          Variable->getName());
      if (const ValueDecl *Table = namedBy(Assignment->getRHS()))
        New.Notes.push_back(
            {Table->getLocation(), "the operations are given here"});
    });
  }
}
