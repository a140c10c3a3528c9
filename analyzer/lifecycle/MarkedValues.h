// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values as a device's registration leaves them. How the bus came to set a
// marker does not matter to what follows, so what the marker decides is told by
// the marker itself: a pool pointer that is null where the flag is set, say.
#ifndef COCODMA_LIFECYCLE_MARKEDVALUES_H
#define COCODMA_LIFECYCLE_MARKEDVALUES_H

#include "dataflow/Value.h"

namespace cocodma {

/// Tells values in terms of the markers of one device.
class MarkedValues {
public:
  /// \p Known: where the device is registered, and what each of \p Markers, the
  /// symbols of its markers, stands for. \p Conditions is borrowed.
  MarkedValues(Guards &Conditions, Bdd Known, llvm::ArrayRef<TermId> Markers);

  /// \p Held where the device is registered, by markers where these decide it.
  Value settled(const Value &Held);
  /// The same, or nothing if no setting of the markers leaves one alternative
  /// only.
  std::optional<Value> decided(const Value &Held);

private:
  /// A setting of the markers, and what is known where they are set so.
  struct Setting {
    Bdd Marked;
    Bdd Known;
  };
  void split(TermId Marker);
  /// The alternatives of \p Held that are possible.
  Value possible(const Value &Held, Bdd Where);

  Guards &Conditions;
  Bdd Known;
  std::vector<Setting> Settings;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_MARKEDVALUES_H
