// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the text of a driver's operations reads and writes of the state that the
// driver keeps to itself: which operation may matter to which.
#ifndef COCODMA_LIFECYCLE_OPERATIONS_H
#define COCODMA_LIFECYCLE_OPERATIONS_H

#include "link/Program.h"
#include "spec/Spec.h"

#include <compare>
#include <set>
#include <string>
#include <vector>

namespace cocodma {

/// Where a field, or a record as a whole (as by memset()), is written.
struct StateWrite {
  FunctionId Function = None;
  InstIndex At = None;
  StringIndex What = None; ///< "record.field", or the record.

  friend auto operator<=>(const StateWrite &, const StateWrite &) = default;
};

/// An operation, with what its module's code that it calls does.
struct Operation {
  FunctionId Entry = None;
  std::set<StringIndex> Reads; ///< Fields.
  std::set<StateWrite> Writes;
  /// Fields whose address is handed to functions, which may write them.
  std::set<StringIndex> Lent;
  uint64_t Size = 0; ///< Instructions of the code.
  uint64_t Cost = 0; ///< Instructions that its execution took.
  /// The ways on which it mapped memory when it was executed: the call, and
  /// the functions that led there, innermost first.
  std::set<std::vector<uint32_t>> Maps;
};

/// True if \p Type is a small record that code of everybody reaches into, such
/// as atomic_t: a field of it is a number that functions change.
bool isCounter(const Program &Linked, TypeIndex Type);

/// Reads the functions of a linked program. Neither it nor the spec is owned.
class Operations {
public:
  /// \p Marked: numbers in records that were seen to say what a marker says.
  Operations(const Program &Linked, const Spec &Vocabulary,
             std::set<StringIndex> Marked = {})
      : Linked(Linked), Vocabulary(Vocabulary), Marked(std::move(Marked)) {}

  /// What \p Entry reads and writes.
  Operation of(FunctionId Entry) const;
  /// Functions of \p Modules whose address is in a table or is taken, that may
  /// run between other operations: for each write of state that one of
  /// \p Readers reads the smallest that gets there.
  std::vector<FunctionId> writersFor(const std::set<std::string> &Modules,
                                     llvm::ArrayRef<Operation> Readers) const;
  /// Such functions that may write one of \p Wanted: fields, by themselves or
  /// with the record as a whole.
  std::vector<FunctionId> writersOf(const std::set<std::string> &Modules,
                                    std::set<StringIndex> Wanted) const;
  /// True if \p Field is state of one module on which confidentiality may
  /// hang: a flag, a number that is marked, or a pointer to a channel or a
  /// device.
  bool isState(StringIndex Field) const;

  /// Of \p Readers, those that read one of \p Fields: for each call that maps
  /// memory the cheapest that gets there, and the two cheapest that map none.
  std::vector<FunctionId> chosen(llvm::ArrayRef<Operation> Readers,
                                 const std::set<StringIndex> &Fields) const;

  /// False for what runs before all operations (a probe) or after them.
  bool isBetween(FunctionId Entry) const;

  /// The operation that always comes just before \p Entry, which undoes it:
  /// that of the same table; None if there is none.
  FunctionId undoneBy(FunctionId Entry) const;
  /// The operations of the same table that come before \p Entry, whatever else
  /// is called, in their order: what opens a file comes before what reads it.
  /// None if several tables have it.
  std::vector<FunctionId> firstBefore(FunctionId Entry) const;
  /// The variables that were made to hold the table that has \p Entry, by their
  /// records: whoever calls it got there by one of these. None if several
  /// tables have it, nor of a record that there are several variables of.
  std::map<StringIndex, GlobalId> holdersOf(FunctionId Entry) const;

private:
  std::vector<Operation> between(const std::set<std::string> &Modules) const;
  StringIndex recordAt(const FunctionSummary &Body, InstIndex Address) const;
  TypeIndex typeOf(StringIndex Field) const;
  /// Which argument of \p Call is memory that the call fills, if one is.
  std::optional<unsigned> filledArgument(const Inst &Call) const;
  /// True if \p Call changes bits of what its argument \p Which points to.
  bool writesBits(const Inst &Call, uint32_t Which, unsigned Depth) const;
  void addBits(FunctionId Id, InstIndex At, Operation &Into) const;
  void addEffects(FunctionId Id, Operation &Into) const;

  const Program &Linked;
  const Spec &Vocabulary;
  std::set<StringIndex> Marked;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_OPERATIONS_H
