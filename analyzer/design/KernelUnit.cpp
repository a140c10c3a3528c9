//===- KernelUnit.cpp - What a unit of the kernel is ----------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/KernelUnit.h"

#include "clang/AST/Attr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// The AST
//===----------------------------------------------------------------------===//

void cocodma::forEachStmt(const Stmt *Root,
                          llvm::function_ref<void(const Stmt *)> Visit) {
  if (!Root)
    return;
  Visit(Root);
  if (const auto *Choice = dyn_cast<GenericSelectionExpr>(Root)) {
    forEachStmt(Choice->isResultDependent() ? nullptr : Choice->getResultExpr(),
                Visit);
    return;
  }
  if (const auto *Choice = dyn_cast<ChooseExpr>(Root)) {
    forEachStmt(Choice->getChosenSubExpr(), Visit);
    return;
  }
  for (const Stmt *Child : Root->children())
    forEachStmt(Child, Visit);
}

const RecordDecl *cocodma::recordOf(QualType Type) {
  if (Type.isNull())
    return nullptr;
  const clang::Type *Inner = Type->getPointeeOrArrayElementType();
  while (Inner->isAnyPointerType() || Inner->isArrayType())
    Inner = Inner->getPointeeOrArrayElementType();
  return Inner->getAsRecordDecl();
}

StringRef cocodma::recordName(QualType Type) {
  const RecordDecl *Record = recordOf(Type);
  return Record && Record->getIdentifier() ? Record->getName() : "";
}

StringRef cocodma::typedefName(QualType Type) {
  const auto *Spelt = Type.isNull() ? nullptr : Type->getAs<TypedefType>();
  return Spelt ? Spelt->getDecl()->getName() : "";
}

StringRef cocodma::calleeName(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  return Callee && Callee->getIdentifier() ? Callee->getName() : "";
}

bool cocodma::isInitFunction(const FunctionDecl *Function) {
  const auto *Section = Function->getAttr<SectionAttr>();
  return Section && Section->getName().starts_with(".init");
}

const ValueDecl *cocodma::namedBy(const Expr *Value) {
  while (Value) {
    Value = Value->IgnoreParenCasts();
    if (const auto *Reference = dyn_cast<DeclRefExpr>(Value))
      return Reference->getDecl();
    if (const auto *Member = dyn_cast<MemberExpr>(Value))
      return Member->getMemberDecl();
    if (const auto *Unary = dyn_cast<UnaryOperator>(Value))
      Value = Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref
                  ? Unary->getSubExpr()
                  : nullptr;
    else if (const auto *Element = dyn_cast<ArraySubscriptExpr>(Value))
      Value = Element->getBase();
    else
      return nullptr;
  }
  return nullptr;
}

std::string cocodma::sourceText(const Stmt *Item, const ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  StringRef Text = Lexer::getSourceText(
      Lexer::getAsCharRange(Sources.getExpansionRange(Item->getSourceRange()),
                            Sources, Context.getLangOpts()),
      Sources, Context.getLangOpts());
  std::string Result;
  for (StringRef Part : llvm::split(Text, ' '))
    if (StringRef Word = Part.trim(); !Word.empty())
      Result += (Result.empty() ? "" : " ") + Word.str();
  return Result;
}

namespace {

/// Whether a struct is, or has within it, one of the given name.
bool contains(const RecordDecl *Record, StringRef Name, unsigned Depth = 3) {
  if (!Record)
    return false;
  if (Record->getIdentifier() && Record->getName() == Name)
    return true;
  const RecordDecl *Definition = Record->getDefinition();
  if (!Definition || Depth == 0)
    return false;
  return llvm::any_of(Definition->fields(), [&](const FieldDecl *Field) {
    return Field->getType()->isRecordType() &&
           contains(Field->getType()->getAsRecordDecl(), Name, Depth - 1);
  });
}

/// The struct of a variable itself, or of the elements of an array of them.
const RecordDecl *ownRecord(const VarDecl *Variable) {
  return Variable->getType()->isPointerType() ? nullptr
                                              : recordOf(Variable->getType());
}

} // namespace

//===----------------------------------------------------------------------===//
// The unit
//===----------------------------------------------------------------------===//

KernelUnit::KernelUnit(ASTContext &Context, const Spec &Vocabulary,
                       bool IsModule)
    : Context(Context), Vocabulary(Vocabulary) {
  collect();
  OwnsBus = definesBus();
  const bool Registers = IsModule || OwnsBus || definesDriver();
  IsDriverOrBus = Registers || handlesDeviceClass();
  auto IsLayerTable = [&](const VarDecl *Variable) {
    const RecordDecl *Record = ownRecord(Variable);
    return Record && Record->getIdentifier() &&
           llvm::is_contained(Vocabulary.Design.LayerStructs,
                              Record->getName());
  };
  // The layer may know devices of a class: it asks them whether to bounce.
  IsDmaLayer = llvm::any_of(Variables, IsLayerTable) ||
               (!Registers && definesLayerFunction()) ||
               (!IsDriverOrBus && definesOperations());
}

