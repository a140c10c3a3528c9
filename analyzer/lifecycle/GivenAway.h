// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Under which condition the probe of a driver gives code away, to be called
// later for its device.
#ifndef COCODMA_LIFECYCLE_GIVENAWAY_H
#define COCODMA_LIFECYCLE_GIVENAWAY_H

#include "dataflow/Evaluator.h"

#include <map>
#include <set>

namespace cocodma {

/// Remembers where functions, and tables that hold them, were stored or handed
/// out. A request handler that only channels of one kind get is not called for
/// the others. The engine is not owned.
class GivenAway {
public:
  explicit GivenAway(Evaluator &Engine)
      : Engine(Engine), Linked(Engine.program()) {}

  /// Forgets everything. What was noted must not be older than that to be used.
  void clear() {
    Functions.clear();
    Tables.clear();
  }
  /// \p What, a function or an address, was given away where \p When holds;
  /// \p ForDevice: into an object of the device, or together with one.
  void note(TermId What, Bdd When, bool ForDevice);
  /// The condition under which \p Code may be called from outside, if it was
  /// given away by \p Probed functions, and for their device. Nothing if it may
  /// have been given away by others, by what runs from one of \p Entries, or in
  /// a way that is not understood.
  std::optional<Bdd> condition(FunctionId Code,
                               const std::set<FunctionId> &Probed,
                               const std::set<FunctionId> &Entries);

private:
  struct Ways {
    Bdd When;
    bool ForDevice = false; ///< At least once.
  };
  void note(std::map<uint32_t, Ways> &In, uint32_t Id, Bdd When,
            bool ForDevice);
  bool isOfProbe(FunctionId Taker, const std::set<FunctionId> &Probed,
                 const std::set<FunctionId> &Entries) const;
  bool isInOtherTable(GlobalId Table) const;
  std::optional<std::set<FunctionId>> takersOf(GlobalId Table);

  Evaluator &Engine;
  const Program &Linked;
  std::map<uint32_t, Ways> Functions, Tables;
  /// What takersOf() found.
  std::map<GlobalId, std::optional<std::set<FunctionId>>> Known;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_GIVENAWAY_H
