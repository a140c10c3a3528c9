// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses one unit with the flags of the compile database and lowers it.
#ifndef COCODMA_FRONTEND_UNITPARSER_H
#define COCODMA_FRONTEND_UNITPARSER_H

#include "frontend/UnitLowering.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <string>
#include <vector>

namespace cocodma {

/// One entry of a compile database, with its flags already adjusted.
struct CompileJob {
  std::string File;                   ///< Absolute path of the main file.
  std::string Directory;              ///< Where the compiler was run.
  std::vector<std::string> Arguments; ///< argv of the compiler.
  std::string Module;                 ///< KBUILD_MODNAME or empty.
};

/// Parses and lowers \p Job. Files are read through \p Files; nothing is
/// written. Fails with the compiler's first errors if the unit does not parse.
/// Thread-safe: each call has its own compiler instance.
llvm::Expected<UnitSummary>
parseUnit(const CompileJob &Job, const FrontEndVocabulary &Vocabulary,
          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files);

} // namespace cocodma

#endif // COCODMA_FRONTEND_UNITPARSER_H
