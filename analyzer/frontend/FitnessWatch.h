// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_FRONTEND_FITNESSWATCH_H
#define COCODMA_FRONTEND_FITNESSWATCH_H

#include "frontend/PrecompiledHeaders.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Token.h"
#include "llvm/ADT/BitVector.h"

namespace cocodma {

/// Looks whether what a unit, or a header that only it has, defines would have
/// changed headers that are compiled already, had they been read in its order:
/// whether a file that it would come to only now asks for a macro that it
/// defined or undefined before.
class FitnessWatch : public clang::PPCallbacks {
public:
  /// \p Headers must outlive it. \p IsUnfit is set when it finds something.
  FitnessWatch(const clang::SourceManager &Sources,
               const PrecompiledHeaders &Headers, bool &IsUnfit)
      : Sources(Sources), Headers(Headers), IsUnfit(IsUnfit),
        Visited(Headers.Files.size()) {}

  void MacroDefined(const clang::Token &Name,
                    const clang::MacroDirective *) override {
    meet(Name);
  }

  void MacroUndefined(const clang::Token &Name, const clang::MacroDefinition &,
                      const clang::MacroDirective *) override {
    meet(Name);
  }

  void InclusionDirective(clang::SourceLocation, const clang::Token &,
                          llvm::StringRef, bool, clang::CharSourceRange,
                          clang::OptionalFileEntryRef File, llvm::StringRef,
                          llvm::StringRef, const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind) override;

private:
  void meet(const clang::Token &Name);

  const clang::SourceManager &Sources;
  const PrecompiledHeaders &Headers;
  bool &IsUnfit;
  llvm::StringSet<> Met;   ///< Macros that some of the headers ask for.
  llvm::BitVector Visited; ///< In the unit's own order.
};

} // namespace cocodma

#endif // COCODMA_FRONTEND_FITNESSWATCH_H
