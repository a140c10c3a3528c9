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
/// it was made of, and so the same wherever the time of change is another. It
/// stays the same where functions only stand further down: lines are told from
/// the start of their function on (SourceLocation::Within).
uint64_t contentHash(const UnitSummary &Unit);

/// What the analysis finds out about the whole program before anything is
/// executed, as numbers that change with it.
struct KnownBeforehand {
  std::function<uint64_t(FunctionId)> OfFunction;
  std::function<uint64_t(llvm::StringRef Module)> OfModule;
  /// Fields that somebody writes while others wait for a field.
  std::function<std::vector<StringIndex>(StringIndex)> Awaited;
};

/// Fingerprints of what a ReadLog notes. That of a unit covers its content and
/// what its names mean in the linked program: who is called, and what is known
/// of whom. It does not cover the bodies of functions elsewhere: who looks at
/// these depends on their units.
class UnitFingerprints {
public:
  /// Borrows the program. \p Contents by unit.
  UnitFingerprints(const Program &Linked, std::vector<uint64_t> Contents,
                   KnownBeforehand Known);

  /// The fingerprint of a unit; never 0.
  uint64_t of(uint32_t Unit);
  /// What \p Known says of the functions of a unit and of whom they call.
  uint64_t known(uint32_t Unit, const std::map<FunctionId, uint64_t> &Known);
  /// What the program says of one thing, by the accessors of Program.
  uint64_t initializers(StringIndex Field);
  uint64_t writers(StringIndex Field);
  uint64_t record(StringIndex Record);
  uint64_t globalWriters(GlobalId Id);
  uint64_t callers(FunctionId Id);
  uint64_t takers(FunctionId Id);
  uint64_t tables(FunctionId Id);
  /// What a function does, wherever it stands.
  uint64_t inspected(FunctionId Id);
  /// A function, by its name and the file of its unit.
  uint64_t identity(FunctionId Id);

private:
  uint64_t text(StringIndex Index);
  uint64_t type(TypeIndex Index);
  uint64_t variable(GlobalId Id);
  void addFunction(FunctionId Id, std::vector<uint64_t> &To);
  void addReference(FunctionId Id, std::vector<uint64_t> &To);
  uint64_t references(llvm::ArrayRef<FunctionId> Ids);
  uint64_t writers(llvm::ArrayRef<FieldWrite> Writes);
  void addVariable(uint32_t Unit, const GlobalSummary &Global,
                   std::vector<uint64_t> &To);
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
