// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that lies in a record inside one of the driver's own: a work item, a
// timer, a device for users. Whoever calls it does so once somebody outside was
// given the address of that record, and not because it was set up.
#ifndef COCODMA_LIFECYCLE_KEPTCODE_H
#define COCODMA_LIFECYCLE_KEPTCODE_H

#include "dataflow/Evaluator.h"

#include <map>
#include <set>

namespace cocodma {

/// Code, or a table of code, in a record of somebody else's type that is a
/// member of the driver's own record.
struct Keeping {
  TermId Record = 0;         ///< The address of the record with the code in it.
  PathId Place = 0;          ///< Where the member begins, in the same object.
  StringIndex Member = None; ///< That member of the driver's own record.
  /// The members that lead from there to the record.
  std::vector<StringIndex> Inside;
  Bdd When;   ///< Where the code was put there.
  Bdd Handed; ///< Where the record was given to somebody outside.
};

/// Tells whether, and by whom, a record with code in it is given away. Neither
/// engine nor spec is owned.
class KeptCode {
public:
  KeptCode(Evaluator &Engine, const Spec &Vocabulary)
      : Engine(Engine), Linked(Engine.program()), Vocabulary(Vocabulary) {}

  /// What it means that code was stored in the record at \p Record where
  /// \p When holds. Nothing if others may know that record by other ways: it is
  /// no member of a record that one module alone reaches into, or an element of
  /// an array.
  std::optional<Keeping> keeping(TermId Record, Bdd When) const;
  /// True if whoever has the address \p Pointer has the record of \p What.
  bool leadsTo(TermId Pointer, const Keeping &What) const;
  /// The functions that do more with the address of that record than to read
  /// and write it: they may start what is in it.
  const std::set<FunctionId> &givers(const Keeping &What);

private:
  bool gives(const FunctionSummary &Body, const Keeping &What) const;
  /// True if \p I does more with an address for which \p Leads than to read,
  /// write or compare it.
  bool handsOn(const FunctionSummary &Body, const Inst &I,
               llvm::function_ref<bool(InstIndex)> Leads) const;
  bool onlyStops(const Inst &Call, uint32_t Argument) const;

  Evaluator &Engine;
  const Program &Linked;
  const Spec &Vocabulary;
  std::map<std::pair<StringIndex, std::vector<StringIndex>>,
           std::set<FunctionId>>
      Known;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_KEPTCODE_H
