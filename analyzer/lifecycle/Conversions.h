// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions change the visibility of memory, and which have no part in
// that: what the life of a page depends on.
#ifndef COCODMA_LIFECYCLE_CONVERSIONS_H
#define COCODMA_LIFECYCLE_CONVERSIONS_H

#include "lifecycle/Reach.h"

namespace cocodma {

/// The functions of a tree, by what they have to do with conversions. Borrows
/// what it is made from.
class Conversions {
public:
  Conversions(const Program &Linked, const Reach &Reachable,
              const Spec &Vocabulary);

  /// The functions that convert memory, by themselves or by what they call; but
  /// not what converts only by way of the DMA API, which converts back itself.
  const std::set<FunctionId> &converting() const { return Converting; }
  /// The functions that make memory host-visible by themselves.
  const std::set<FunctionId> &sharing() const { return Sharing; }
  /// True if \p Id is large, and without effect on what is converted or freed.
  bool isAside(FunctionId Id) const { return Aside[Id]; }

private:
  bool convertsItself(FunctionId Id, Effect How) const;
  void findConverting();
  void findAside();
  std::set<StringIndex> stateFields() const;
  bool mattersItself(FunctionId Id, const std::set<StringIndex> &State) const;

  const Program &Linked;
  const Reach &Reachable;
  const Spec &Vocabulary;
  std::set<FunctionId> Converting, Sharing;
  std::set<std::string> Modules; ///< Of Converting, but for inline functions.
  std::vector<bool> Aside;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_CONVERSIONS_H
