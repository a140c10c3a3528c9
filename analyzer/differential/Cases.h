// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random cases for a tree's mapping functions: a device in some state, a
// platform, a buffer, one call. The same seed and number give the same case.
#ifndef COCODMA_DIFFERENTIAL_CASES_H
#define COCODMA_DIFFERENTIAL_CASES_H

#include <cstdint>
#include <string>
#include <vector>

namespace cocodma {

/// A mapping operation of scenarios, and the function of the DMA layer that it
/// calls.
struct MappingKind {
  const char *Operation;
  const char *Function;
  int64_t Failure; ///< What the function returns for an error.
};

/// All of them.
const std::vector<MappingKind> &mappingKinds();

/// What a tree's layer and its glue can do; cases vary nothing else.
struct Abilities {
  std::vector<const MappingKind *> Kinds;
  std::vector<std::string> Attributes; ///< As scenarios spell them.
  std::vector<std::string> Pools;      ///< The same.
  /// The layer itself knows of IOMMUs. Else a device behind one has operations
  /// of its own, of which the layer's code says nothing.
  bool Iommu = false;
};

/// One case.
struct Case {
  uint64_t Number = 0;
  const MappingKind *Kind = nullptr;
  std::string Profile;
  std::string Scenario; ///< JSON (docs/scenario.schema.json).
};

/// Case \p Number of \p Seed. \p With must have at least one kind and one pool.
Case makeCase(uint64_t Seed, uint64_t Number, const Abilities &With);

/// A case for finding out whether a tree has \p Kind, \p Attribute (may be
/// empty) and \p Pool, or how it treats devices behind an IOMMU.
Case makeProbe(const MappingKind &Kind, const std::string &Attribute,
               const std::string &Pool, bool Iommu = false);

} // namespace cocodma

#endif // COCODMA_DIFFERENTIAL_CASES_H
