// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the observation of one entry point adds to what is known of a site.
#include "judge/Judge.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void Judge::weigh(const SiteRecord &Record, const ClassHistory &History) {
  Place &Where = *Record.Where;
  if (!selected(Where.Location))
    return;
  for (const auto *Seen : {&Record.Sightings, &Record.Crashes}) {
    if (Seen->empty())
      continue;
    if (!Where.Executed)
      Where.DataClass = Seen->front().DataClass;
    Where.Executed = true;
  }
  for (size_t Profile = 0; Profile < Platforms.size(); ++Profile) {
    Tally &Now = Where.ByProfile[Profile];
    if (!Platforms[Profile]->isGuest())
      continue;
    if (Where.Kind == "copy" && isConfidential(Where.DeviceClass, Profile))
      noteCopies(Profile, Record);
    if (Now.Leak)
      continue;
    if (textOf(Where.Kind).Lifetime)
      weighLifetime(Profile, Record, History);
    else if (In.HasMarkers && In.Vocabulary.deviceClass(Where.DeviceClass))
      weighChannel(Profile, Record, History);
  }
  if (!Where.Barrier && !Where.Leak)
    Where.Barrier = barrierOf(Record);
}

bool Judge::isConfidential(const std::string &Class, size_t Profile) const {
  auto Possible = ClassPossible.find(Class);
  return Possible == ClassPossible.end() || Possible->second[Profile];
}

bool Judge::isSettled(FunctionId Function, InstIndex At) const {
  auto Found =
      Gathered->Places.find(placeKey(Traces.locationOf(Function, At), "map"));
  if (Found == Gathered->Places.end())
    return false;
  const Place &Where = Found->second;
  for (size_t Profile = 0; Profile < Platforms.size(); ++Profile)
    if (Platforms[Profile]->isGuest() &&
        Platforms[Profile]->missingOption().empty() &&
        isConfidential(Where.DeviceClass, Profile) &&
        !Where.ByProfile[Profile].Leak)
      return false;
  return true;
}

const std::map<std::string, std::vector<bool>> &
Judge::boundTo(GlobalId Driver, unsigned Id, const ClassHistory &History) {
  auto [Entry, New] = Bound.try_emplace({Driver, Id});
  std::map<std::string, std::vector<bool>> &Known = Entry->second;
  if (!New)
    return Known;
  for (const Marker &M : In.Vocabulary.Classes[History.Class].Markers)
    Known[M.DataClass].assign(Platforms.size(), false);
  bool All = History.Devices->bound(
      Driver, Id, [&](llvm::StringRef DataClass, Bdd When) {
        std::vector<bool> &May = Known[DataClass.str()];
        for (size_t P = 0; P < Platforms.size(); ++P)
          if (!May[P] && Platforms[P]->isGuest())
            May[P] = !Platforms[P]->isNever(When);
      });
  forgetFormulas();
  if (!All)
    Known.clear();
  return Known;
}

bool Judge::mayBeBound(const Sighting &S, size_t Profile,
                       const ClassHistory &History) {
  // Asked only where it matters: the bus is executed for it.
  const GlobalId Driver = S.Seen->Driver;
  if (Driver == None || !History.Devices)
    return true;
  auto Ids = History.Devices->servedIds(Driver, S.Seen->What);
  return !Ids || llvm::any_of(*Ids, [&](unsigned Id) {
    const auto &Known = boundTo(Driver, Id, History);
    auto Found = Known.find(S.DataClass);
    return Found == Known.end() || Found->second[Profile];
  });
}

void Judge::noteCopies(size_t Profile, const SiteRecord &Record) {
  for (const Sighting &S : Record.Sightings) {
    std::vector<ObjectId> New;
    for (const Guarded &G : S.Seen->What.Subject)
      if (auto Target = In.Engine.target(G.What))
        if (!Gathered->CopyTargets.count({Target->Object, Profile}))
          New.push_back(Target->Object);
    if (!New.empty() && !Platforms[Profile]->isNever(S.Leak))
      for (ObjectId Object : New)
        Gathered->CopyTargets.insert({Object, Profile});
  }
}

void Judge::weighChannel(size_t Profile, const SiteRecord &Record,
                         const ClassHistory &History) {
  ProfileJudge &Platform = *Platforms[Profile];
  Place &Where = *Record.Where;
  Tally &Now = Where.ByProfile[Profile];
  if (!isConfidential(Where.DeviceClass, Profile))
    return;
  for (const Sighting &S : Record.Sightings) {
    if (Platform.onPlatform(S.Leak).isFalse())
      continue;
    // Asked first: what it costs is spent once for all sightings.
    if (!mayBeBound(S, Profile, History)) {
      Now.Unbound = true;
      continue;
    }
    Possibility How = Platform.possibility(S.Leak, /*Strict=*/false, &S.Way);
    if (How == Possibility::Never)
      continue;
    if (S.MayBeMeant) {
      setAside(Profile, Record, S, How, History);
      continue;
    }
    if (How == Possibility::Possible) {
      Now.Leak = true;
      if (!Where.Leak)
        Where.Leak = draft(Where, S, Verdict::Leak, History);
      return;
    }
    if (Now.Lost++ == 0)
      Now.Reasons = Platform.lost(S.Leak);
  }
  weighCrashes(Profile, Record, History);
  if (Where.Kind == "map" && !Now.Succeeds)
    weighResults(Profile, Record, History);
}

