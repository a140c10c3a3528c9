// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes the program of `cocodma model` that holds a kernel tree's own DMA
// layer: compiles the tree's units with the tree's own commands, and links them
// with the glue of analyzer/model/tree and the model's runtime. A tree around
// the mini-kernel becomes a program with all its units, drivers included.
#ifndef COCODMA_TREEPROGRAM_TREEPROGRAM_H
#define COCODMA_TREEPROGRAM_TREEPROGRAM_H

#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cocodma {

/// What of a tree is in a program beside its DMA layer. Each combination is a
/// program of its own.
struct ProgramParts {
  bool DmaOps = false;   ///< Devices have DMA operations of their own.
  bool Drivers = false;  ///< Drivers of the tree run, and its bus.
  bool Channels = false; ///< The bus opens channels and makes GPADLs.
  auto operator<=>(const ProgramParts &) const = default;
};

/// What to build, and where.
struct TreeRequest {
  std::string Kernel;      ///< Root of the tree; never written to.
  std::string Build;       ///< Folder of compile_commands.json.
  std::string CacheFolder; ///< Programs are kept there.
  std::string Parts;       ///< Folder of glue and runtime.
  ProgramParts With;
  unsigned Jobs = 1; ///< Compilers at a time.
  /// Files that are to be compiled with other contents than the tree has, by
  /// their paths below Kernel; nothing for a file that is not to be there.
  std::map<std::string, std::optional<std::string>> Changes = {};
};

/// Path of the program. It is built if the cache has none for these commands,
/// whose sources and headers are all still the same.
llvm::Expected<std::string> makeTreeProgram(const TreeRequest &Request);

/// Paths of the units of a kernel tree's DMA layer that are executed, where the
/// compile database \p Build has commands of their own for them. \p Parts as in
/// TreeRequest. An error for a tree around the mini-kernel.
llvm::Expected<std::vector<std::string>>
dmaLayerUnits(const std::string &Build, const std::string &Kernel,
              const std::string &Parts);

/// Whether the tree is one around the mini-kernel. The error is that of a
/// compile database that cannot be read.
llvm::Expected<bool> isMiniKernel(const std::string &Build,
                                  const std::string &Kernel);

/// What to call the tree in results: its release if it was built, else the name
/// of its folder.
std::string treeName(llvm::StringRef Kernel);

} // namespace cocodma

#endif // COCODMA_TREEPROGRAM_TREEPROGRAM_H
