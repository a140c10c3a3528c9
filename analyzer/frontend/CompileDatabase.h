// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compile database: which units there are, and with which flags.
#ifndef COCODMA_FRONTEND_COMPILEDATABASE_H
#define COCODMA_FRONTEND_COMPILEDATABASE_H

#include "frontend/UnitParser.h"

namespace cocodma {

/// An entry of the database that is no unit of the kernel.
struct NotApplicable {
  std::string File;
  std::string Reason; ///< "assembly", "a program of the build host", ...
};

/// A compile database, read.
struct CompileDatabase {
  std::vector<CompileJob> Jobs; ///< Sorted by file; one for each file.
  std::vector<NotApplicable> Others;
};

/// Reads BUILD/compile_commands.json (or BUILD, if it is a file). Flags that
/// write files or that only another compiler knows are dropped. Errors name
/// the file and what to do.
llvm::Expected<CompileDatabase> readCompileDatabase(llvm::StringRef Build);

/// How many flags of a unit may be refused.
constexpr unsigned MostRefusedFlags = 16;

/// If \p Message is the compiler's error about a flag, drops that flag, as one
/// would by hand. False if nothing was dropped.
bool dropRefused(llvm::StringRef Message, CompileJob &Job);

} // namespace cocodma

#endif // COCODMA_FRONTEND_COMPILEDATABASE_H
