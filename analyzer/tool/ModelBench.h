// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma model bench --kernel DIR`
#ifndef COCODMA_TOOL_MODELBENCH_H
#define COCODMA_TOOL_MODELBENCH_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace cocodma {

/// Runs the drivers of the tree \p Kernel that the model has a bench for, in
/// \p Program, over a confidential and an ordinary channel, on all profiles, in
/// probe and after it, and writes a table in Markdown. \p Name is the tree's.
/// The error says why nothing could be executed.
llvm::Error runModelBench(const std::string &Program, const std::string &Name,
                          unsigned Seconds, llvm::raw_ostream &Out);

/// Opens and closes channels of the tree, and makes and tears down GPADLs, in
/// \p Program (with ProgramParts::Channels), on all confidential guests, while
/// conversions, messages and the host fail, and writes a table in Markdown. The
/// error says why nothing could be executed.
llvm::Error runChannelBench(const std::string &Program, unsigned Seconds,
                            llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_TOOL_MODELBENCH_H
