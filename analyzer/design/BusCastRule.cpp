//===- BusCastRule.cpp - coco-bus-cast ------------------------------------===//
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

#include "design/BusCastRule.h"

#include "design/DeviceFlow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

#include <deque>
#include <iterator>

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

namespace {

/// How a table of operations becomes effective, as far as the unit tells:
/// follows it through variables and through calls of the unit's own functions.
class Installation {
public:
  Installation(const KernelUnit &Unit, const VarDecl *Table,
               StringRef DeviceStruct)
      : Unit(Unit), Table(Table), DeviceStruct(DeviceStruct) {
    followEverywhere(Table);
  }

  /// Only those devices have the operations that were given them.
  bool isPerDevice() const {
    // A table that nobody installs here serves whom others choose.
    return !Elsewhere && (OnDevice || !Table->isExternallyVisible());
  }

private:
  void followEverywhere(const ValueDecl *Given) {
    if (!Seen.insert(Given).second)
      return;
    for (const VarDecl *Variable : Unit.variables())
      if (Variable->getType()->isPointerType() && Variable->getInit() &&
          namedBy(Variable->getInit()) == Given)
        followEverywhere(Variable);
    for (const FunctionDecl *Function : Unit.functions())
      followIn(Function, Given);
  }

  void followIn(const FunctionDecl *Function, const ValueDecl *Given) {
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      if (const auto *Call = dyn_cast<CallExpr>(Item))
        return followCall(Call, Given);
      if (const auto *Declaration = dyn_cast<DeclStmt>(Item)) {
        for (const Decl *Declared : Declaration->decls())
          if (const auto *Copy = dyn_cast<VarDecl>(Declared))
            if (Copy->getInit() && namedBy(Copy->getInit()) == Given &&
                Seen.insert(Copy).second)
              followIn(Function, Copy);
        return;
      }
      const auto *Assignment = dyn_cast<BinaryOperator>(Item);
      if (!Assignment || Assignment->getOpcode() != BO_Assign ||
          namedBy(Assignment->getRHS()) != Given)
        return;
      const auto *Target =
          dyn_cast_or_null<FieldDecl>(namedBy(Assignment->getLHS()));
      bool OfDevice = Target && Target->getParent()->getName() == DeviceStruct;
      OnDevice |= OfDevice;
      Elsewhere |= !OfDevice;
    });
  }

  void followCall(const CallExpr *Call, const ValueDecl *Given) {
    bool GivenDevice = llvm::any_of(Call->arguments(), [&](const Expr *One) {
      return recordName(One->getType()) == DeviceStruct;
    });
    for (unsigned Index = 0; Index < Call->getNumArgs(); ++Index) {
      if (namedBy(Call->getArg(Index)) != Given)
        continue;
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (!Callee || !Callee->getBody(Callee) ||
          !Unit.isOwn(Callee->getLocation()) ||
          Index >= Callee->getNumParams()) {
        OnDevice |= GivenDevice;
        Elsewhere |= !GivenDevice;
      } else if (Seen.insert(Callee->getParamDecl(Index)).second) {
        followIn(Callee, Callee->getParamDecl(Index));
      }
    }
  }

  const KernelUnit &Unit;
  const VarDecl *Table;
  StringRef DeviceStruct;
  llvm::SmallPtrSet<const ValueDecl *, 8> Seen;
  bool OnDevice = false;
  bool Elsewhere = false;
};

bool isDevicePointer(const ParmVarDecl *Parameter, const Spec &Vocabulary) {
  return Parameter->getType()->isPointerType() &&
         recordName(Parameter->getType()) == Vocabulary.Core.Struct;
}

using Names = DeviceFlow::Names;

Names either(Names One, const Names &Other) {
  One.insert(Other.begin(), Other.end());
  return One;
}

Names both(const Names &One, const Names &Other) {
  Names Result;
  llvm::copy_if(
      One, std::inserter(Result, Result.end()),
      [&](const std::string &Name) { return Other.count(Name) != 0; });
  return Result;
}

