//===- UnitCheck.h - A check that runs once a unit --------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_UNITCHECK_H
#define COCODMA_CHECKERS_UNITCHECK_H

#include "spec/Spec.h"

#include "clang-tidy/ClangTidyCheck.h"

namespace cocodma {

/// A check of a unit of the kernel as a whole, with the vocabulary of the spec.
/// The option `Spec` (of the check, or for all checks) names a file that is
/// laid over the built-in spec; if it cannot be read the check says so and does
/// nothing.
class UnitCheck : public clang::tidy::ClangTidyCheck {
public:
  UnitCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);

  bool isLanguageVersionSupported(
      const clang::LangOptions &Language) const override {
    return !Language.CPlusPlus;
  }
  void registerPPCallbacks(const clang::SourceManager &Sources,
                           clang::Preprocessor *Main,
                           clang::Preprocessor *Expander) override;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void
  check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Map) override;

protected:
  /// Reports what is wrong in the unit; not called if the spec is unusable.
  virtual void examineUnit(clang::ASTContext &Context) = 0;

  const Spec &spec() const { return Vocabulary; }
  /// The unit's macros; null if they are not known.
  clang::Preprocessor *macros() const { return Macros; }
  /// The file that the option names; empty if there is none.
  llvm::StringRef specFile() const { return SpecFile; }

private:
  std::string SpecFile;
  Spec Vocabulary;
  bool Usable = false;
  clang::Preprocessor *Macros = nullptr;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_UNITCHECK_H
