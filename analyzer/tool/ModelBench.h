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

} // namespace cocodma

#endif // COCODMA_TOOL_MODELBENCH_H
