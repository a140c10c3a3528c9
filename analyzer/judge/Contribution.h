// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a part of the execution adds to the verdicts. Contributions of several
// parts can be put together in their order, and they speak of nothing that is
// forgotten when a part is over: no formulas, terms or memories.
#ifndef COCODMA_JUDGE_CONTRIBUTION_H
#define COCODMA_JUDGE_CONTRIBUTION_H

#include "judge/Balance.h"
#include "judge/Verdicts.h"

#include <map>
#include <set>

namespace cocodma {

/// What one platform makes of a place, by all that was observed so far.
struct Tally {
  bool Leak = false;
  bool Crashes = false;  ///< A missing operation is called.
  bool Unbound = false;  ///< No confidential device has this driver.
  bool Meant = false;    ///< Shared whatever the marker, and holds no data.
  bool Reached = false;  ///< Lifetime rules: on some path.
  bool Fails = false;    ///< Some mapping can only fail.
  bool Succeeds = false; ///< Some mapping need not.
  uint32_t Lost = 0;     ///< Observations that hang on what was lost.
  std::vector<std::string> Reasons; ///< What the first of these hung on.
};

/// A site: a place in code of one class.
struct Place {
  std::string Key; ///< File, line, column and kind.
  SourceLocation Location;
  FunctionId Function = None;
  InstIndex At = None;
  std::string Kind;
  std::string Expression;
  std::string DeviceClass;
  std::string DataClass;
  std::optional<TraceStep> Barrier; ///< What keeps confidential data away.
  bool Executed = false;
  std::string Id; ///< Of the site in the report; empty before it is there.
  std::set<GlobalId> NullTables; ///< Whose missing operations are called.
  std::vector<Tally> ByProfile;  ///< In the order of the platforms.
  std::optional<Finding> Leak;   ///< As the first witness shows it.
  std::optional<Finding> FailsClosed;
};

/// A sighting that is meant, unless data is copied to these objects.
struct PendingShare {
  std::string Place; ///< Its key.
  uint32_t Profile = 0;
  Possibility How = Possibility::Possible;
  std::vector<ObjectId> Shared;
  std::vector<std::string> Reasons;
  Finding Draft;
};

/// A finding that belongs to no site.
struct LooseFinding {
  FunctionId Function = None;
  InstIndex At = None;
  std::string Expression;
  Finding What; ///< Without fingerprint.
};

/// The key of a place.
std::string placeKey(const SourceLocation &Where, llvm::StringRef Kind);

/// All that a part found.
struct Contribution {
  std::map<std::string, Place> Places; ///< By their keys.
  std::vector<PendingShare> Undecided;
  /// Memory that confidential data is or may be copied to, and the platform.
  std::set<std::pair<ObjectId, uint32_t>> CopyTargets;
  /// Where and why a protection was found to be none, shown or not.
  std::map<std::pair<FunctionId, InstIndex>, std::set<std::string>> Ineffective;
  std::vector<LooseFinding> Loose;
  /// By class: what could not be executed, in words.
  std::map<std::string, std::vector<std::string>> Problems;
  /// By class and operation: the functions that were not executed there because
  /// the budget was spent.
  std::map<std::string, std::map<FunctionId, std::set<FunctionId>>> CutOff;
  Balance::Record Mappings;

  /// Adds what a later part found.
  void add(Contribution Later);
};

} // namespace cocodma

#endif // COCODMA_JUDGE_CONTRIBUTION_H
