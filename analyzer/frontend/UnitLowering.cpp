// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitLowering.h"

#include "frontend/FunctionLowering.h"
#include "frontend/GlobalLowering.h"

#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace cocodma {
namespace {

/// Lowers everything that the main file defines, and what that refers to.
class UnitLowering {
public:
  explicit UnitLowering(const FrontEndVocabulary &Vocabulary)
      : Vocabulary(Vocabulary) {}

  UnitSummary run(ASTContext &Context, llvm::ArrayRef<const Decl *> TopLevel) {
    UnitBuilder Unit(Context, Vocabulary);
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
    collectDependencies(Sources, Unit.summary());
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
    ASTContext &Context = Unit.context();
    for (const std::string &Name : Vocabulary.Constants) {
      DeclarationName Identifier(&Context.Idents.get(Name));
      for (const NamedDecl *Found :
           Context.getTranslationUnitDecl()->lookup(Identifier))
        if (const auto *Enumerator = dyn_cast<EnumConstantDecl>(Found))
          Unit.summary().NamedConstants.push_back(
              {Unit.string(Name), 0,
               Enumerator->getInitVal().extOrTrunc(64).getSExtValue()});
    }
    for (const std::string &Name : Vocabulary.Fields) {
      auto [Record, Field] = llvm::StringRef(Name).split('.');
      DeclarationName Identifier(&Context.Idents.get(Record));
      for (const NamedDecl *Found :
           Context.getTranslationUnitDecl()->lookup(Identifier)) {
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

  static void collectDependencies(const SourceManager &Sources,
                                  UnitSummary &Summary) {
    for (auto It = Sources.fileinfo_begin(); It != Sources.fileinfo_end();
         ++It) {
      std::optional<llvm::StringRef> Data = It->second->getBufferDataIfLoaded();
      if (!Data)
        continue;
      Dependency File;
      File.Path = It->first.getName().str();
      File.Hash = llvm::xxh3_64bits(*Data);
      File.Size = Data->size();
      File.ModificationTime = It->first.getModificationTime();
      Summary.Dependencies.push_back(std::move(File));
    }
    llvm::sort(Summary.Dependencies,
               [](const Dependency &Left, const Dependency &Right) {
                 return Left.Path < Right.Path;
               });
  }

  const FrontEndVocabulary &Vocabulary;
};

} // namespace

UnitSummary lowerUnit(ASTContext &Context,
                      llvm::ArrayRef<const Decl *> TopLevel,
                      const FrontEndVocabulary &Vocabulary) {
  return UnitLowering(Vocabulary).run(Context, TopLevel);
}

} // namespace cocodma