bool KernelUnit::isOwn(SourceLocation Where) const {
  FileID File = sources().getFileID(sources().getExpansionLoc(Where));
  auto [Known, New] = OwnFiles.try_emplace(File, false);
  if (New)
    Known->second = isOwnFile(File);
  return Known->second;
}

bool KernelUnit::isOwnFile(FileID File) const {
  const SourceManager &Sources = sources();
  if (File == Sources.getMainFileID())
    return true;
  OptionalFileEntryRef Entry = Sources.getFileEntryRefForID(File);
  OptionalFileEntryRef Main =
      Sources.getFileEntryRefForID(Sources.getMainFileID());
  // The folder itself: "a.c" and "./a.h" are beside each other.
  return Entry && Main &&
         &Entry->getDir().getDirEntry() == &Main->getDir().getDirEntry();
}

const FunctionDecl *KernelUnit::functionAt(SourceLocation Where) const {
  FileID File = sources().getFileID(sources().getExpansionLoc(Where));
  unsigned Offset = sources().getFileOffset(sources().getExpansionLoc(Where));
  for (const FunctionDecl *Function : Functions) {
    CharSourceRange Range =
        sources().getExpansionRange(Function->getSourceRange());
    if (sources().getFileID(Range.getBegin()) == File &&
        sources().getFileOffset(Range.getBegin()) <= Offset &&
        Offset <= sources().getFileOffset(Range.getEnd()))
      return Function;
  }
  return nullptr;
}

void KernelUnit::collect() {
  // Where headers were compiled beforehand, the scope is what else there is.
  for (const Decl *Scope : Context.getTraversalScope()) {
    const auto *Whole = dyn_cast<TranslationUnitDecl>(Scope);
    if (!Whole) {
      collect(Scope);
      continue;
    }
    for (const Decl *Item : Whole->decls())
      collect(Item);
  }
}

void KernelUnit::collect(const Decl *Item) {
  if (!isOwn(Item->getLocation()))
    return;
  if (const auto *Function = dyn_cast<FunctionDecl>(Item)) {
    if (Function->doesThisDeclarationHaveABody())
      Functions.push_back(Function);
  } else if (const auto *Variable = dyn_cast<VarDecl>(Item)) {
    if (Variable->isThisDeclarationADefinition() != VarDecl::DeclarationOnly)
      Variables.push_back(Variable);
  }
}

bool KernelUnit::definesDriver() const {
  return llvm::any_of(Variables, [&](const VarDecl *Variable) {
    return contains(ownRecord(Variable), Vocabulary.Core.DriverStruct);
  });
}

bool KernelUnit::definesBus() const {
  if (llvm::any_of(Variables, [&](const VarDecl *Variable) {
        return contains(ownRecord(Variable), Vocabulary.Core.BusStruct, 0);
      }))
    return true;
  // device->bus = ...: it puts devices on a bus.
  bool Found = false;
  for (const FunctionDecl *Function : Functions)
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      const auto *Assignment = dyn_cast<BinaryOperator>(Item);
      const auto *Target =
          Assignment && Assignment->getOpcode() == BO_Assign
              ? dyn_cast<MemberExpr>(Assignment->getLHS()->IgnoreParens())
              : nullptr;
      Found |=
          Target && Target->getMemberDecl()->getName() == Vocabulary.Core.Bus &&
          recordName(Target->getBase()->getType()) == Vocabulary.Core.Struct;
    });
  return Found;
}

bool KernelUnit::handlesDeviceClass() const {
  bool Found = false;
  for (const FunctionDecl *Function : Functions)
    forEachStmt(Function->getBody(), [&](const Stmt *Item) {
      if (const auto *Value = dyn_cast<Expr>(Item))
        Found |= !recordName(Value->getType()).empty() &&
                 Vocabulary.classOfStruct(recordName(Value->getType()));
    });
  return Found;
}

bool KernelUnit::definesLayerFunction() const {
  return llvm::any_of(Functions, [&](const FunctionDecl *Function) {
    return Function->isExternallyVisible() && Function->getIdentifier() &&
           matchesAny(Function->getName(), Vocabulary.Design.LayerFunctions);
  });
}

bool KernelUnit::definesOperations() const {
  const DesignVocabulary &Design = Vocabulary.Design;
  return llvm::any_of(Variables, [&](const VarDecl *Variable) {
    return contains(ownRecord(Variable), Design.Operations.Struct, 0) ||
           llvm::is_contained(Design.Operations.Globals, Variable->getName());
  });
}
