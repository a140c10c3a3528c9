// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs that were built before.
#ifndef COCODMA_TREEPROGRAM_PROGRAMCACHE_H
#define COCODMA_TREEPROGRAM_PROGRAMCACHE_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace cocodma {

/// One entry of the cache: a program, and a list of the files that it was made
/// of with hashes of their contents. Its name comes from what addText() and
/// addFile() were given: commands, glue, runtime.
class ProgramCache {
public:
  /// Relative paths of dependencies are relative to \p Kernel.
  ProgramCache(std::string Folder, std::string Kernel);

  void addText(llvm::StringRef Text);
  void addFile(const std::string &Path);

  /// Path of the program, if there is one and all its files are the same still;
  /// else empty.
  std::string find() const;
  /// A new folder for a build, on the file system of the cache.
  llvm::Expected<std::string> makeScratch() const;
  /// Takes \p Program in, which was made of \p Objects: each has a list of its
  /// dependencies beside it, as compilers write it. Gives the new path.
  llvm::Expected<std::string>
  keep(const std::string &Program,
       const std::vector<std::string> &Objects) const;

private:
  std::string entry() const;

  std::string Folder;
  std::string Kernel;
  std::string Key;
};

} // namespace cocodma

#endif // COCODMA_TREEPROGRAM_PROGRAMCACHE_H
