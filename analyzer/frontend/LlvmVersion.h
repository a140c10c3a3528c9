// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What differs between the versions of LLVM that we build with: 22, and 19 for
// the clang-tidy module. Nothing else in the sources asks for the version.
#ifndef COCODMA_FRONTEND_LLVMVERSION_H
#define COCODMA_FRONTEND_LLVMVERSION_H

#include "clang/AST/Decl.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/Stmt.h"
#include "clang/Analysis/CFG.h"
#include "clang/Analysis/CFGStmtMap.h"
#include "llvm/Config/llvm-config.h"

#include <memory>
#include <string>

namespace cocodma {

/// The text of an assembly statement.
inline std::string assemblyText(const clang::GCCAsmStmt &Statement) {
#if LLVM_VERSION_MAJOR >= 21
  return Statement.getAsmString();
#else
  return Statement.getAsmString()->getString().str();
#endif
}

/// How many bits the bit-field \p Field of \p Context has.
inline unsigned widthOf(const clang::FieldDecl &Field,
                        const clang::ASTContext &Context) {
#if LLVM_VERSION_MAJOR >= 20
  (void)Context;
  return Field.getBitWidthValue();
#else
  return Field.getBitWidthValue(Context);
#endif
}

/// Which block of \p Graph a statement is in. \p Parents must outlive it.
inline std::unique_ptr<clang::CFGStmtMap>
blocksOfStatements(clang::CFG &Graph, clang::ParentMap &Parents) {
#if LLVM_VERSION_MAJOR >= 22
  return std::make_unique<clang::CFGStmtMap>(Graph, Parents);
#else
  return std::unique_ptr<clang::CFGStmtMap>(
      clang::CFGStmtMap::Build(&Graph, &Parents));
#endif
}

} // namespace cocodma

#endif // COCODMA_FRONTEND_LLVMVERSION_H
