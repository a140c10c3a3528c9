// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which part of a record the code of a driver keeps in an untyped member of
// somebody else's record (`hctx->driver_data = &nd->queue`): told from the text
// of the stores, since the operation that stores it need not be the one that
// reads it.
#ifndef COCODMA_LIFECYCLE_KEPTPLACES_H
#define COCODMA_LIFECYCLE_KEPTPLACES_H

#include "link/Program.h"

#include <optional>
#include <set>
#include <vector>

namespace cocodma {

/// A part of a record.
struct KeptPlace {
  StringIndex Record = None; ///< The record around it.
  /// Members that lead to it from there; None is an element of an array.
  std::vector<StringIndex> Steps;

  bool operator==(const KeptPlace &) const = default;
};

/// Reads the functions of a linked program, which is borrowed.
class KeptPlaces {
public:
  explicit KeptPlaces(const Program &Linked) : Linked(Linked) {}

  /// The place of which every store of a pointer to a \p Record to \p Member
  /// ("record.field") stores the address; nothing if they store several, or
  /// one is not understood.
  std::optional<KeptPlace> keptIn(StringIndex Member, StringIndex Record);

private:
  void follow(FunctionId Id, InstIndex At);
  void followParameter(FunctionId Id, uint32_t Parameter);
  bool isAddress(FunctionId Id, InstIndex At) const;
  std::optional<KeptPlace> placeAt(FunctionId Id, InstIndex At) const;

  const Program &Linked;
  StringIndex Wanted = None;
  std::set<std::pair<FunctionId, InstIndex>> Seen;
  std::optional<KeptPlace> Found;
  bool Unclear = false;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_KEPTPLACES_H
