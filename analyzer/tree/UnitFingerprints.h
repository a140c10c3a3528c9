// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an execution that looks at a unit depends on, as one number a unit.
#ifndef COCODMA_TREE_UNITFINGERPRINTS_H
#define COCODMA_TREE_UNITFINGERPRINTS_H

#include "link/Program.h"

#include <functional>
#include <string>

namespace cocodma {

/// The hash of what a unit contains, before it is linked: not of the files that
/// it was made of, and so the same wherever the time of change is another.
uint64_t contentHash(const UnitSummary &Unit);

/// What the analysis finds out about the whole program before anything is
/// executed, as numbers that change with it.
struct KnownBeforehand {
  std::function<uint64_t(FunctionId)> OfFunction;
  std::function<uint64_t(llvm::StringRef Module)> OfModule;
  /// Fields that somebody writes while others wait for a field.
  std::function<std::vector<StringIndex>(StringIndex)> Awaited;
};

/// Fingerprints of the units of a linked program. A fingerprint covers the
/// content of the unit and, for all that the unit names, what the linked
/// program says of it: who is called, what is known of whom, who else writes a
/// field, who calls a function. It does not cover the bodies of functions
/// elsewhere: who looks at these depends on their units.
class UnitFingerprints {
public:
  /// Borrows the program. \p Contents by unit.
  UnitFingerprints(const Program &Linked, std::vector<uint64_t> Contents,
                   KnownBeforehand Known);

  /// The fingerprint of a unit; never 0.
  uint64_t of(uint32_t Unit);
  /// A function, by its name and the file of its unit.
  uint64_t identity(FunctionId Id);

private:
  uint64_t text(StringIndex Index);
  uint64_t type(TypeIndex Index);
  uint64_t variable(GlobalId Id);
  void addFunction(FunctionId Id, std::vector<uint64_t> &To);
  void addReference(FunctionId Id, std::vector<uint64_t> &To);
  void addWriter(FunctionId Id, std::vector<uint64_t> &To);
  void addVariable(uint32_t Unit, const GlobalSummary &Global,
                   std::vector<uint64_t> &To);
  void addField(StringIndex Field, std::vector<uint64_t> &To);
  void addRecord(StringIndex Record, std::vector<uint64_t> &To);
  uint64_t embedded(StringIndex Record, unsigned Depth);

  const Program &Linked;
  std::vector<uint64_t> Contents;
  KnownBeforehand Known;
  std::vector<uint64_t> Sources; ///< By unit: the hash of its path.
  std::vector<uint64_t> Texts;   ///< By string: its hash, or 0.
  std::vector<uint64_t> Done;    ///< By unit: its fingerprint, or 0.
  std::vector<std::vector<FunctionId>> Functions; ///< By unit.
};

} // namespace cocodma

#endif // COCODMA_TREE_UNITFINGERPRINTS_H
