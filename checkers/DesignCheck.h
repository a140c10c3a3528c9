//===- DesignCheck.h - What the design checks share -------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_DESIGNCHECK_H
#define COCODMA_CHECKERS_DESIGNCHECK_H

#include "KernelUnit.h"

#include "spec/Spec.h"

#include "clang-tidy/ClangTidyCheck.h"

namespace cocodma {

/// A check of one unit of the kernel with the vocabulary of the spec. The
/// option `Spec` (of the check, or for all checks) names a file that is laid
/// over the built-in spec; if it cannot be read the check says so and does
/// nothing.
class DesignCheck : public clang::tidy::ClangTidyCheck {
public:
  DesignCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);

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
  /// Reports what is wrong in the unit.
  virtual void examine(const KernelUnit &Unit) = 0;

  /// The vocabulary of the design rules.
  const DesignVocabulary &design() const { return Vocabulary.Design; }
  const Spec &spec() const { return Vocabulary; }

private:
  std::string SpecFile;
  Spec Vocabulary;
  clang::Preprocessor *Macros = nullptr;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_DESIGNCHECK_H
