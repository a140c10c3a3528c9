// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Under which condition the probe of a driver gives code away, to be called
// later for its device.
#ifndef COCODMA_LIFECYCLE_GIVENAWAY_H
#define COCODMA_LIFECYCLE_GIVENAWAY_H

#include "lifecycle/KeptCode.h"

namespace cocodma {

/// Remembers where functions, and tables that hold them, were stored or handed
/// out. A request handler that only channels of one kind get is not called for
/// the others, and neither is a work item that is queued for one kind only.
/// Neither engine nor spec is owned.
class GivenAway {
public:
  GivenAway(Evaluator &Engine, const Spec &Vocabulary)
      : Engine(Engine), Linked(Engine.program()), Records(Engine, Vocabulary) {}

  /// Forgets everything. What was noted must not be older than that to be used.
  void clear() {
    Functions.clear();
    Tables.clear();
  }
  /// \p What, a function or an address, was given away where \p When holds;
  /// \p ForDevice: into an object of the device, or together with one. \p Into:
  /// the address of the record in which it was stored, if it was.
  void note(TermId What, Bdd When, bool ForDevice, std::optional<TermId> Into);
  /// The address \p Pointer was stored in the object \p Into, or handed to
  /// somebody outside (None), where \p When holds.
  void handed(TermId Pointer, ObjectId Into, Bdd When);
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
    bool ForDevice = false;    ///< At least once.
    std::vector<Keeping> Kept; ///< In records, until these are handed on.
  };
  void note(Ways &Known, Bdd When, bool ForDevice, std::optional<TermId> Into);
  bool isOfProbe(FunctionId Taker, const std::set<FunctionId> &Probed,
                 const std::set<FunctionId> &Entries) const;
  bool isInOtherTable(GlobalId Table) const;
  std::optional<std::set<FunctionId>> takersOf(GlobalId Table);

  Evaluator &Engine;
  const Program &Linked;
  KeptCode Records;
  std::map<uint32_t, Ways> Functions, Tables;
  /// What takersOf() found.
  std::map<GlobalId, std::optional<std::set<FunctionId>>> Known;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_GIVENAWAY_H
