// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma prepare --kernel DIR [-p BUILD] [PATH...]`
#ifndef COCODMA_TOOL_PREPARECOMMAND_H
#define COCODMA_TOOL_PREPARECOMMAND_H

namespace cocodma {

/// True if the command line asks for it.
bool prepareCommandGiven();

/// Makes a compile database from a kernel's source (prepare/Preparation.h), and
/// says what to do with it. Returns the exit status: 0 written, 3 written, but
/// a generated file is missing, 2 usage, input or output error.
int runPrepareCommand();

} // namespace cocodma

#endif // COCODMA_TOOL_PREPARECOMMAND_H
