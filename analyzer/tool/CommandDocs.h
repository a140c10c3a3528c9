// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Manual pages and shell completion, made from the definitions of the command
// line: they cannot be out of date.
#ifndef COCODMA_TOOL_COMMANDDOCS_H
#define COCODMA_TOOL_COMMANDDOCS_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes the manual page (troff, section 1) of a command, or of the program if
/// \p Command is empty. False if there is no such command.
bool writeManual(llvm::StringRef Command, llvm::raw_ostream &Out);

/// What `cocodma COMMAND --help` says below the options: its exit statuses and
/// command lines to copy. Empty if there is no such command.
std::string helpBelowOptions(llvm::StringRef Command);

/// Writes the completion for "bash", "zsh" or "fish". False for another shell.
bool writeCompletion(llvm::StringRef Shell, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_TOOL_COMMANDDOCS_H
