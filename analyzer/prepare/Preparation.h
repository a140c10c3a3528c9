// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the source of a kernel to a compile database, without compiling it.
#ifndef COCODMA_PREPARE_PREPARATION_H
#define COCODMA_PREPARE_PREPARATION_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <string>
#include <vector>

namespace cocodma {

/// What is to be prepared, and how.
struct PrepareOptions {
  std::string Kernel;        ///< Root of the source tree.
  std::string Build;         ///< Folder for what make makes. If it is Kernel,
                             ///< make writes into the source tree.
  std::string Architecture;  ///< In the kernel's words: "x86_64", "arm64".
  std::string Config;        ///< A .config to begin with; empty: that of Build,
                             ///< or the architecture's default.
  bool GuestOptions = false; ///< Set what a confidential guest needs in it too;
                             ///< in the default it is set anyway.
  bool All = false;          ///< All units of the configuration.
  std::vector<std::string>
      Paths; ///< Folders and sources beside the usual ones.
  /// Options of which a configuration must have one, or there is no code for
  /// confidential guests in it.
  std::vector<std::string> GuestSwitches;
  unsigned Jobs = 0; ///< Of make; 0: one a core.
  /// Is told what begins now.
  std::function<void(llvm::StringRef)> Progress = [](llvm::StringRef) {};
};

/// What came of it.
struct Prepared {
  std::string Database;           ///< Its path.
  size_t Units = 0;               ///< In the database.
  std::vector<std::string> Built; ///< Objects that had to be made after all.
  std::vector<std::string> Notes; ///< What else the user should know.
  /// Generated files that could not be made; units that include one will fail
  /// to parse.
  std::vector<std::string> Missing;
};

/// Configures the kernel, has its own build make the generated headers
/// (`make prepare`), asks it for the commands that it would run (`make -n`),
/// and writes them to compile_commands.json of the build folder, all or
/// nothing. Where a rule of the build generates a source or a header later, one
/// object that needs it is built. Runs code of the kernel's build with the
/// rights of the user. Errors tell the remedy.
llvm::Expected<Prepared> prepareKernel(const PrepareOptions &Options);

} // namespace cocodma

#endif // COCODMA_PREPARE_PREPARATION_H