/// A function and those of its parameters that may be a device of any bus.
struct Entry {
  const FunctionDecl *Function;
  const ParmVarDecl *Device;
  /// Why it may be: an operation of this table, or a hook.
  const NamedDecl *Cause;
  /// See DeviceFlow::Use: on each way here is one of these.
  Names Unless;
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
      if (isDevicePointer(Parameter, Vocabulary))
        addParameter({Definition, Parameter, Cause, {}});
  }

  void addParameter(Entry New) {
    if (!Unit.isOwn(New.Function->getLocation()))
      return;
    auto [Place, IsNew] = Indices.try_emplace(New.Device, List.size());
    if (IsNew) {
      Work.push_back(List.size());
      List.push_back(std::move(New));
      return;
    }
    // Nothing protects that does not on each way.
    Names &Known = List[Place->second].Unless;
    Names Common = both(Known, New.Unless);
    if (Common.size() == Known.size())
      return;
    Known = std::move(Common);
    Work.push_back(Place->second);
  }

  /// One of those that were added, or weakened, since it was asked for last;
  /// null if there is none.
  const Entry *next() {
    if (Work.empty())
      return nullptr;
    size_t Index = Work.front();
    Work.pop_front();
    return &List[Index];
  }

private:
  void addTable(const VarDecl *Table) {
    const auto *Values = dyn_cast_or_null<InitListExpr>(Table->getInit());
    if (!Values ||
        recordName(Table->getType()) != Vocabulary.Design.Operations.Struct ||
        Installation(Unit, Table, Vocabulary.Core.Struct).isPerDevice())
      return;
    if (!Values->isSemanticForm() && Values->getSemanticForm())
      Values = Values->getSemanticForm();
    for (const Expr *Value : Values->inits())
      if (const auto *Function = dyn_cast_or_null<FunctionDecl>(namedBy(Value)))
        add(Function, Table);
  }

  const KernelUnit &Unit;
  const Spec &Vocabulary;
  std::deque<Entry> List; ///< Elements stay where they are.
  llvm::DenseMap<const ParmVarDecl *, size_t> Indices;
  std::deque<size_t> Work;
};

} // namespace

void BusCastRule::examine(const KernelUnit &Unit) {
  Entries Work(Unit, spec());
  std::vector<SourceLocation> Order;
  llvm::DenseMap<SourceLocation, std::pair<DeviceFlow::Use, const Entry *>>
      Casts;
  while (const Entry *Current = Work.next()) {
    DeviceFlow Flow(Unit.context(), spec(), Current->Function, Current->Device);
    for (DeviceFlow::Use &Use : Flow.unprotectedUses()) {
      Use.Unless = either(Use.Unless, Current->Unless);
      if (Use.Callee && Unit.isOwn(Use.Callee->getLocation()) && !Use.Record) {
        Work.addParameter(
            {Use.Callee, Use.Parameter, Current->Cause, Use.Unless});
        continue;
      }
      SourceLocation Where = Unit.sources().getExpansionLoc(Use.Where);
      if (!Use.Record)
        continue;
      auto [Cast, IsNew] = Casts.try_emplace(Where, Use, Current);
      if (IsNew)
        Order.push_back(Where);
      Cast->second.first.Unless = both(Cast->second.first.Unless, Use.Unless);
    }
  }
  for (SourceLocation Where : Order) {
    const auto &[Use, From] = Casts.find(Where)->second;
    Violation &New =
        report(Where,
               "'" + From->Device->getName() +
                   "' may be a device of another bus, and is taken for the "
                   "device in a 'struct " +
                   Use.Record->getName() + "'",
               From->Device->getName() + " " + Use.Record->getName());
    New.Unless.assign(Use.Unless.begin(), Use.Unless.end());
    New.Notes.push_back(
        {From->Cause->getLocation(),
         ("'" + From->Cause->getName() + "' serves the devices of every bus")
             .str()});
  }
}

std::vector<std::string> cocodma::busTellers(const KernelUnit &Unit,
                                             const Spec &Vocabulary) {
  std::vector<std::string> Result;
  for (const FunctionDecl *Function : Unit.functions()) {
    if (!Function->isExternallyVisible() || !Function->getIdentifier())
      continue;
    for (const ParmVarDecl *Parameter : Function->parameters())
      if (isDevicePointer(Parameter, Vocabulary) &&
          DeviceFlow(Unit.context(), Vocabulary, Function, Parameter)
              .tellsBus())
        Result.push_back(Function->getName().str());
  }
  return Result;
}
