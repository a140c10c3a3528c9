//===- DesignCheck.cpp - The checks of design -----------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignCheck.h"

#include "design/Rules.h"

#include "clang/Lex/Preprocessor.h"

using namespace cocodma;
using namespace clang;

DesignCheck::DesignCheck(llvm::StringRef Name, tidy::ClangTidyContext *Context)
    : UnitCheck(Name, Context), Rule(makeRule(Name, spec())) {}

void DesignCheck::registerPPCallbacks(const SourceManager &Sources,
                                      Preprocessor *Main,
                                      Preprocessor *Expander) {
  UnitCheck::registerPPCallbacks(Sources, Main, Expander);
  Rule->beginUnit(*Main);
}

void DesignCheck::examineUnit(ASTContext &Context) {
  bool IsModule = macros() && macros()->isMacroDefined("MODULE");
  for (const Violation &Seen :
       Rule->run(KernelUnit(Context, spec(), IsModule))) {
    // What other units say of the device is for the whole tree to judge.
    if (!Seen.Unless.empty())
      continue;
    diag(Seen.Where, "%0") << Seen.Message;
    for (const Violation::Note &Note : Seen.Notes)
      diag(Note.Where, "%0", DiagnosticIDs::Note) << Note.Text;
  }
}
