// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must be known of a driver of the mini-kernel to have it bound and asked
// for something.
#ifndef COCODMA_VALIDATE_DRIVERFACTS_H
#define COCODMA_VALIDATE_DRIVERFACTS_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace cocodma {

/// A driver, as its source registers it.
struct DriverFacts {
  std::string Name;
  bool Pci = false;
  std::string Vendor, Function; ///< Of a PCI driver, as in the source.
  std::string Class = "scsi";   ///< Of a VMBus driver.
  /// Operations that the driver gives the mini-kernel's bench.
  std::vector<std::string> Entries;
  /// What the bus can do to it: suspend, resume, rescind, a channel's callback.
  std::vector<std::string> Events;
};

/// The first driver that \p Source registers; none if there is no such
/// registration.
std::optional<DriverFacts> readDriverFacts(llvm::StringRef Source);

} // namespace cocodma

#endif // COCODMA_VALIDATE_DRIVERFACTS_H
