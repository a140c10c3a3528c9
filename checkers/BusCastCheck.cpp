//===- BusCastCheck.cpp - coco-bus-cast -----------------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The devices that a function is given may be of any bus if the platform calls
// it for all (a hook of the DMA layer), or if it stands in DMA operations that
// are not installed for single devices only. From there the device is followed
// through calls within the unit. A comparison of its bus on the way protects.
//
//===----------------------------------------------------------------------===//

#include "BusCastCheck.h"

#include "DeviceFlow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

namespace {

/// How a table of operations becomes effective, as far as the unit tells.
bool isPerDevice(const KernelUnit &Unit, const VarDecl *Table,
                 StringRef DeviceStruct) {
  bool Installed = false, Elsewhere = false;
  for (const FunctionDecl *Function : Unit.functions())
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      if (const auto *Call = dyn_cast<CallExpr>(Item)) {
        bool GivenTable = false, GivenDevice = false;
        for (const Expr *Argument : Call->arguments()) {
          GivenTable |= namedBy(Argument) == Table;
          GivenDevice |= recordName(Argument->getType()) == DeviceStruct;
        }
        Installed |= GivenTable && GivenDevice;
        Elsewhere |= GivenTable && !GivenDevice;
      }
      const auto *Assignment = dyn_cast<BinaryOperator>(Item);
      if (!Assignment || Assignment->getOpcode() != BO_Assign ||
          namedBy(Assignment->getRHS()) != Table)
        return;
      const auto *Target =
          dyn_cast<MemberExpr>(Assignment->getLHS()->IgnoreParenCasts());
      bool OfDevice =
          Target && recordName(Target->getBase()->getType()) == DeviceStruct;
      Installed |= OfDevice;
      Elsewhere |= !OfDevice;
    });
  // A table that nobody installs here serves whom others choose.
  return (Installed && !Elsewhere) ||
         (!Elsewhere && !Table->isExternallyVisible());
}

/// A function and those of its parameters that may be a device of any bus.
struct Entry {
  const FunctionDecl *Function;
  const ParmVarDecl *Device;
  /// Why it may be: an operation of this table, or a hook.
  const NamedDecl *Cause;
};

class Entries {
public:
  Entries(const KernelUnit &Unit, const Spec &Vocabulary)
      : Unit(Unit), Vocabulary(Vocabulary) {
    for (const FunctionDecl *Function : Unit.functions())
      if (Function->isExternallyVisible() && Function->getIdentifier() &&
          matchesAny(Function->getName(), Vocabulary.Design.AnyDeviceFunctions))
        add(Function, Function);
    for (const VarDecl *Table : Unit.variables())
      addTable(Table);
  }

  /// Adds those parameters of a function that are a device.
  void add(const FunctionDecl *Function, const NamedDecl *Cause) {
    const FunctionDecl *Definition = nullptr;
    if (!Function->getBody(Definition))
      return;
    for (const ParmVarDecl *Parameter : Definition->parameters())
      if (Parameter->getType()->isPointerType() &&
          recordName(Parameter->getType()) == Vocabulary.Core.Struct)
        addParameter({Definition, Parameter, Cause});
  }
  void addParameter(Entry New) {
    if (Unit.isOwn(New.Function->getLocation()) &&
        Seen.insert(New.Device).second)
      List.push_back(New);
  }

  std::vector<Entry> List;

private:
  void addTable(const VarDecl *Table) {
    const auto *Values = dyn_cast_or_null<InitListExpr>(Table->getInit());
    if (!Values ||
        recordName(Table->getType()) != Vocabulary.Design.Operations.Struct ||
        isPerDevice(Unit, Table, Vocabulary.Core.Struct))
      return;
    if (!Values->isSemanticForm() && Values->getSemanticForm())
      Values = Values->getSemanticForm();
    for (const Expr *Value : Values->inits())
      if (const auto *Function = dyn_cast_or_null<FunctionDecl>(namedBy(Value)))
        add(Function, Table);
  }

  const KernelUnit &Unit;
  const Spec &Vocabulary;
  llvm::SmallPtrSet<const ParmVarDecl *, 16> Seen;
};

} // namespace

void BusCastCheck::examine(const KernelUnit &Unit) {
  Entries Work(Unit, spec());
  llvm::DenseSet<SourceLocation> Reported;
  for (size_t Next = 0; Next < Work.List.size(); ++Next) {
    Entry Current = Work.List[Next];
    DeviceFlow Flow(Unit.context(), spec(), Current.Function, Current.Device);
    for (const DeviceFlow::Use &Use : Flow.unprotectedUses()) {
      if (Use.Callee && Unit.isOwn(Use.Callee->getLocation()) && !Use.Record) {
        Work.addParameter({Use.Callee, Use.Parameter, Current.Cause});
        continue;
      }
      SourceLocation Where = Unit.sources().getExpansionLoc(Use.Where);
      if (!Use.Record || !Reported.insert(Where).second)
        continue;
      diag(Where, "'%0' may be a device of another bus, and is taken for the "
                  "device in a 'struct %1'")
          << Current.Device->getName() << Use.Record->getName();
      diag(Current.Cause->getLocation(), "'%0' serves the devices of every bus",
           DiagnosticIDs::Note)
          << Current.Cause->getName();
    }
  }
}
