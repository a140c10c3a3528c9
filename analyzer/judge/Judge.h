// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From events to sites, verdicts and findings.
#ifndef COCODMA_JUDGE_JUDGE_H
#define COCODMA_JUDGE_JUDGE_H

#include "judge/Contribution.h"
#include "judge/Trace.h"
#include "judge/UntestedCalls.h"
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
  bool Lifetime = true;   ///< The life of memory is judged.
  /// Options that the kernel was configured without.
  std::set<std::string> MissingOptions;
};

/// Judges the histories of all classes. Single use.
class Judge : public WorldObserver {
public:
  explicit Judge(JudgeInput Input);

  void observe(const ClassHistory &History, size_t First) override;
  bool isSettled(FunctionId Function, InstIndex At) const override;
  void registered(const ClassHistory &History) override;
  void forget(ObjectId First) override;
  std::set<FunctionId> reopenUndecidedFrees() override;
  void problem(const ClassHistory &History, std::string Text) override;
  void spent(const ClassHistory &History, FunctionId Entry,
             const std::set<FunctionId> &CutOff) override;
  void finished(const ClassHistory &History) override;

  /// What it knows of a function beforehand that does not stand in its body: a
  /// number that changes with it.
  uint64_t knownOf(FunctionId Id) const { return Mappings.knownOf(Id); }

  /// From here on what is observed is kept apart, until endPart() gives it.
  void beginPart();
  Contribution endPart();
  /// Adds what a part found, now or when it was executed before: the parts in
  /// their order.
  void add(Contribution Found) { Total.add(std::move(Found)); }

  /// When all classes were executed: adds findings, sites and what was skipped
  /// to \p Into.
  void report(Report &Into);

  /// The check that judges sites of a kind ("map": coco-bounce).
  static llvm::StringRef checkOf(llvm::StringRef Kind) {
    return textOf(Kind).Check;
  }

private:
  /// An event at a site, with the condition under which it is a leak.
  struct Sighting {
    const WorldEvent *Seen = nullptr;
    Bdd Leak;         ///< Reached while the data class is confidential.
    Bdd Confidential; ///< The marker of the data at stake.
    std::string DataClass;
    /// Memory of the bus that is shared whatever the marker: meant to be, if
    /// nobody copies data into it.
    bool MayBeMeant = false;
    /// An exact way in which it leaks, found on some platform.
    mutable std::optional<Bdd> Way = std::nullopt;
    /// Whether it cannot come about on any platform, once that was asked.
    mutable std::optional<bool> Impossible = std::nullopt;
  };
  /// What one entry point did at a site.
  struct SiteRecord {
    Place *Where = nullptr;
    std::vector<Sighting> Sightings;
    std::vector<Sighting> Results; ///< MapResult events.
    std::vector<Sighting> Crashes; ///< NullCall events.
  };
  // Judge.cpp
  ProfileVerdict verdictOn(size_t Profile, const Place &Where) const;
  void addSite(Place &Where, Report &Into);
  bool selected(const SourceLocation &Where) const;
  void addLosses(Report &Into);
  std::string fingerprint(const std::string &Check, const Place &Where,
                          const std::string &DataClass);

  /// True if what was gathered speaks of objects from \p First on.
  bool refersTo(ObjectId First) const;
  /// Forgets what was made since \p To, if that is at least \p Many nodes.
  void dropFormulas(const Evaluator::Checkpoint &To, size_t Many);
  /// Formulas are about to go: forgets what is known of them.
  void forgetFormulas();
  /// True if it is shown that none of \p All can hold on any platform.
  bool areImpossible(llvm::ArrayRef<Bdd> All);
  /// True if \p S is shown to be impossible whatever the platform.
  bool isImpossible(const Sighting &S);
  /// Notes it of all in \p Record, if it is shown of all.
  void refuteTogether(const SiteRecord &Record);

