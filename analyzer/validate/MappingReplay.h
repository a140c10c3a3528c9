// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replays what drivers of a kernel tree ask the DMA layer for, without the
// drivers.
#ifndef COCODMA_VALIDATE_MAPPINGREPLAY_H
#define COCODMA_VALIDATE_MAPPINGREPLAY_H

#include "validate/PlannedRuns.h"
#include "validate/Validator.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace cocodma {

/// Executes all, some at a time, and hands over each result. The error says why
/// the program could not be executed.
llvm::Error executeAll(
    const std::vector<PlannedRun> &Runs, const ValidateOptions &Options,
    llvm::function_ref<void(const PlannedRun &, const nlohmann::json &)> Take);

/// The same kind of mapping is asked of the tree's own DMA layer for the device
/// of a confidential channel that is registered without any protection of the
/// bus. What is confirmed that way is said to be so; where the tree's bus or
/// the driver could protect the data, a run without a sighting refutes nothing.
llvm::Error replayMappings(Report &R, const ValidateOptions &Options);

} // namespace cocodma

#endif // COCODMA_VALIDATE_MAPPINGREPLAY_H
