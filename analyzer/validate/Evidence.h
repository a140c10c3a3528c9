// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What runs showed, line by line.
#ifndef COCODMA_VALIDATE_EVIDENCE_H
#define COCODMA_VALIDATE_EVIDENCE_H

#include "validate/PlannedRuns.h"

#include "llvm/DebugInfo/Symbolize/Symbolize.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cocodma {

/// A file, relative to the root of the tree, and a line.
using CodeLine = std::pair<std::string, unsigned>;

/// Lines of a program, by return addresses.
class CodeLines {
public:
  /// \p Kernel is the root that files are relative to; others are left out.
  CodeLines(std::string Program, std::string Kernel)
      : Program(std::move(Program)), Kernel(std::move(Kernel)) {}

  /// The lines of a stack of return addresses ("0x..."), the innermost first.
  std::vector<CodeLine> of(const nlohmann::json &Stack);

private:
  const std::vector<CodeLine> &at(const std::string &Address);

  std::string Program, Kernel;
  llvm::symbolize::LLVMSymbolizer Symbolizer;
  std::map<std::string, std::vector<CodeLine>> Known;
};

/// Sightings of one kind.
struct SightingCount {
  unsigned Count = 0;
  unsigned InProbe = 0; ///< Of these, while the device's driver was probed.
  std::string First;    ///< For people: bytes, address, operation, profile.
};

/// What runs showed of one line.
struct SiteEvidence {
  unsigned Runs = 0;       ///< It ran.
  unsigned SecretRuns = 0; ///< It ran for a device whose data is confidential.
  /// Sightings of confidential data by profile and kind of data (`buffer`,
  /// `device`), and of others' data (`neighbour`, `next-owner`), whose ever.
  std::map<std::pair<std::string, std::string>, SightingCount> Seen;
  /// The stacks on which it ran for such a device, on each profile.
  std::map<std::string, std::set<std::vector<CodeLine>>> Stacks;
  /// Runs without faults in which operations failed, or not, by whether the
  /// device's data is confidential.
  unsigned FailedSecret = 0, WorkedSecret = 0, WorkedOrdinary = 0;
};

/// Collects what runs show of certain lines.
class Evidence {
public:
  explicit Evidence(std::set<CodeLine> Sites) : Sites(std::move(Sites)) {}

  /// Takes in a result (docs/model-result.schema.json) of \p Run.
  void take(const PlannedRun &Run, const nlohmann::json &Result,
            CodeLines &Lines);

  /// Of a line; of one that never ran if nothing is known.
  const SiteEvidence &at(const CodeLine &Site) const;
  unsigned runs() const { return Total; }
  /// Why runs did not come to their end, and how many.
  const std::map<std::string, unsigned> &stops() const { return Stops; }

private:
  const CodeLine *innermost(const std::vector<CodeLine> &Stack) const;
  void takeSightings(const PlannedRun &Run, const nlohmann::json &Result,
                     bool Secret, CodeLines &Lines);

  std::set<CodeLine> Sites;
  std::map<CodeLine, SiteEvidence> Found;
  std::map<std::string, unsigned> Stops;
  unsigned Total = 0;
};

} // namespace cocodma

#endif // COCODMA_VALIDATE_EVIDENCE_H