  // Weighing.cpp: what an observation adds to a place.
  void weigh(const SiteRecord &Record, const ClassHistory &History);
  void weighChannel(size_t Profile, const SiteRecord &Record,
                    const ClassHistory &History);
  void weighResults(size_t Profile, const SiteRecord &Record,
                    const ClassHistory &History);
  void setAside(size_t Profile, const SiteRecord &Record, const Sighting &S,
                Possibility How, const ClassHistory &History);
  /// Decides \p P, unless objects are left that a later part may write to.
  bool settle(PendingShare &P, ObjectId First);
  Finding draft(const Place &Where, const Sighting &Worst, Verdict How,
                const ClassHistory &History);
  std::string guardText(llvm::ArrayRef<std::pair<uint32_t, bool>> Model,
                        bool Lifetime) const;
  void addOrigins(const Sighting &Worst, const ClassHistory &History,
                  Finding &New);
  std::optional<TraceStep> barrierOf(const SiteRecord &Record);

  /// What a leak at a site of a kind is called.
  struct KindText {
    const char *Check;
    const char *What;
    const char *Victim;
    /// True for the kinds that are about any memory of the guest.
    bool Lifetime;
  };
  static KindText textOf(llvm::StringRef Kind);

  // Lifetime.cpp: memory that changes its visibility, whoever owns it.
  SiteRecord *placeOf(const WorldEvent &Seen, const std::string &Kind);
  void addFree(const WorldEvent &Seen, const ClassHistory &History);
  bool sharesPages(TermId Address) const;
  Bdd sharesNeighbours(const Event &Seen, const Guarded &Which) const;
  bool isSubpage(const Value &Subject) const;
  void addSubpage(const WorldEvent &Seen, const ClassHistory &History);
  void weighLifetime(size_t Profile, const SiteRecord &Record,
                     const ClassHistory &History);
  ProfileVerdict lifetimeVerdict(size_t Profile, const Place &Where) const;
  std::string remedy(const Place &Where, const Sighting &Worst) const;
  void addConversions(const Sighting &Worst, const ClassHistory &History,
                      Finding &New);

  /// The call in code of a class that led to an event; none if there is none.
  std::optional<std::pair<FunctionId, InstIndex>>
  callOf(const WorldEvent &Seen) const;

  // Sites.cpp: which place an event belongs to, and whose data it is about.
  void addEvent(const WorldEvent &Seen, const ClassHistory &History);
  void addStaticSites();
  SiteRecord *siteOf(const WorldEvent &Seen, const std::string &Kind);
  Place &place(FunctionId Function, InstIndex At, const std::string &Kind,
               const std::string &Class);
  SiteRecord &record(FunctionId Function, InstIndex At, const std::string &Kind,
                     const std::string &Class);
  bool isClassCode(FunctionId Function, unsigned Class) const;
  void addBounce(const WorldEvent &Seen, const ClassHistory &History);
  /// The channel of the device that the driver of the event was executed for,
  /// or, in classes without channels, that device; none in the bus's code.
  std::optional<ObjectId> ownChannel(const WorldEvent &Seen,
                                     const ClassHistory &History) const;
  /// Whose data is mapped for \p Device, where \p When holds.
  std::optional<ObjectId> mappedBy(const WorldEvent &Seen,
                                   const Guarded &Device,
                                   const ClassHistory &History, Bdd &When);
  void addSharing(const WorldEvent &Seen, const ClassHistory &History);
  void addCopy(const WorldEvent &Seen, const ClassHistory &History);
  void addMapResult(const WorldEvent &Seen, const ClassHistory &History);
  /// A sighting for each channel of a device that \p Seen may be about.
  void addForChannels(const WorldEvent &Seen, std::vector<Sighting> &To);
  /// The channel of each device of the class that an event may be about.
  void forEachChannel(const WorldEvent &Seen,
                      llvm::function_ref<void(ObjectId Channel, Bdd When)> Use);
  Bdd marker(unsigned Class, const std::string &DataClass, ObjectId Owner,
             const Memory *State, Bdd Path);
  /// The same by what the kernel remembers of it alone.
  Bdd rememberedMarker(unsigned Class, const std::string &DataClass,
                       ObjectId Owner, const Memory *State, Bdd Path);
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
  /// Notes to which memory confidential data may be copied on a platform.
  void noteCopies(size_t Profile, const SiteRecord &Record);
  /// False if the bus registers no device for the driver that was executed of
  /// which data of the sighting's class is confidential on the platform.
  bool mayBeBound(const Sighting &S, size_t Profile,
                  const ClassHistory &History);
  /// By data class and profile: whether the bus registers confidential devices
  /// for an id of a driver. Empty if that is not known.
  const std::map<std::string, std::vector<bool>> &
  boundTo(GlobalId Driver, unsigned Id, const ClassHistory &History);
  /// False if no device of the class is confidential on the platform.
  bool isConfidential(const std::string &Class, size_t Profile) const;

