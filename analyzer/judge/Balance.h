// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a driver maps and unmaps memory under the same markers
// (coco-unbalanced-map).
#ifndef COCODMA_JUDGE_BALANCE_H
#define COCODMA_JUDGE_BALANCE_H

#include "judge/Trace.h"
#include "judge/Verdicts.h"

#include <deque>
#include <map>
#include <set>

namespace cocodma {

/// Compares, for each module that has drivers of a class, the values of the
/// channel's markers under which memory is mapped with those under which
/// mappings are taken back. Two operations need not run one after the other to
/// be compared, so what one leaves for the other in memory is not followed: an
/// unmapping that hangs on it is not judged.
class Balance {
public:
  /// One way in which the markers of a channel can be set.
  struct Setting {
    Bdd When;
    std::string Text; ///< "co_ring_buffer && !co_external_memory".
  };
  /// A mapping, or the end of one, in code of a class.
  struct Sighting {
    const WorldEvent *Seen = nullptr;
    FunctionId Function = None; ///< The call in the driver.
    InstIndex At = None;
    Bdd When;
    /// Each way in which the markers of the channel can be set.
    std::vector<Setting> Settings;
    std::string DeviceClass;
    std::string DataClass;
  };
  using Profiles = std::vector<std::unique_ptr<ProfileJudge>>;

  Balance(const Program &Linked, const Spec &Vocabulary, Guards &Conditions,
          TermTable &Terms, const TraceBuilder &Traces,
          const Profiles &Platforms);

  /// By profile and setting of the markers.
  using Table = std::vector<std::vector<bool>>;
  /// Calls that map, or calls that unmap, of one place or of a whole module.
  struct Calls {
    Table May;    ///< Not known to be impossible.
    Table Surely; ///< Possible, whatever was left in memory; as far as asked.
    std::vector<std::optional<Finding>> Drafts; ///< By setting.
    SourceLocation Location;
    std::string Expression;
  };
  using PlaceKey = std::pair<FunctionId, InstIndex>;
  struct Side {
    std::map<PlaceKey, Calls> Places;
    bool may(size_t Profile, size_t Setting) const;
    bool mayElsewhere(size_t Profile, size_t Setting) const;
  };
  struct Module {
    Side Maps, Unmaps;
  };
  /// What was observed. It speaks of nothing that is forgotten.
  struct Record {
    /// Calls in a driver that map or unmap and were executed, for any device.
    std::set<PlaceKey> Reached;
    std::map<std::string, Module> Modules;
    /// Adds what was observed later.
    void add(Record Later);
  };

  /// Whether a function maps memory for a device, by itself or by what it
  /// calls, and whether it takes such mappings back: a bit each.
  uint64_t knownOf(FunctionId Id) const {
    return Mapping[Id] | Unmapping[Id] << 1;
  }

  /// Adds what was observed together to \p Into. Conditions may be forgotten
  /// afterwards.
  void add(llvm::ArrayRef<Sighting> All, Record &Into);

  /// An unmapping of what was never mapped, or a mapping that is never taken
  /// back.
  struct Imbalance {
    Finding What;      ///< Without profiles and fingerprint.
    bool Maps = false; ///< A mapping that is never taken back.
    std::vector<size_t> Profiles;
    FunctionId Function = None;
    InstIndex At = None;
  };
  /// All that is unbalanced, by place. Where a call of the one side was never
  /// executed, the other is not judged, and \p Unjudged says so.
  std::vector<Imbalance> imbalances(const Record &Seen,
                                    std::vector<Skipped> &Unjudged) const;

private:
  std::string keyOf(const Sighting &New) const; ///< In Record::Modules.
  Bdd conditionOf(const Sighting &New, size_t Profile, size_t Setting) const;
  void addPossible(const Sighting &New, Record &Into);
  /// \p Ways: by platform.
  void addSure(const Sighting &New, std::deque<SureWays> &Ways, Record &Into);
  const std::set<StringIndex> &stateOf(llvm::StringRef Module);
  std::set<FunctionId> mappingFunctions(llvm::StringRef Module) const;
  void addStores(FunctionId Function, std::set<StringIndex> &To) const;
  bool isState(uint32_t Variable, const std::set<StringIndex> &Members) const;
  Finding draft(const Sighting &New, const std::string &Text, bool Maps) const;
  std::string notReached(llvm::StringRef Module, bool Maps,
                         const Record &Seen) const;
  void compare(const Side &These, const Side &Others, bool Maps,
               std::vector<Imbalance> &Into) const;

  const Program &Linked;
  const Spec &Vocabulary;
  Guards &Conditions;
  TermTable &Terms;
  const TraceBuilder &Traces;
  const Profiles &Platforms;
  std::vector<bool> Mapping, Unmapping; ///< By function: reaches such a call.
  std::map<std::string, std::set<StringIndex>> States;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_BALANCE_H
