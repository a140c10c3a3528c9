// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the parts of the runtime model are, for the commands that execute.
#ifndef COCODMA_TOOL_MODELPARTS_H
#define COCODMA_TOOL_MODELPARTS_H

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
/// \p DmaOps: devices have DMA operations of their own, as option 1 needs.
/// \p Drivers: the tree's bus and drivers run.
llvm::Expected<std::string> modelProgramOf(const std::string &Kernel,
                                           const std::string &Build,
                                           const std::string &Cache,
                                           bool DmaOps, bool Drivers);

} // namespace cocodma

#endif // COCODMA_TOOL_MODELPARTS_H