  // Imbalance.cpp: mappings and unmappings under different markers.
  void addMapping(const WorldEvent &Seen);
  void addImbalances(Report &Into);
  std::vector<Balance::Setting> settings(const WorldEvent &Seen,
                                         ObjectId Channel);

  // Crashes.cpp: operations that are missing, and are called.
  void addNullCall(const WorldEvent &Seen);
  void weighCrashes(size_t Profile, const SiteRecord &Record,
                    const ClassHistory &History);

  // Design.cpp: what was found in the units by their design.
  void addDesign(Report &Into);
  std::optional<Finding> designFinding(const DesignFinding &Found);
  /// Whether another unit shows that nothing is wrong. Where that is not known,
  /// it says so in \p Into and gives true.
  bool isRefuted(const DesignFinding &Found, Report &Into);
  void addCrash(const DesignFinding &Found, Finding &Into);
  SourceLocation locationOf(const DesignPlace &At) const;

  // Protection.cpp: fixes that are none.
  /// What the bus writes to a device because its channel is confidential.
  struct Protected {
    const Registration *Device = nullptr;
    const Event *Written = nullptr;
    Bdd Effective; ///< Written, and the channel is confidential.
  };
  std::vector<Protected> protectionsOf(const ClassHistory &History);
  Bdd markerAt(const ClassHistory &History, const Registration &Device,
               const std::string &DataClass);
  bool isGone(const Protected &P) const;
  bool coversOthers(const ClassHistory &History, const Protected &P);
  void addWithoutEffect(const ClassHistory &History,
                        const Registration &Device);
  void addProtectionFindings(const ClassHistory &History);
  void addOverwritten(const WorldEvent &Later, const ClassHistory &History);
  void addIneffective(const ClassHistory &History, const Protected &P,
                      const char *Why,
                      const std::string &DataClass = ExternalData);

  // OfferedMarkers.cpp: markers that do not tell what the host offered.
  /// The marker of a device as the kernel set it before the registration.
  Bdd setMarker(const ClassHistory &History, const Registration &Device,
                const std::string &DataClass);
  /// True if \p Where may have been missed because an execution was cut short.
  bool mayBeCutOff(const Place &Where) const;
  /// True if \p When may come about on a platform that is a guest.
  bool canHappen(Bdd When);
  void findOffered(const ClassHistory &History);
  void addTakenAway(const WorldEvent &Seen, const ClassHistory &History);
  void addForgotten(const ClassHistory &History, const Registration &Device,
                    const Marker &M, Bdd Missed);
  void addMarkerFindings(const ClassHistory &History,
                         const Registration &Device, const Registration &Later);

  JudgeInput In;
  Guards &Conditions;
  TermTable &Terms;
  BddManager &B;
  TraceBuilder Traces;
  std::vector<std::unique_ptr<ProfileJudge>> Platforms;
  std::optional<Refuter> OnNoPlatform; ///< Refutes on all of them.
  Balance Mappings;
  Contribution Total;                          ///< Of all parts that are over.
  Contribution OfPart;                         ///< Of the one that is executed.
  Contribution *Gathered = &Total;             ///< What is observed goes here.
  std::map<const Place *, SiteRecord> Current; ///< Of this observation.
  std::vector<const Place *> CurrentOrder;
  std::vector<Balance::Sighting> Mapped; ///< Of this observation.
  /// By operation: where code calls it without a test.
  std::map<std::string, UntestedCall> Untested;
  std::vector<cocodma::Skipped> Problems; ///< But for those of classes.
  std::map<std::string, unsigned> FingerprintUses;
  /// By channel or device, and data class: what the host offered, where the
  /// kernel's marker does not tell it.
  std::map<std::pair<ObjectId, std::string>, Bdd> Offered;
  /// By class: the profiles on which a confidential channel exists.
  std::map<std::string, std::vector<bool>> ClassPossible;
  /// What boundTo() learned, by driver and number of the id.
  std::map<std::pair<GlobalId, unsigned>,
           std::map<std::string, std::vector<bool>>>
      Bound;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_JUDGE_H
