// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tells our options from those of LLVM.
#ifndef COCODMA_TOOL_OPTIONCATEGORY_H
#define COCODMA_TOOL_OPTIONCATEGORY_H

#include "llvm/Support/CommandLine.h"

namespace cocodma {

/// The category of all options of ours: manual pages and completions list them.
extern llvm::cl::OptionCategory Category;

} // namespace cocodma

#endif // COCODMA_TOOL_OPTIONCATEGORY_H
