// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a part of the execution found, as bytes that mean the same in another
// run: functions and variables are named there, not numbered.
#ifndef COCODMA_TREE_PARTARCHIVE_H
#define COCODMA_TREE_PARTARCHIVE_H

#include "dataflow/Evaluator.h"
#include "judge/Contribution.h"
#include "link/Program.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cocodma {

/// What a part leaves behind.
struct PartResult {
  Contribution Verdicts;
  Evaluator::Lasting Engine;
};

/// Something that a part looked at, and what its fingerprint was.
struct Consulted {
  /// As the members of ReadLog.
  enum class Kind : uint8_t {
    Unit,
    Initializers,
    Writers,
    Record,
    GlobalWriters,
    Callers,
    Takers,
    Tables,
    Inspected,
  } What = Kind::Unit;
  std::string Name;
  uint64_t Fingerprint = 0;
};

/// Names and numbers of the units, functions and variables of a program.
class ProgramNames {
public:
  /// Borrows the program.
  explicit ProgramNames(const Program &Linked);

  /// The name of a unit; the same in every program that has it.
  const std::string &unit(uint32_t Unit) const { return Names[Unit]; }
  /// The unit of that name; None if there is none.
  uint32_t findUnit(llvm::StringRef Name) const;
  /// A name that find...() understands; empty if there is none that leads back.
  std::string function(FunctionId Id) const;
  std::string variable(GlobalId Id) const;
  /// The line where a function stands.
  uint32_t firstLine(FunctionId Id) const { return Linked.peek(Id).Body->Line; }
  /// What a name stands for; None if there is no such thing.
  FunctionId findFunction(llvm::StringRef Name) const;
  GlobalId findVariable(llvm::StringRef Name) const;

private:
  const Program &Linked;
  std::vector<std::string> Names;
  llvm::StringMap<uint32_t> Units;
};

/// The part's result and what it looked at, as bytes of the entry \p Key; empty
/// if the result speaks of something that has no name.
std::string serializePart(llvm::StringRef Key, const PartResult &Found,
                          const std::vector<Consulted> &LookedAt,
                          const ProgramNames &Names);

/// Reads what a part looked at, and then its result if \p Fits says that it is
/// the same still. Nothing if it is not, or if \p Bytes are damaged or of
/// another entry, which \p Damaged tells.
std::optional<PartResult>
deserializePart(llvm::StringRef Key, llvm::StringRef Bytes,
                const ProgramNames &Names, bool &Damaged,
                llvm::function_ref<bool(const std::vector<Consulted> &)> Fits);

} // namespace cocodma

#endif // COCODMA_TREE_PARTARCHIVE_H
