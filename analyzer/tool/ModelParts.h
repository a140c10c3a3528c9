// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the parts of the runtime model are, for the commands that execute.
#ifndef COCODMA_TOOL_MODELPARTS_H
#define COCODMA_TOOL_MODELPARTS_H

#include "treeprogram/ChangedFiles.h"
#include "treeprogram/TreeProgram.h"

#include "llvm/Support/Error.h"

#include <string>

namespace cocodma {

/// A file or folder of the model's: they lie beside this executable, or where
/// it was installed. Empty if there is none.
std::string findModelPart(const std::string &Name);

/// \p Path without links, if it exists: a tree may be named through links, and
/// its compile database names the real place.
std::string realPath(const std::string &Path);

/// The program around the tree \p Kernel, built if the cache has none. An empty
/// \p Build stands for the tree, an empty \p Cache for the user's cache folder.
/// \p Changes are laid over the tree.
llvm::Expected<std::string> modelProgramOf(const std::string &Kernel,
                                           const std::string &Build,
                                           const std::string &Cache,
                                           const ProgramParts &With,
                                           const ChangedFiles &Changes = {});

/// The files of the tree \p Kernel that the patch file \p Patch changes ("-" is
/// standard input). The error says what does not apply. Tells on standard error
/// what was left out.
llvm::Expected<ChangedFiles> patchedFiles(const std::string &Patch,
                                          const std::string &Kernel);

} // namespace cocodma

#endif // COCODMA_TOOL_MODELPARTS_H
