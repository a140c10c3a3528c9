// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers one parsed unit, whoever parsed it.
#ifndef COCODMA_FRONTEND_UNITLOWERING_H
#define COCODMA_FRONTEND_UNITLOWERING_H

#include "summary/UnitSummary.h"

#include "llvm/ADT/ArrayRef.h"

#include <functional>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class Decl;
class NamedDecl;
} // namespace clang

namespace cocodma {

/// What the front end looks for besides code.
struct FrontEndVocabulary {
  std::vector<std::string> Constants; ///< Enumerators whose values are wanted.
  std::vector<std::string> Fields;    ///< "record.field" to look for.
  /// Calls whose target is patched into the code: how the names of the function
  /// that is called, and of the variable that holds the target, begin; the
  /// member of that variable ("record.field"). Empty if there are none.
  std::string CallTrampoline, CallKey, CallTarget;
};

/// What a name stands for at file scope.
using FileScopeLookup =
    std::function<std::vector<const clang::NamedDecl *>(llvm::StringRef Name)>;

/// By the context's own table, for which it reads all declarations that were
/// compiled beforehand.
FileScopeLookup lookupIn(clang::ASTContext &Context);

/// The summary of the unit in \p Context, which parsed without an error: what
/// the main file defines of \p TopLevel (in the order of the source), and what
/// that refers to. Source and Module are left empty.
UnitSummary lowerUnit(clang::ASTContext &Context,
                      llvm::ArrayRef<clang::Decl *> TopLevel,
                      const FrontEndVocabulary &Vocabulary,
                      const FileScopeLookup &Lookup);

} // namespace cocodma

#endif // COCODMA_FRONTEND_UNITLOWERING_H
