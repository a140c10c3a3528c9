// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma model run SCENARIO.json...`
#ifndef COCODMA_TOOL_MODELCOMMAND_H
#define COCODMA_TOOL_MODELCOMMAND_H

namespace cocodma {

/// Whether the command line named `model`.
bool modelCommandGiven();

/// Executes the scenarios and writes the results. Returns the exit status: 0
/// all expectations are met (or none is stated), 1 one is not, 3 a run without
/// expectations did not come to its end, 2 usage or input error.
int runModelCommand();

} // namespace cocodma

#endif // COCODMA_TOOL_MODELCOMMAND_H
