// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The execution of a tree falls into parts that do not depend on each other:
// the drivers of one module, the entry points of a bus, the code of no class of
// one folder. What a part found can be kept, and taken over where nothing that
// it looked at has changed (self-adjusting computation, Acar, 2005; as build
// systems with dynamic dependencies do).
#ifndef COCODMA_LIFECYCLE_PARTS_H
#define COCODMA_LIFECYCLE_PARTS_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cocodma {

/// Which part of the execution it is.
struct PartName {
  /// What it is called; the same in every tree that has it. Includes all that
  /// its execution depends on but the code of the tree.
  std::string Text;
  /// The units that it is about, by number: they belong to what it looks at,
  /// whether or not something of them is executed.
  std::vector<uint32_t> Units;
  /// What is known of functions for this part only, as numbers: of those that
  /// it looks at, and of whom they call, it belongs to what the part looks at.
  std::map<uint32_t, uint64_t> Known = {};
};

/// Runs parts, or takes over what they found before.
class PartRunner {
public:
  virtual ~PartRunner();
  /// Executes what several parts start from: it is always executed, and what
  /// it looks at is looked at by each part after it.
  virtual void runCommon(llvm::function_ref<void()> Execute) = 0;
  /// Executes the part, or takes over what it found. Execute must leave the
  /// engine as it was, but for what the observer was told, losses and sharers.
  virtual void run(const PartName &Name,
                   llvm::function_ref<void()> Execute) = 0;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_PARTS_H
