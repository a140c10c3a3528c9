// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units get which headers compiled once for all of them.
#ifndef COCODMA_FRONTEND_SHARINGPLAN_H
#define COCODMA_FRONTEND_SHARINGPLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace cocodma {

/// One unit whose flags are those of all others.
struct SharingUnit {
  llvm::BitVector Files; ///< By number: what it includes.
  uint64_t Saved = 0;    ///< Bytes that it need not read anyway.
};

/// Headers that several units include, as an addition to other such headers.
struct SharingNode {
  std::optional<unsigned> Parent; ///< What it adds to: a node before it.
  std::vector<unsigned> Members;  ///< The units that include all of Files.
  /// Those of them that have no node below it; ascending, like Members.
  std::vector<unsigned> Units;
  llvm::BitVector Files; ///< What all members include, parent's files as well.
};

/// A forest of headers to be compiled, each node after its parent, such that
/// less has to be read: what is new in a node is read once, and costs then a
/// little more than for one unit. Units that gain nothing are in no node.
/// \p Sizes: bytes, by number of the file. The same units give the same nodes.
std::vector<SharingNode> planSharing(llvm::ArrayRef<SharingUnit> Units,
                                     llvm::ArrayRef<uint64_t> Sizes);

} // namespace cocodma

#endif // COCODMA_FRONTEND_SHARINGPLAN_H
