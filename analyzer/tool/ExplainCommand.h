// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_TOOL_EXPLAINCOMMAND_H
#define COCODMA_TOOL_EXPLAINCOMMAND_H

namespace cocodma {

/// `cocodma explain [CHECK]`: the list of all checks, or all that there is to
/// say about one, with examples. Gives the exit status.
int runExplain();

} // namespace cocodma

#endif // COCODMA_TOOL_EXPLAINCOMMAND_H
