// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guarded value: which term a value is, under which condition. The guards of
// one value are disjoint; together they cover the path condition under which
// the value was computed.
#ifndef COCODMA_DATAFLOW_VALUE_H
#define COCODMA_DATAFLOW_VALUE_H

#include "dataflow/Guards.h"

#include "llvm/ADT/SmallVector.h"

namespace cocodma {

/// One alternative of a value.
struct Guarded {
  Bdd When;
  TermId What = 0;
  bool operator==(const Guarded &) const = default;
};

/// A value: its alternatives, sorted by term.
using Value = llvm::SmallVector<Guarded, 1>;

/// The value that is \p What under every condition.
inline Value always(Guards &Conditions, TermId What) {
  return Value{Guarded{Conditions.yes(), What}};
}

/// Adds \p What under \p When to \p To.
void addAlternative(Guards &Conditions, Value &To, Bdd When, TermId What);

/// \p New where \p When holds, \p Old elsewhere.
Value choose(Guards &Conditions, Bdd When, const Value &New, const Value &Old);

/// \p V as it is seen under \p Path: alternatives that cannot hold are gone,
/// guards are simplified.
Value under(Guards &Conditions, const Value &V, Bdd Path);

/// \p V as it is where \p Path holds, for good: like under(), but a guard that
/// there depends on the kept atoms only is written in them only, so that no
/// later abstraction can part it from the markers.
Value settled(Guards &Conditions, const Value &V, Bdd Path);

/// \p V with every guard larger than \p Limit BDD nodes abstracted
/// (Guards::abstracted): still disjoint, still covering everything. The value
/// is only meant to be looked at where \p Path holds.
Value compacted(Guards &Conditions, Value V, Bdd Path, size_t Limit);

/// \p V with guards that are disjoint and cover everything, whatever they were.
Value partitioned(Guards &Conditions, Value V);

/// The condition that \p V is not zero.
Bdd truth(Guards &Conditions, const Value &V);

} // namespace cocodma

#endif // COCODMA_DATAFLOW_VALUE_H
