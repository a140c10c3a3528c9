// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands by which a kernel tree compiles its units, changed to what the
// runtime model needs.
#ifndef COCODMA_TREEPROGRAM_COMPILECOMMANDS_H
#define COCODMA_TREEPROGRAM_COMPILECOMMANDS_H

#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace cocodma {

/// The C units of a compile database.
class CompileCommands {
public:
  /// Reads compile_commands.json of \p Build. Units are named relative to
  /// \p Kernel, the root of the tree. The error names the file and the remedy.
  static llvm::Expected<CompileCommands> read(llvm::StringRef Build,
                                              llvm::StringRef Kernel);

  /// The units that match one of the lines of \p Selection: a path with
  /// wildcards, or a path that the database need not have, `as`, and a unit
  /// whose command stands in for it. A line that names nothing is an error if
  /// it has no wildcard.
  llvm::Expected<std::vector<std::pair<std::string, std::string>>>
  select(llvm::StringRef Selection) const;

  /// The unit whose file has that name in whatever folder; empty if none has.
  std::string unitNamed(llvm::StringRef File) const;
  /// Whether the name of a unit matches \p Pattern, which may have wildcards.
  bool has(llvm::StringRef Pattern) const;

  /// The command that compiles \p Source into \p Object as \p Unit is compiled,
  /// less what writes into the tree, forbids warnings, or rewrites calls and
  /// returns for a real processor; with frame pointers. \p Header is included
  /// right after the tree's configuration. Dependencies go to \p Object + ".d".
  /// The program is \p Compiler, whatever the database says, and options that
  /// have it load or start others are left out.
  std::vector<std::string> command(const std::string &Unit,
                                   const std::string &Source,
                                   const std::string &Object,
                                   const std::string &Header,
                                   const std::string &Compiler) const;

private:
  std::string Kernel;
  std::map<std::string, std::vector<std::string>> Units; ///< By path.
};

} // namespace cocodma

#endif // COCODMA_TREEPROGRAM_COMPILECOMMANDS_H
