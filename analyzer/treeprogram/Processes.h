// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs compilers.
#ifndef COCODMA_TREEPROGRAM_PROCESSES_H
#define COCODMA_TREEPROGRAM_PROCESSES_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace cocodma {

/// A command to run in \p Directory.
struct Command {
  std::vector<std::string> Words;
  std::string Directory;
  std::string Messages; ///< File that gets what it prints.
};

/// Runs all, \p Jobs at a time. Gives the exit status of each, or 127 for one
/// that could not be started.
std::vector<int> runAll(const std::vector<Command> &Commands, unsigned Jobs);

/// Runs one; the error holds the first lines of what it printed.
llvm::Error runOne(const Command &What);

/// The first lines of a file of messages.
std::string firstMessages(const std::string &File);

} // namespace cocodma

#endif // COCODMA_TREEPROGRAM_PROCESSES_H
