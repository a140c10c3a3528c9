// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scenarios by which findings are executed.
#ifndef COCODMA_VALIDATE_PLANNEDRUNS_H
#define COCODMA_VALIDATE_PLANNEDRUNS_H

#include "validate/DriverFacts.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cocodma {

/// A scenario to run, and what is known of it.
struct PlannedRun {
  /// Data of the device that is worked with must stay private, if the bus takes
  /// it and the profile protects anything.
  bool Secret = false;
  bool Faulty = false; ///< Something is made to fail.
  std::string Profile;
  nlohmann::json Scenario; ///< As docs/scenario.schema.json has it.
};

/// Devices of a driver of the mini-kernel, confidential and not, alone and with
/// others; requests of all entries and directions, before and after events of
/// the bus; on \p Profiles, and with injected faults.
std::vector<PlannedRun>
planDriverRuns(const DriverFacts &Driver,
               const std::vector<std::string> &Profiles);

/// What the mini-kernel's bus does by itself: rings, GPADLs, buffers.
std::vector<PlannedRun> planBusRuns(const std::vector<std::string> &Profiles);

/// A mapping, or memory, that a DMA layer is asked for by the device of a
/// channel. \p Operation is a scenario's (`map_single`, `alloc_coherent`).
std::vector<PlannedRun>
planMappingRuns(const std::string &Operation,
                const std::vector<std::string> &Profiles);

/// Whether anything is kept from somebody there.
bool protectsGuests(const std::string &Profile);

} // namespace cocodma

#endif // COCODMA_VALIDATE_PLANNEDRUNS_H
