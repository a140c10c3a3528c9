// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Judge.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

namespace cocodma {

Judge::KindText Judge::checkOf(llvm::StringRef Kind) {
  if (Kind == "map")
    return {
        "coco-bounce",
        "private data of a confidential channel is bounced through swiotlb"};
  if (Kind == "copy")
    return {
        "coco-copy-to-shared",
        "private data of a confidential channel is copied to shared memory"};
  if (Kind == "alias")
    return {
        "coco-shared-buffer",
        "private memory of a confidential channel gets a decrypted mapping"};
  if (Kind == "free")
    return {"coco-decrypted-free",
            "memory that is or may be host-visible goes back to its allocator"};
  if (Kind == "subpage")
    return {"coco-subpage-sharing",
            "memory that shares its pages with other data is made "
            "host-visible"};
  return {"coco-shared-buffer",
          "private memory of a confidential channel is made host-visible"};
}

bool Judge::isLifetime(llvm::StringRef Kind) {
  return Kind == "free" || Kind == "subpage";
}

Judge::Judge(JudgeInput Input)
    : In(std::move(Input)), Conditions(In.Engine.conditions()),
      Terms(In.Engine.terms()), B(Conditions.bdd()),
      Traces(In.Linked, Conditions, In.KernelRoot) {
  for (const Profile *P : In.Profiles)
    Platforms.push_back(
        std::make_unique<ProfileJudge>(Conditions, Terms, In.Known, *P));
}

bool Judge::selected(const SourceLocation &Where) const {
  if (In.Paths.empty())
    return true;
  for (const std::string &Path : In.Paths)
    if (Where.File == Path ||
        llvm::StringRef(Where.File).starts_with(Path + "/"))
      return true;
  return false;
}

bool Judge::failsClosed(ProfileJudge &Platform, const SiteRecord &Record,
                        const Sighting **Which) {
  // The outermost function that returns a DMA address says whether a mapping
  // failed: on the confidential paths it must always be the error value.
  unsigned Depth = ~0u;
  for (const Sighting &S : Record.Results)
    Depth = std::min(Depth, S.Seen->What.Where->Depth);
  bool Any = false;
  for (const Sighting &S : Record.Results) {
    if (S.Seen->What.Where->Depth != Depth)
      continue;
    if (Platform.possibility(S.Leak) == Possibility::Never)
      continue;
    for (const Guarded &G : S.Seen->What.Subject) {
      std::optional<int64_t> C = Terms.constantOf(G.What);
      if (C && *C == -1)
        continue;
      if (Platform.possibility(B.conj(S.Leak, G.When)) != Possibility::Never)
        return false;
    }
    Any = true;
    *Which = &S;
  }
  return Any;
}

ProfileVerdict Judge::verdictOn(ProfileJudge &Platform,
                                const SiteRecord &Record,
                                const Sighting **Worst) {
  if (isLifetime(Record.Kind))
    return lifetimeVerdict(Platform, Record, Worst);
  if (!Platform.platform().Guest)
    return {Verdict::Unreachable, "not a confidential guest"};
  if (!In.HasMarkers)
    return {Verdict::SharedByDesign,
            "this tree marks no channel as confidential"};
  if (!In.Vocabulary.deviceClass(Record.DeviceClass))
    return {Verdict::SharedByDesign,
            "devices of this bus have no marker of confidential data"};
  bool Lost = false, Meant = false;
  std::vector<std::string> Reasons;
  for (const Sighting &S : Record.Sightings) {
    Possibility How = Platform.possibility(S.Leak);
    // That a mapping cannot bounce must not rest on the refinement alone: the
    // execution may be inexact where it does not say so (docs/limits.md).
    if (How == Possibility::Never && Record.Kind == "map" &&
        !Platform.onPlatform(S.Leak).isFalse())
      How = Possibility::Depends;
    if (How == Possibility::Never)
      continue;
    if (S.Meant) {
      Meant = true;
      continue;
    }
    if (How == Possibility::Possible) {
      *Worst = &S;
      return {Verdict::Leak, checkOf(Record.Kind).What};
    }
    if (!Lost)
      Reasons = Platform.lost(S.Leak);
    Lost = true;
    *Worst = &S;
  }
  if (Lost)
    return {Verdict::Unknown,
            "depends on what the analysis lost: " + llvm::join(Reasons, "; ")};
  if (Record.Kind == "map" && failsClosed(Platform, Record, Worst))
    return {Verdict::FailsClosed,
            "every mapping on the confidential path fails"};
  if (Meant)
    return {Verdict::SharedByDesign,
            "shared whatever the marker, and no data is copied into it"};
  unsigned Class = 0;
  for (unsigned C = 0; C < In.Vocabulary.Classes.size(); ++C)
    if (In.Vocabulary.Classes[C].Name == Record.DeviceClass)
      Class = C;
  auto Possible = ClassConfidential.find(Class);
  if (Possible == ClassConfidential.end() ||
      Platform.possibility(Possible->second) == Possibility::Never)
    return {Verdict::Unreachable,
            "no confidential channel exists on this profile"};
  if (Record.Sightings.empty()) {
    // Not having got there proves nothing if the execution was cut short.
    if (IncompleteClasses.count(Class))
      return {
          Verdict::Unknown,
          "it was not reached, but the execution was cut short (skipped[])"};
    return {Verdict::Unreachable, "no path that was executed gets there"};
  }
  std::string Barrier = barrierText(Record);
  return {Verdict::Private,
          Barrier.empty() ? "no confidential valuation reaches it" : Barrier};
}

std::string Judge::barrierText(const SiteRecord &Record) {
  for (const Sighting &S : Record.Sightings) {
    std::vector<TraceStep> Steps =
        Traces.barriers(S.Seen->What, S.Confidential);
    if (Steps.empty())
      continue;
    const TraceStep &Step = Steps.front();
    return "reached only by " + Step.Message + " at " + Step.Location.File +
           ":" + std::to_string(Step.Location.Line) +
           ", which confidential data excludes";
  }
  return "";
}

std::string Judge::fingerprint(const std::string &Check,
                               const SiteRecord &Record,
                               const std::string &DataClass) {
  std::string Key = Check + "\n" + Record.Location.File + "\n" +
                    Record.Location.Function + "\n" + Record.Expression + "\n" +
                    Record.DeviceClass + "\n" + DataClass;
  Key += "\n" + std::to_string(FingerprintUses[Key]++);
  return llvm::utohexstr(llvm::xxh3_64bits(Key), /*LowerCase=*/true, 16);
}

void Judge::addFinding(const SiteRecord &Record, const Sighting &Worst,
                       const std::string &SiteId, Verdict How,
                       const std::vector<std::string> &Profiles, Report &Into) {
  Finding New;
  New.Check = How == Verdict::FailsClosed ? "coco-fails-closed"
                                          : checkOf(Record.Kind).Check;
  New.Verdict = How;
  New.Severity = How == Verdict::Leak ? Severity::High : Severity::Medium;
  New.Message =
      How == Verdict::FailsClosed
          ? "every mapping for a confidential channel fails here: no "
            "leak, but no I/O either"
      : How == Verdict::Unknown
          ? std::string("cannot tell whether ") + checkOf(Record.Kind).What
          : std::string(checkOf(Record.Kind).What);
  New.Message += " by " + Record.Expression;
  New.Location = Record.Location;
  New.DeviceClass = Record.DeviceClass;
  New.DataClass = Worst.DataClass;
  New.Victim = Record.Kind == "free"      ? "next-owner"
               : Record.Kind == "subpage" ? "neighbour"
                                          : "channel";
  New.Profiles = Profiles;
  New.SiteIds = {SiteId};
  New.Fingerprint = fingerprint(New.Check, Record, Worst.DataClass);
  const Event &Seen = Worst.Seen->What;
  Bdd Leak = Worst.Leak;
  if (auto Model = B.satisfy(Worst.Confidential))
    for (auto [Variable, Value] : *Model) {
      if (!New.Guard.empty())
        New.Guard += " && ";
      New.Guard += Conditions.describe(Variable, Value);
    }
  if (isLifetime(Record.Kind)) {
    if (Record.Kind == "free")
      addConversions(Worst, New);
    for (TraceStep &Step : Traces.path(Seen, Leak))
      New.Trace.push_back(std::move(Step));
    Into.Findings.push_back(std::move(New));
    return;
  }
  // The channel's flag and the registration of the device come first.
  for (const WorldEvent &Past : Worst.History->Events)
    if (Past.What.Kind == EventKind::MarkerWrite && Past.When == Phase::Bus &&
        !B.disjoint(Past.What.When, Worst.Confidential)) {
      TraceStep Step;
      Step.Kind = "marker";
      Step.Location =
          Traces.locationOf(Past.What.Where->Function, Past.What.At);
      Step.Message = "the channel's marker " +
                     In.Linked.text(Past.What.Field).rsplit('.').second.str() +
                     " is set from the offer";
      New.Trace.push_back(Step);
    }
  for (const Registration &Device : Worst.History->Registrations) {
    std::vector<TraceStep> Steps = Traces.path(Device.At, Device.At.When);
    if (Steps.empty())
      continue;
    for (TraceStep &Step : Steps)
      if (Step.Kind == "call" || Step.Kind == "sink")
        New.Trace.push_back(Step);
    New.Trace.back().Kind = "registration";
    New.Trace.back().Message = "the bus registers the device";
    break;
  }
  for (TraceStep &Step : Traces.path(Seen, Leak))
    New.Trace.push_back(std::move(Step));
  if (!New.Trace.empty() && Record.Kind == "map" && How == Verdict::Leak)
    New.Trace.back().Message = "copies the buffer into the decrypted pool: " +
                               New.Trace.back().Message;
  Into.Findings.push_back(std::move(New));
}

void Judge::judgeSite(SiteRecord &Record, Report &Into) {
  if (!selected(Record.Location))
    return;
  Site New;
  New.Kind = Record.Kind;
  New.Location = Record.Location;
  New.Expression = Record.Expression;
  New.DeviceClass = Record.DeviceClass;
  New.DataClass = Record.Sightings.empty() ? "" : Record.Sightings[0].DataClass;
  New.Id = fingerprint("site:" + Record.Kind, Record, New.DataClass);
  New.Verdict = Verdict::Unreachable;
  std::map<Verdict, std::vector<std::string>> ByVerdict;
  std::map<Verdict, const Sighting *> Witness;
  for (auto &Platform : Platforms) {
    const Sighting *Worst = nullptr;
    ProfileVerdict V = verdictOn(*Platform, Record, &Worst);
    New.ByProfile[Platform->platform().Name] = V;
    New.Verdict = worse(New.Verdict, V.Verdict);
    ByVerdict[V.Verdict].push_back(Platform->platform().Name);
    if (Worst)
      Witness.try_emplace(V.Verdict, Worst);
  }
  for (Verdict How : {Verdict::Leak, Verdict::FailsClosed})
    if (How == New.Verdict && Witness.count(How))
      addFinding(Record, *Witness[How], New.Id, How, ByVerdict[How], Into);
  Into.Sites.push_back(std::move(New));
}

void Judge::addSkipped(const std::vector<ClassHistory> &Histories,
                       Report &Into) {
  for (const auto &[What, Count] : In.Engine.losses()) {
    cocodma::Skipped New;
    New.Kind = "unresolved";
    New.What = What;
    New.Reason = "met " + std::to_string(Count) + " time(s) in the execution";
    New.Effect = "its result is open: a verdict that depends on it is unknown";
    Into.Skipped.push_back(std::move(New));
  }
  for (const ClassHistory &History : Histories)
    for (const std::string &Problem : History.Problems) {
      Into.Summary.Complete = false;
      cocodma::Skipped New;
      New.Kind = "class";
      New.What = In.Vocabulary.Classes[History.Class].Name;
      New.Reason = Problem;
      New.Effect = "sites of its drivers may be missing from the ledger";
      Into.Skipped.push_back(std::move(New));
    }
}

void Judge::run(const std::vector<ClassHistory> &Histories, Report &Into) {
  for (const ClassHistory &History : Histories) {
    for (const WorldEvent &Seen : History.Events)
      if (Seen.What.Kind == EventKind::Copy)
        for (const Guarded &G : Seen.What.Subject)
          if (auto Where = In.Engine.target(G.What))
            CopyTargets.insert(Where->Object);
    Bdd Confidential = Conditions.no();
    for (const Registration &Device : History.Registrations) {
      ObjectId Owner = Device.Channel != None ? Device.Channel : Device.Device;
      Confidential =
          B.disj(Confidential,
                 B.conj(Device.Assume, marker(History.Class, "external", Owner,
                                              Device.State, Device.Assume)));
    }
    ClassConfidential[History.Class] = Confidential;
    if (!History.Problems.empty())
      IncompleteClasses.insert(History.Class);
    for (const WorldEvent &Seen : History.Events)
      addEvent(Seen, History);
  }
  addStaticSites();
  for (auto &[Key, Record] : Records)
    judgeSite(Record, Into);
  for (const ClassHistory &History : Histories)
    addProtectionFindings(History, Into);
  addSkipped(Histories, Into);
}

} // namespace cocodma
