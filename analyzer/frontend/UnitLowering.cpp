// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitLowering.h"

#include "frontend/FileHashes.h"
#include "frontend/FunctionLowering.h"
#include "frontend/GlobalLowering.h"

#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace cocodma {
namespace {

/// Lowers everything that the main file defines, and what that refers to.
class UnitLowering {
public:
  UnitLowering(const FrontEndVocabulary &Vocabulary,
               const FileScopeLookup &Lookup)
      : Vocabulary(Vocabulary), Lookup(Lookup) {}

  UnitSummary run(ASTContext &Context, llvm::ArrayRef<Decl *> TopLevel) {
    UnitBuilder Unit(Context, Vocabulary, Lookup);
    References Used;
    const SourceManager &Sources = Context.getSourceManager();
    for (const Decl *Declaration : TopLevel) {
      if (!Sources.isInMainFile(
              Sources.getExpansionLoc(Declaration->getLocation())))
        continue;
      if (const auto *Function = dyn_cast<FunctionDecl>(Declaration)) {
        if (Function->isThisDeclarationADefinition())
          Used.Functions.insert(Function);
      } else if (const auto *Variable = dyn_cast<VarDecl>(Declaration)) {
        if (Variable->isThisDeclarationADefinition())
          Used.Globals.insert(Variable);
      }
    }
    lowerAll(Unit, Used);
    collectNamedConstants(Unit);
    Unit.summary().Dependencies = filesRead(Sources);
    return std::move(Unit.summary());
  }

private:
  void lowerAll(UnitBuilder &Unit, References &Used) {
    llvm::DenseSet<const FunctionDecl *> SeenFunctions;
    llvm::DenseSet<const VarDecl *> SeenGlobals;
    size_t NextFunction = 0, NextGlobal = 0;
    while (NextFunction < Used.Functions.size() ||
           NextGlobal < Used.Globals.size()) {
      if (NextFunction < Used.Functions.size()) {
        const FunctionDecl *Function = Used.Functions[NextFunction++];
        if (SeenFunctions.insert(Function->getCanonicalDecl()).second)
          lowerFunction(Unit, Function, Used);
        continue;
      }
      const VarDecl *Global = Used.Globals[NextGlobal++];
      if (SeenGlobals.insert(Global->getCanonicalDecl()).second) {
        GlobalSummary Lowered = lowerGlobal(Unit, Global, Used);
        Unit.summary().Globals.push_back(std::move(Lowered));
      }
    }
  }

  void lowerFunction(UnitBuilder &Unit, const FunctionDecl *Function,
                     References &Used) {
    const FunctionDecl *Definition = nullptr;
    if (Function->hasBody(Definition)) {
      FunctionSummary Lowered = FunctionLowering(Unit, Definition, Used).run();
      Unit.summary().Functions.push_back(std::move(Lowered));
      return;
    }
    DeclarationSummary Declared;
    Declared.Name = Unit.string(Function->getName());
    Declared.Result = Unit.type(Function->getReturnType());
    Declared.NoReturn = Function->isNoReturn();
    Unit.summary().Declarations.push_back(Declared);
  }

  void collectNamedConstants(UnitBuilder &Unit) {
    for (const std::string &Name : Vocabulary.Constants)
      for (const NamedDecl *Found : Lookup(Name))
        if (const auto *Enumerator = dyn_cast<EnumConstantDecl>(Found))
          Unit.summary().NamedConstants.push_back(
              {Unit.string(Name), 0,
               Enumerator->getInitVal().extOrTrunc(64).getSExtValue()});
    for (const std::string &Name : Vocabulary.Fields) {
      auto [Record, Field] = llvm::StringRef(Name).split('.');
      for (const NamedDecl *Found : Lookup(Record)) {
        const auto *Declaration = dyn_cast<RecordDecl>(Found);
        const RecordDecl *Definition =
            Declaration ? Declaration->getDefinition() : nullptr;
        if (!Definition)
          continue;
        for (const FieldDecl *Member : Definition->fields())
          if (Member->getName() == Field)
            Unit.summary().KnownFields.push_back(Unit.string(Name));
      }
    }
  }

  const FrontEndVocabulary &Vocabulary;
  const FileScopeLookup &Lookup;
};

} // namespace

FileScopeLookup lookupIn(ASTContext &Context) {
  return [&Context](llvm::StringRef Name) {
    std::vector<const NamedDecl *> Result;
    for (const NamedDecl *Found : Context.getTranslationUnitDecl()->lookup(
             DeclarationName(&Context.Idents.get(Name))))
      Result.push_back(Found);
    return Result;
  };
}

UnitSummary lowerUnit(ASTContext &Context, llvm::ArrayRef<Decl *> TopLevel,
                      const FrontEndVocabulary &Vocabulary,
                      const FileScopeLookup &Lookup) {
  return UnitLowering(Vocabulary, Lookup).run(Context, TopLevel);
}

} // namespace cocodma
