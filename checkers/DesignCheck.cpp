//===- DesignCheck.cpp - What the design checks share ---------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignCheck.h"

#include "spec/SpecReader.h"

#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Lex/Preprocessor.h"

using namespace cocodma;
using namespace clang;
using namespace clang::ast_matchers;

DesignCheck::DesignCheck(llvm::StringRef Name, tidy::ClangTidyContext *Context)
    : ClangTidyCheck(Name, Context),
      SpecFile(Options.getLocalOrGlobal("Spec", "").str()) {
  std::vector<std::string> Files;
  if (!SpecFile.empty())
    Files.push_back(SpecFile);
  llvm::Expected<Spec> Loaded = loadSpec(Files);
  if (Loaded)
    Vocabulary = std::move(*Loaded);
  else
    configurationDiag("%0; the check is off", DiagnosticIDs::Error)
        << llvm::toString(Loaded.takeError());
}

void DesignCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Map) {
  Options.store(Map, "Spec", SpecFile);
}

void DesignCheck::registerPPCallbacks(const SourceManager &, Preprocessor *Main,
                                      Preprocessor *) {
  Macros = Main;
}

void DesignCheck::registerMatchers(MatchFinder *Finder) {
  Finder->addMatcher(translationUnitDecl().bind("unit"), this);
}

void DesignCheck::check(const MatchFinder::MatchResult &Result) {
  if (Vocabulary.Design.Operations.Struct.empty())
    return;
  bool IsModule = Macros && Macros->isMacroDefined("MODULE");
  examine(KernelUnit(*Result.Context, Vocabulary, IsModule));
}
