//===- IncompleteDmaOpsRule.cpp - coco-incomplete-dma-ops -----------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/IncompleteDmaOpsRule.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace cocodma;
using namespace clang;

namespace {

/// The callbacks of a table: by name of the field, null if it is not set.
using Callbacks = std::map<std::string, const FunctionDecl *, std::less<>>;

Callbacks readTable(const RecordDecl *Struct, const InitListExpr *Values,
                    const ASTContext &Context) {
  Callbacks Result;
  for (const FieldDecl *Field : Struct->fields()) {
    unsigned Index = Field->getFieldIndex();
    const Expr *Value =
        Index < Values->getNumInits() ? Values->getInit(Index) : nullptr;
    const ValueDecl *Named = Value ? namedBy(Value) : nullptr;
    Result[Field->getName().str()] = dyn_cast_or_null<FunctionDecl>(Named);
  }
  return Result;
}

/// Whether all that a function returns is the constant 0.
bool alwaysZero(const FunctionDecl *Function, const ASTContext &Context) {
  const FunctionDecl *Definition = nullptr;
  if (!Function || !Function->getBody(Definition))
    return false;
  bool Zero = true;
  forEachStmt(Definition->getBody(), [&](const Stmt *Item) {
    const auto *Return = dyn_cast<ReturnStmt>(Item);
    if (!Return)
      return;
    Expr::EvalResult Value;
    Zero &= Return->getRetValue() &&
            Return->getRetValue()->EvaluateAsInt(Value, Context) &&
            Value.Val.getInt() == 0;
  });
  return Zero;
}

/// Finds a call of one of the functions below \p Function.
class CallSearch {
public:
  CallSearch(llvm::ArrayRef<std::string> Patterns) : Patterns(Patterns) {}

  /// The function that is called; null if none is.
  const FunctionDecl *find(const FunctionDecl *Function) {
    const FunctionDecl *Definition = nullptr;
    if (!Function || !Function->getBody(Definition) ||
        !Seen.insert(Definition).second)
      return nullptr;
    const FunctionDecl *Found = nullptr;
    forEachStmt(Definition->getBody(), [&](const Stmt *Item) {
      const auto *Call = dyn_cast<CallExpr>(Item);
      if (!Call || Found || !Call->getDirectCallee())
        return;
      Found = matchesAny(calleeName(Call), Patterns)
                  ? Call->getDirectCallee()
                  : find(Call->getDirectCallee());
    });
    return Found;
  }

private:
  llvm::ArrayRef<std::string> Patterns;
  llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
};

/// Of the group, those that the struct has; nothing if one of them is set.
std::vector<std::string> missing(const Callbacks &Table,
                                 llvm::ArrayRef<std::string> Group) {
  std::vector<std::string> Known;
  for (const std::string &Name : Group) {
    auto Found = Table.find(Name);
    if (Found == Table.end())
      continue;
    if (Found->second)
      return {};
    Known.push_back(Name);
  }
  return Known;
}

std::string quoted(llvm::ArrayRef<std::string> Names) {
  std::vector<std::string> Quoted;
  for (const std::string &Name : Names)
    Quoted.push_back("'" + Name + "'");
  return llvm::join(Quoted, ", ");
}

} // namespace

void IncompleteDmaOpsRule::examine(const KernelUnit &Unit) {
  const OperationTable &Operations = design().Operations;
  for (const VarDecl *Variable : Unit.variables()) {
    const RecordDecl *Struct = Variable->getType()->getAsRecordDecl();
    const auto *Values = dyn_cast_or_null<InitListExpr>(Variable->getInit());
    if (!Struct || !Values ||
        recordName(Variable->getType()) != Operations.Struct)
      continue;
    if (!Values->isSemanticForm() && Values->getSemanticForm())
      Values = Values->getSemanticForm();
    Callbacks Table = readTable(Struct, Values, Unit.context());
    // Operations that refuse every device are never called.
    auto Support = Table.find(Operations.Support);
    if (Support != Table.end() && Support->second &&
        alwaysZero(Support->second, Unit.context()))
      continue;
    std::vector<std::string> Missing;
    for (const std::vector<std::string> &Group : Operations.Required) {
      std::vector<std::string> Lacks = missing(Table, Group);
      Missing.insert(Missing.end(), Lacks.begin(), Lacks.end());
    }
    if (!Missing.empty())
      report(Variable->getLocation(),
             "the DMA operations '" + Variable->getName() + "' lack " +
                 quoted(Missing) +
                 ": the DMA core jumps to NULL, or the driver's request fails",
             Variable->getName())
          .Lacking = Missing;
    CallSearch Search(design().BouncingFunctions);
    const FunctionDecl *Bouncing = nullptr;
    for (const auto &[Name, Function] : Table)
      if (!Bouncing)
        Bouncing = Search.find(Function);
    Missing.clear();
    for (const std::string &Name : Operations.Synchronization)
      if (auto Found = Table.find(Name); Found != Table.end() && !Found->second)
        Missing.push_back(Name);
    if (Bouncing && !Missing.empty())
      report(Variable->getLocation(),
             "the DMA operations '" + Variable->getName() +
                 "' may bounce, by '" + Bouncing->getName() + "', and lack " +
                 quoted(Missing) +
                 ": what changes after the mapping is never copied",
             Variable->getName() + " synchronization");
  }
}
