//===- DesignCheck.h - The checks of design ---------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_DESIGNCHECK_H
#define COCODMA_CHECKERS_DESIGNCHECK_H

#include "UnitCheck.h"

#include "design/DesignRule.h"

#include <memory>

namespace cocodma {

/// Reports what breaks the rule of design that has the check's name. One class
/// serves all of them.
class DesignCheck : public UnitCheck {
public:
  DesignCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);

  void registerPPCallbacks(const clang::SourceManager &Sources,
                           clang::Preprocessor *Main,
                           clang::Preprocessor *Expander) override;

private:
  void examineUnit(clang::ASTContext &Context) override;

  std::unique_ptr<DesignRule> Rule;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_DESIGNCHECK_H
