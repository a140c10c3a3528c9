// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma model diff --kernel DIR`
#ifndef COCODMA_TOOL_MODELDIFF_H
#define COCODMA_TOOL_MODELDIFF_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cocodma {

/// What is compared, and how much of it.
struct ModelDiffRequest {
  std::string Kernel;
  std::string Build;       ///< Folder of the compile database; empty: the tree.
  std::string Cache;       ///< Folder of programs; empty: the user's.
  std::string Name;        ///< What the tree is called.
  unsigned Seconds = 60;   ///< For each process that executes cases.
  uint64_t Seed = 1;       ///< Cases of another seed are others.
  uint64_t Cases = 10'000; ///< How many.
  std::optional<uint64_t> Only; ///< One case, in full.
};

/// Executes random mappings on the tree's DMA layer, compares them with what
/// the analyzer's guards of the same functions say, and writes a table, or one
/// case, to \p Out. True if there is no difference. The error says why nothing
/// could be compared.
llvm::Expected<bool> runModelDiff(const ModelDiffRequest &Request,
                                  llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_TOOL_MODELDIFF_H
