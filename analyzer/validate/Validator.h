// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Executes what a report says.
#ifndef COCODMA_VALIDATE_VALIDATOR_H
#define COCODMA_VALIDATE_VALIDATOR_H

#include "report/Report.h"
#include "spec/Spec.h"

#include "llvm/Support/Error.h"

#include <set>

namespace cocodma {

/// Where things are, and how long it may take.
struct ValidateOptions {
  std::string Program; ///< Of the tree, as treeprogram makes it.
  std::string Kernel;  ///< Root of the tree; absolute, without links.
  bool Mini = false;   ///< The program has the tree's drivers in it.
  /// Of a kernel tree, with its bus and some of its drivers; may be empty.
  std::string DriverProgram;
  /// The units of these drivers, relative to the root.
  std::set<std::string> DriverUnits;
  DmaLayer Layer;         ///< The spec's words for it, for a kernel tree.
  unsigned Seconds = 300; ///< For a few hundred scenarios.
};

/// Gives all findings, and the sites that are private or fail, what their
/// execution showed. The error says why nothing could be executed at all.
llvm::Error validate(Report &R, const ValidateOptions &Options);

} // namespace cocodma

#endif // COCODMA_VALIDATE_VALIDATOR_H
