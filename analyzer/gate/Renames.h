// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is the same on both sides of a patch, though it has another name.
#ifndef COCODMA_GATE_RENAMES_H
#define COCODMA_GATE_RENAMES_H

#include "gate/Compare.h"

namespace cocodma {

/// Files and functions of \p Old that have other names in \p New.
class Renames {
public:
  Renames(const Report &Old, const Report &New, const CompareInput &How)
      : Old(Old), New(New), How(How) {}

  /// The name that a file of the new side has on the old one.
  std::string oldName(const std::string &File) const;

  /// The same function, in a file that was renamed.
  bool fileMoved(const SourceLocation &Before,
                 const SourceLocation &After) const;

  /// A function that was renamed. Only if the old name is gone from the ledger
  /// and the new one is new there, and the hunks, if there are any, say so:
  /// else a leak that moves from one path to another would not be seen.
  bool functionRenamed(const SourceLocation &Before,
                       const SourceLocation &After) const;

  /// For each site of the new side the one that it was; null if there was none.
  /// No old site is there twice.
  std::vector<const Site *> sitesBefore() const;

private:
  const Report &Old;
  const Report &New;
  const CompareInput &How;
};

} // namespace cocodma

#endif // COCODMA_GATE_RENAMES_H
