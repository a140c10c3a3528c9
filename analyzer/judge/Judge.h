// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From events to sites, verdicts and findings.
#ifndef COCODMA_JUDGE_JUDGE_H
#define COCODMA_JUDGE_JUDGE_H

#include "judge/Trace.h"
#include "judge/Verdicts.h"

#include <map>

namespace cocodma {

/// What the judge reads.
struct JudgeInput {
  const Program &Linked;
  const Spec &Vocabulary;
  const Facts &Known;
  const Reach &Reachable;
  Evaluator &Engine;
  std::vector<const Profile *> Profiles;
  std::string KernelRoot;
  /// Paths that select what is judged; empty: everything.
  std::vector<std::string> Paths;
  bool HasMarkers = true; ///< The tree knows a marker of the spec.
};

/// Judges the histories of all classes. Single use.
class Judge {
public:
  explicit Judge(JudgeInput Input);

  /// Adds findings, sites and what was skipped to \p Into.
  void run(const std::vector<ClassHistory> &Histories, Report &Into);

private:
  /// An event at a site, with the condition under which it is a leak.
  struct Sighting {
    const WorldEvent *Seen = nullptr;
    const ClassHistory *History = nullptr;
    Bdd Leak;         ///< Reached while the data class is confidential.
    Bdd Confidential; ///< The marker of the data at stake.
    std::string DataClass;
    bool Meant = false; ///< Shared whatever the marker, and holds no data.
  };
  /// A site: a place in code of one class.
  struct SiteRecord {
    SourceLocation Location;
    FunctionId Function = None;
    InstIndex At = None;
    std::string Kind;
    std::string Expression;
    std::string DeviceClass;
    std::vector<Sighting> Sightings;
    std::vector<Sighting> Results; ///< MapResult events.
  };

  // Judge.cpp
  void judgeSite(SiteRecord &Record, Report &Into);
  ProfileVerdict verdictOn(ProfileJudge &Platform, const SiteRecord &Record,
                           const Sighting **Worst);
  bool failsClosed(ProfileJudge &Platform, const SiteRecord &Record,
                   const Sighting **Which);
  void addFinding(const SiteRecord &Record, const Sighting &Worst,
                  const std::string &SiteId, Verdict How,
                  const std::vector<std::string> &Profiles, Report &Into);
  std::string barrierText(const SiteRecord &Record);
  bool selected(const SourceLocation &Where) const;
  void addSkipped(const std::vector<ClassHistory> &Histories, Report &Into);
  std::string fingerprint(const std::string &Check, const SiteRecord &Record,
                          const std::string &DataClass);

  /// What a leak at a site of a kind is called.
  struct KindText {
    const char *Check;
    const char *What;
  };
  static KindText checkOf(llvm::StringRef Kind);
  /// True for the kinds that are about any memory of the guest.
  static bool isLifetime(llvm::StringRef Kind);

  // Lifetime.cpp: memory that changes its visibility, whoever owns it.
  SiteRecord *placeOf(const WorldEvent &Seen, const std::string &Kind);
  void addFree(const WorldEvent &Seen, const ClassHistory &History);
  bool sharesPages(TermId Address) const;
  bool isSubpage(const Value &Subject) const;
  void addSubpage(const WorldEvent &Seen, const ClassHistory &History);
  ProfileVerdict lifetimeVerdict(ProfileJudge &Platform,
                                 const SiteRecord &Record,
                                 const Sighting **Worst);
  void addConversions(const Sighting &Worst, Finding &New);

  // Sites.cpp: which place an event belongs to, and whose data it is about.
  void addEvent(const WorldEvent &Seen, const ClassHistory &History);
  void addStaticSites();
  SiteRecord *siteOf(const WorldEvent &Seen, const std::string &Kind);
  SiteRecord &record(FunctionId Function, InstIndex At, const std::string &Kind,
                     const std::string &Class);
  bool isClassCode(FunctionId Function, unsigned Class) const;
  void addBounce(const WorldEvent &Seen, const ClassHistory &History);
  void addSharing(const WorldEvent &Seen, const ClassHistory &History);
  void addCopy(const WorldEvent &Seen, const ClassHistory &History);
  void addMapResult(const WorldEvent &Seen, const ClassHistory &History);
  Bdd marker(unsigned Class, const std::string &DataClass, ObjectId Owner,
             const Memory *State, Bdd Path);
  std::optional<ObjectId> channelOf(unsigned Class, const Value &Owner,
                                    const Memory *State, Bdd Path, Bdd &When);
  bool holds(const Value &Subject, ObjectId Memory, const cocodma::Memory *In);
  bool isRing(unsigned Class, ObjectId Channel, const Value &Subject,
              const Memory *State, Bdd Path);
  std::optional<ObjectId> ringOwner(unsigned Class, const Value &Subject,
                                    const Memory *State, Bdd Path);
  std::optional<ObjectId> ownerOf(const WorldEvent &Seen,
                                  const ClassHistory &History, Bdd &When,
                                  std::string &DataClass);
  bool hasOwner(const WorldEvent &Seen);
  bool isWrittenInto(const Value &Subject);

  // Protection.cpp: fixes that are none, and maps without unmaps.
  void addProtectionFindings(const ClassHistory &History, Report &Into);

  JudgeInput In;
  Guards &Conditions;
  TermTable &Terms;
  BddManager &B;
  TraceBuilder Traces;
  std::vector<std::unique_ptr<ProfileJudge>> Platforms;
  std::map<std::string, SiteRecord> Records;
  std::map<std::string, unsigned> FingerprintUses;
  std::set<ObjectId> CopyTargets;
  std::map<unsigned, Bdd> ControlMarkers;
  std::map<unsigned, Bdd> ClassConfidential;
  std::set<unsigned> IncompleteClasses; ///< Whose execution was cut short.
};

} // namespace cocodma

#endif // COCODMA_JUDGE_JUDGE_H
