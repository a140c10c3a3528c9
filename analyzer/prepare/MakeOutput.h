// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernel's build says it would do.
#ifndef COCODMA_PREPARE_MAKEOUTPUT_H
#define COCODMA_PREPARE_MAKEOUTPUT_H

#include "llvm/ADT/StringRef.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cocodma {

/// A command that compiles a C unit of the kernel.
struct UnitCommand {
  std::string Text; ///< For a shell, as make has it.
  std::string Unit; ///< As the command spells it.
};

/// What a run of `make -n --trace` would compile and generate.
struct DryRun {
  /// By object, as make names it: relative to the build folder.
  std::map<std::string, UnitCommand> Commands;
  /// Sources and headers that rules would make, and the objects that need each
  /// (those that make names as prerequisites; there may be none).
  std::map<std::string, std::set<std::string>> Generated;
};

/// Reads what `make -n --trace` prints (GNU make 4.3 and later, in the C
/// locale). What is neither a rule's reason nor a command of the compiler is
/// passed over; so are units of the build host and assembly.
DryRun readDryRun(llvm::StringRef Text);

/// The commands of a shell's line: the text between unquoted `;`, `&`, `|` and
/// parentheses, without white space around it.
std::vector<std::string> simpleCommands(llvm::StringRef Line);

/// \p Text and its object if it compiles a C unit of the kernel; else the
/// object is empty.
std::pair<std::string, UnitCommand> unitCommand(llvm::StringRef Text);

/// The command that the kernel's build noted when it made an object, from the
/// text of a .*.o.cmd file; empty if there is none.
std::string savedCommand(llvm::StringRef Text);

} // namespace cocodma

#endif // COCODMA_PREPARE_MAKEOUTPUT_H
