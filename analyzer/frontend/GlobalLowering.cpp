// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/GlobalLowering.h"

#include "clang/AST/APValue.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace cocodma {
namespace {

/// Flattens a constant value into initializer entries.
class InitializerFlattener {
public:
  InitializerFlattener(UnitBuilder &Unit, GlobalSummary &Global,
                       References &Used)
      : Unit(Unit), Global(Global), Used(Used) {}

  void flatten(const APValue &Value, QualType Type) {
    switch (Value.getKind()) {
    case APValue::Int:
      return integer(Value.getInt());
    case APValue::LValue:
      return address(Value);
    case APValue::Struct:
      return record(Value, Type);
    case APValue::Union:
      if (const FieldDecl *Field = Value.getUnionField())
        member(Field, Value.getUnionValue());
      return;
    case APValue::Array:
      return array(Value, Type, 0);
    default:
      return;
    }
  }

private:
  void add(InitializerEntry Entry) {
    Entry.Path = Path;
    Global.Initializer.push_back(std::move(Entry));
  }

  void integer(const llvm::APSInt &Value) {
    InitializerEntry Entry;
    Entry.Value = Value.isSigned()
                      ? Value.extOrTrunc(64).getSExtValue()
                      : int64_t(Value.extOrTrunc(64).getZExtValue());
    if (Entry.Value != 0 || Path.empty())
      add(std::move(Entry));
  }

  void address(const APValue &Value) {
    APValue::LValueBase Base = Value.getLValueBase();
    InitializerEntry Entry;
    if (Base.isNull()) {
      Entry.Value = Value.getLValueOffset().getQuantity();
      if (Entry.Value != 0)
        add(std::move(Entry));
      return;
    }
    const auto *Declaration = Base.dyn_cast<const ValueDecl *>();
    if (const auto *Function = dyn_cast_or_null<FunctionDecl>(Declaration)) {
      Used.Functions.insert(Function);
      Entry.What = InitializerEntry::Kind::Function;
      Entry.Name = Unit.string(Function->getName());
      return add(std::move(Entry));
    }
    if (const auto *Variable = dyn_cast_or_null<VarDecl>(Declaration)) {
      Used.Globals.insert(Variable);
      Entry.What = InitializerEntry::Kind::Global;
      Entry.Name = Unit.globalName(Variable);
      targetPath(Value, Entry);
      return add(std::move(Entry));
    }
    Entry.What = InitializerEntry::Kind::String;
    if (const auto *Literal =
            dyn_cast_or_null<StringLiteral>(Base.dyn_cast<const Expr *>());
        Literal && Value.getLValueOffset().isZero())
      Entry.Name = Unit.characters(Literal);
    add(std::move(Entry));
  }

  void targetPath(const APValue &Value, InitializerEntry &Entry) {
    if (!Value.hasLValuePath())
      return;
    QualType Type = Value.getLValueBase().getType();
    uint64_t Number = 0; // Of the element, over all dimensions.
    for (const APValue::LValuePathEntry &Step : Value.getLValuePath()) {
      if (const ArrayType *Array = Unit.context().getAsArrayType(Type)) {
        Type = Array->getElementType();
        Number += Step.getAsArrayIndex() * Unit.elementsIn(Type);
        if (Unit.context().getAsArrayType(Type))
          continue;
        if (Number)
          Entry.TargetPath.push_back(Unit.string("#" + std::to_string(Number)));
        Number = 0;
        continue;
      }
      const auto *Field =
          dyn_cast_or_null<FieldDecl>(Step.getAsBaseOrMember().getPointer());
      if (!Field)
        return;
      if (!Field->isAnonymousStructOrUnion())
        Entry.TargetPath.push_back(Unit.fieldName(Field));
      Type = Field->getType();
    }
  }

  void member(const FieldDecl *Field, const APValue &Value) {
    bool Named = !Field->isAnonymousStructOrUnion();
    if (Named)
      Path.push_back(Unit.fieldName(Field));
    flatten(Value, Field->getType());
    if (Named)
      Path.pop_back();
  }

  void record(const APValue &Value, QualType Type) {
    const RecordDecl *Record = Type->getAsRecordDecl();
    unsigned I = 0;
    for (const FieldDecl *Field : Record->fields()) {
      if (I >= Value.getStructNumFields())
        return;
      member(Field, Value.getStructField(I++));
    }
  }

  void array(const APValue &Value, QualType Type, uint64_t First) {
    const ArrayType *Array = Unit.context().getAsArrayType(Type);
    if (!Array)
      return;
    QualType Element = Array->getElementType();
    const uint64_t Inside = Unit.elementsIn(Element);
    for (unsigned I = 0; I < Value.getArrayInitializedElts(); ++I) {
      const APValue &One = Value.getArrayInitializedElt(I);
      const uint64_t Number = First + I * Inside;
      if (One.isArray() && Unit.context().getAsArrayType(Element)) {
        array(One, Element, Number);
        continue;
      }
      if (Number)
        Path.push_back(Unit.string("#" + std::to_string(Number)));
      flatten(One, Element);
      if (Number)
        Path.pop_back();
    }
  }

  UnitBuilder &Unit;
  GlobalSummary &Global;
  References &Used;
  std::vector<StringIndex> Path;
};

} // namespace

GlobalSummary lowerGlobal(UnitBuilder &Unit, const VarDecl *Variable,
                          References &Used) {
  GlobalSummary Result;
  const VarDecl *Definition = Variable->getDefinition();
  if (!Definition)
    Definition = Variable->getActingDefinition();
  const VarDecl *Seen = Definition ? Definition : Variable;
  SourcePlace Where = Unit.place(Seen->getLocation());
  Result.Name = Unit.globalName(Variable);
  Result.File = Where.File;
  Result.Line = Where.Line;
  Result.Type = Unit.type(Seen->getType());
  Result.Internal =
      Seen->getFormalLinkage() == Linkage::Internal || Seen->isStaticLocal();
  Result.Weak = Seen->hasAttr<WeakAttr>();
  Result.Constant = Seen->getType().isConstQualified();
  if (const auto *Array = Unit.context().getAsArrayType(Seen->getType()))
    Result.Constant = Array->getElementType().isConstQualified();
  Result.Defined = Definition && !Definition->hasExternalStorage();
  Result.Placed = Seen->hasAttr<SectionAttr>();
  if (Definition && !Seen->getType()->isIncompleteType())
    Result.Alignment =
        static_cast<uint32_t>(Unit.context().getDeclAlign(Seen).getQuantity());
  if (Definition && Definition->hasInit()) {
    Result.Defined = true;
    if (const APValue *Value = Definition->evaluateValue())
      InitializerFlattener(Unit, Result, Used)
          .flatten(*Value, Definition->getType());
    else
      Unit.limit(Definition->getLocation(),
                 "an initializer that is not a constant expression");
  }
  return Result;
}

} // namespace cocodma
