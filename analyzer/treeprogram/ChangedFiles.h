// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tree is compiled with other contents for some of its files: a patch that is
// tried, while the tree on the disk stays as it is.
#ifndef COCODMA_TREEPROGRAM_CHANGEDFILES_H
#define COCODMA_TREEPROGRAM_CHANGEDFILES_H

#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cocodma {

/// By path below the tree's root: the contents, or nothing for no file.
using ChangedFiles = std::map<std::string, std::optional<std::string>>;

/// Adds to \p Units (sources, and the units whose commands they are compiled
/// with) the C sources that \p Changes adds to a folder of theirs. An error if
/// one of \p Units is taken away.
llvm::Error
changeUnits(const ChangedFiles &Changes,
            std::vector<std::pair<std::string, std::string>> &Units);

/// Writes the contents into the folder \p Scratch, and a file for clang's
/// -ivfsoverlay that shows them below \p Root, whose path it gives. Whoever
/// includes a file that is not to be there is told so.
llvm::Expected<std::string> writeOverlay(const ChangedFiles &Changes,
                                         const std::string &Root,
                                         const std::string &Scratch);

} // namespace cocodma

#endif // COCODMA_TREEPROGRAM_CHANGEDFILES_H
