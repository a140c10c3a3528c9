// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The instructions in the template of an inline assembly statement, in the
// syntax of GNU assemblers for x86 (sources first, the destination last).
#ifndef COCODMA_FRONTEND_ASSEMBLYTEMPLATE_H
#define COCODMA_FRONTEND_ASSEMBLYTEMPLATE_H

#include "clang/AST/Stmt.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <string>

namespace cocodma {

/// What an instruction is given: an operand of the statement, or a number.
struct AssemblyOperand {
  std::optional<unsigned> Operand; ///< Outputs are counted first, then inputs.
  std::optional<int64_t> Number;
};

/// One instruction, as it is written.
struct AssemblyInstruction {
  std::string Mnemonic; ///< Without prefixes, with the suffix of its size.
  llvm::SmallVector<AssemblyOperand, 3> Operands;
};

/// What may stand in the place of a whole statement.
using AssemblyText = llvm::SmallVector<AssemblyInstruction, 2>;

/// The instructions of \p Statement; the first entry is what is assembled in
/// line, the others are what the kernel may put there at run time instead
/// (texts in a section of replacements), which does the same. Empty if the
/// template is not understood.
llvm::SmallVector<AssemblyText, 2>
readAssembly(const clang::GCCAsmStmt &Statement,
             const clang::ASTContext &Context);

} // namespace cocodma

#endif // COCODMA_FRONTEND_ASSEMBLYTEMPLATE_H
