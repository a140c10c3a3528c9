// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma link -p BUILD -o FILE`
#ifndef COCODMA_TOOL_LINKCOMMAND_H
#define COCODMA_TOOL_LINKCOMMAND_H

namespace cocodma {

/// Analyzes the whole tree and writes its units and what was found to a file
/// (tree/TreeFile.h). Returns the exit status: 0 written, 3 written, but a unit
/// could not be parsed and is missing, 2 usage, input or output error.
int runLink();

} // namespace cocodma

#endif // COCODMA_TOOL_LINKCOMMAND_H