void Judge::weighResults(size_t Profile, const SiteRecord &Record,
                         const ClassHistory &History) {
  // The outermost function that returns a DMA address says whether a mapping
  // failed: on the confidential paths it must always be the error value.
  ProfileJudge &Platform = *Platforms[Profile];
  Place &Where = *Record.Where;
  Tally &Now = Where.ByProfile[Profile];
  unsigned Depth = ~0u;
  for (const Sighting &S : Record.Results)
    Depth = std::min(Depth, S.Seen->What.Where->Depth);
  for (const Sighting &S : Record.Results) {
    // Whether it may be bound is asked first, as in weighChannel().
    if (S.Seen->What.Where->Depth != Depth ||
        Platform.onPlatform(S.Leak).isFalse() ||
        !mayBeBound(S, Profile, History) || Platform.isNever(S.Leak))
      continue;
    bool Fails = true;
    for (const Guarded &G : S.Seen->What.Subject)
      if (Terms.constantOf(G.What) != In.Vocabulary.Addresses.Error && Fails)
        Fails = Platform.isNever(B.conj(S.Leak, G.When));
    if (!Fails) {
      Now.Succeeds = true;
      return;
    }
    Now.Fails = true;
    if (!Where.FailsClosed)
      Where.FailsClosed = draft(Where, S, Verdict::FailsClosed, History);
  }
}

void Judge::setAside(size_t Profile, const SiteRecord &Record,
                     const Sighting &S, Possibility How,
                     const ClassHistory &History) {
  PendingShare New;
  New.Place = Record.Where->Key;
  New.Profile = Profile;
  New.How = How;
  for (const Guarded &G : S.Seen->What.Subject)
    if (auto Target = In.Engine.target(G.What))
      New.Shared.push_back(Target->Object);
  if (How == Possibility::Depends)
    New.Reasons = Platforms[Profile]->lost(S.Leak);
  New.Draft = draft(*Record.Where, S, Verdict::Leak, History);
  Gathered->Undecided.push_back(std::move(New));
}

bool Judge::settle(PendingShare &P, ObjectId First) {
  bool Written = llvm::any_of(P.Shared, [&](ObjectId Object) {
    return Gathered->CopyTargets.count({Object, P.Profile}) != 0;
  });
  // Objects that are older than what goes may be written to later.
  llvm::erase_if(P.Shared, [&](ObjectId Object) { return Object >= First; });
  if (!Written && !P.Shared.empty())
    return false;
  Place &Where = Gathered->Places.at(P.Place);
  Tally &Here = Where.ByProfile[P.Profile];
  if (!Written) {
    Here.Meant = true;
  } else if (P.How == Possibility::Possible) {
    Here.Leak = true;
    if (!Where.Leak)
      Where.Leak = P.Draft;
  } else if (Here.Lost++ == 0) {
    Here.Reasons = P.Reasons;
  }
  return true;
}

std::optional<TraceStep> Judge::barrierOf(const SiteRecord &Record) {
  for (const Sighting &S : Record.Sightings) {
    std::vector<TraceStep> Steps =
        Traces.barriers(S.Seen->What, S.Confidential);
    if (!Steps.empty())
      return Steps.front();
  }
  return std::nullopt;
}

std::string Judge::guardText(llvm::ArrayRef<std::pair<uint32_t, bool>> Model,
                             bool Lifetime) const {
  // What confidentiality hangs on is short; the state of memory hangs on all
  // that happened to it, and the trace tells that better.
  const size_t Most = Lifetime ? 6 : SIZE_MAX;
  std::string Result;
  for (size_t I = 0; I < Model.size() && I < Most; ++I) {
    Result += I ? " && " : "";
    Result += Conditions.describe(Model[I].first, Model[I].second);
  }
  return Model.size() > Most ? Result + " && ..." : Result;
}

Finding Judge::draft(const Place &Where, const Sighting &Worst, Verdict How,
                     const ClassHistory &History) {
  KindText Text = textOf(Where.Kind);
  Finding New;
  New.Check = How == Verdict::FailsClosed ? "coco-fails-closed" : Text.Check;
  New.Verdict = How;
  New.Severity = How == Verdict::Leak ? Severity::High : Severity::Medium;
  New.Message = How == Verdict::FailsClosed
                    ? "every mapping for a confidential channel fails here: no "
                      "leak, but no I/O either"
                    : Text.What;
  New.Message += " by " + Where.Expression + remedy(Where, Worst);
  New.Location = Where.Location;
  New.DeviceClass = Where.DeviceClass;
  New.DataClass = Worst.DataClass;
  New.Victim = Text.Victim;
  if (auto Model = B.satisfy(Worst.Confidential))
    New.Guard = guardText(*Model, Text.Lifetime);
  if (Where.Kind == "free")
    addConversions(Worst, History, New);
  if (!Text.Lifetime)
    addOrigins(Worst, History, New);
  for (TraceStep &Step : Traces.path(Worst.Seen->What, Worst.Leak))
    New.Trace.push_back(std::move(Step));
  if (!New.Trace.empty() && Where.Kind == "map" && How == Verdict::Leak)
    New.Trace.back().Message = "copies the buffer into the decrypted pool: " +
                               New.Trace.back().Message;
  return New;
}

void Judge::addOrigins(const Sighting &Worst, const ClassHistory &History,
                       Finding &New) {
  // The channel's flag and the registration of the device come first.
  for (const WorldEvent &Past : History.Events)
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
  for (const Registration &Device : History.Registrations) {
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
}

} // namespace cocodma
