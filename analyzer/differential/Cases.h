// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random cases for the functions of a tree's DMA layer: a device in some state,
// a platform, a buffer, one call, or what makes something and the call that
// takes it back. The same seed and number give the same case.
#ifndef COCODMA_DIFFERENTIAL_CASES_H
#define COCODMA_DIFFERENTIAL_CASES_H

#include "spec/Spec.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cocodma {

/// A function of the DMA layer, and the operation of scenarios that calls it.
struct LayerCall {
  const LayerOperation *Of = nullptr;
  bool Undoes = false; ///< It takes back what the operation made.

  const std::string &function() const {
    return Undoes ? Of->UndoneBy : Of->Function;
  }
  /// Of memory that the layer makes: it may be shared, and nothing is copied.
  bool isCoherent() const { return Of->Kind == AttributedKind::Allocate; }
};

/// What a tree's layer and its glue can do; cases vary nothing else.
struct Abilities {
  std::vector<LayerCall> Calls;
  std::vector<std::string> Attributes; ///< As scenarios spell them.
  std::vector<std::string> Pools;      ///< The same.
  bool Iommu = false;                  ///< Devices behind one can be executed.
  bool Slots = false; ///< The tree counts the slots that are in use.
};

/// One case.
struct Case {
  uint64_t Number = 0;
  LayerCall Call;
  std::string Profile;
  std::string Scenario; ///< JSON (docs/scenario.schema.json).

  /// Index of the call's operation in the scenario.
  unsigned operation() const { return Call.Undoes; }
};

/// Case \p Number of \p Seed. \p With must have at least one call and one pool.
Case makeCase(uint64_t Seed, uint64_t Number, const Abilities &With);

/// A case for finding out whether a tree has \p Call, \p Attribute (may be
/// empty) and \p Pool, or how it treats devices behind an IOMMU.
Case makeProbe(const LayerCall &Call, const std::string &Attribute,
               const std::string &Pool, bool Iommu = false);

/// A case that takes back a mapping of \p Call which did bounce.
Case makeSlotProbe(const LayerCall &Call);

} // namespace cocodma

#endif // COCODMA_DIFFERENTIAL_CASES_H
