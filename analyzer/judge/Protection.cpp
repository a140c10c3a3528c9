// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fixes that are none: state of a device that depends on a marker, written by
// the bus, but overwritten before the first probe or written after it.
#include "judge/Judge.h"
#include "judge/MarkedCode.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {
namespace {

/// True if \p When, or what \p V is, depends on one of \p Atoms.
bool dependsOn(Guards &Conditions, Bdd When, const Value &V,
               const std::set<uint32_t> &Atoms) {
  std::vector<Bdd> Formulas = {When, truth(Conditions, V)};
  for (const Guarded &G : V)
    Formulas.push_back(G.When);
  for (Bdd F : Formulas)
    for (uint32_t Variable : Conditions.bdd().support(F))
      if (Atoms.count(Variable))
        return true;
  return false;
}

/// True if \p Seen is an effect of \p Region, or of what it calls.
bool happensIn(const MarkedRegion &Region, const Event &Seen) {
  InstIndex At = Seen.At;
  for (const Frame *F = Seen.Where.get(); F; F = F->Caller.get()) {
    if (F->Function == Region.Function &&
        llvm::is_contained(Region.Effects, At))
      return true;
    At = F->CallSite;
  }
  return false;
}

/// True if \p New is what was written as \p Old, or has its bits and others.
bool isStillThere(const TermTable &Terms, TermId Old, TermId New) {
  if (Old == New)
    return true;
  std::optional<int64_t> Before = Terms.constantOf(Old);
  std::optional<int64_t> After = Terms.constantOf(New);
  if (Before && After)
    return *Before != 0 && (*Before & *After) == *Before;
  const Term &T = Terms.term(New);
  return T.Kind == TermKind::Binary && T.Sub == uint8_t(BinaryKind::Or) &&
         (isStillThere(Terms, Old, T.A) || isStillThere(Terms, Old, T.B));
}

} // namespace

Bdd Judge::markerAt(const ClassHistory &History, const Registration &Device,
                    const std::string &DataClass) {
  ObjectId Owner = Device.Channel != None ? Device.Channel : Device.Device;
  return marker(History.Class, DataClass, Owner, Device.Exact, Device.At.When);
}

std::vector<Judge::Protected>
Judge::protectionsOf(const ClassHistory &History) {
  std::vector<Protected> Result;
  for (const Registration &Device : History.Registrations) {
    Bdd Confidential = markerAt(History, Device, ExternalData);
    std::set<uint32_t> Atoms;
    for (const Marker &M : In.Vocabulary.Classes[History.Class].Markers)
      for (uint32_t Variable :
           B.support(markerAt(History, Device, M.DataClass)))
        Atoms.insert(Variable);
    for (const WorldEvent &Seen : History.Events) {
      const Event &Written = Seen.What;
      if (Written.Kind != EventKind::DeviceWrite || Seen.When != Phase::Bus ||
          Written.Target.Object != Device.Device)
        continue;
      // What is decided before the registration under a marker, relative to
      // what every device of the bus gets.
      Bdd Here =
          B.cofactor(Written.When, B.conj(Device.At.When, History.Initialized));
      if (!dependsOn(Conditions, Here, Written.Subject, Atoms))
        continue;
      if (!B.disjoint(Written.When, Device.At.When))
        Result.push_back(
            {&Device, &Written, B.conj(Written.When, Confidential)});
    }
  }
  return Result;
}

bool Judge::isGone(const Protected &P) const {
  const Value *Now = P.Device->Exact->find(P.Written->Target);
  if (!Now)
    return false;
  for (const Guarded &Old : P.Written->Subject)
    for (const Guarded &New : *Now)
      if (isStillThere(Terms, Old.What, New.What) &&
          !B.disjoint(B.conj(P.Effective, Old.When), New.When))
        return false;
  return true;
}

bool Judge::coversOthers(const ClassHistory &History, const Protected &P) {
  // Whatever else has to hold: which markers let the protection happen?
  constexpr size_t Nodes = 20'000;
  const Registration &Device = *P.Device;
  std::set<uint32_t> Names;
  for (const auto &[Path, Name] : Device.Markers)
    for (uint32_t Variable : B.support(Conditions.truth(Name)))
      Names.insert(Variable);
  ObjectId Owner = Device.Channel != None ? Device.Channel : Device.Device;
  Bdd Confidential = marker(History.Class, ExternalData, Owner, Device.State,
                            Conditions.yes());
  NodeBudget Few(B, Nodes);
  auto OfMarkers = [&](Bdd When) {
    return B.exists(B.conj(Device.Known, When),
                    [&](uint32_t Variable) { return !Names.count(Variable); });
  };
  Bdd Covered = OfMarkers(P.Written->When);
  Bdd Exists = OfMarkers(Conditions.yes());
  bool Result = !B.disjoint(Covered, B.negate(Confidential)) &&
                !B.disjoint(B.conj(Exists, Confidential), B.negate(Covered)) &&
                B.disjoint(Covered, Confidential);
  return Result && !B.exhausted();
}

void Judge::addProtectionFindings(const ClassHistory &History) {
  for (const Protected &P : protectionsOf(History)) {
    const char *Why = nullptr;
    if (coversOthers(History, P)) {
      addIneffective(
          History,
          {P.Device, P.Written,
           B.conj(P.Device->At.When,
                  markerAt(History, *P.Device, ExternalData))},
          "this protection covers devices of other channels than the "
          "confidential ones");
      continue;
    }
    if (B.disjoint(P.Effective, P.Device->At.When))
      continue;
    if (P.Written->Sequence > P.Device->At.Sequence)
      Why = "this protection of a confidential device comes after its "
            "registration: the first probe has already run without it";
    else if (isGone(P))
      Why = "this protection of a confidential device is overwritten before "
            "the first probe";
    else if (!MarkedCode::isRead(In.Linked, P.Written->Field))
      Why = "no code reads what is written here to protect a confidential "
            "device";
    if (Why)
      addIneffective(History, P, Why);
  }
  for (size_t I = 0; I < History.Registrations.size(); ++I)
    addMarkerFindings(History, History.Registrations[I], History.Later[I]);
  for (const Registration &Device : History.Registrations)
    addWithoutEffect(History, Device);
}

void Judge::addWithoutEffect(const ClassHistory &History,
                             const Registration &Device) {
  const DeviceClass &Class = In.Vocabulary.Classes[History.Class];
  MarkedCode Code(In.Linked, In.Vocabulary, Class);
  std::vector<FunctionId> Callers;
  llvm::StringRef Module = In.Linked.moduleOf(Device.Root);
  for (const Frame *F = Device.At.Where.get(); F; F = F->Caller.get())
    if (In.Linked.moduleOf(F->Function) == Module)
      Callers.push_back(F->Function);
  for (const MarkedRegion &Region : Code.regionsUnder(Callers)) {
    bool Effective = llvm::any_of(History.Events, [&](const WorldEvent &Seen) {
      return Seen.What.Kind == EventKind::DeviceWrite &&
             Seen.What.Target.Object == Device.Device &&
             happensIn(Region, Seen.What);
    });
    if (Effective)
      continue;
    Event Here;
    Here.Where = std::make_shared<Frame>();
    Here.Where->Function = Region.Function;
    Here.At = Region.Effects.front();
    Bdd Confidential =
        B.conj(Device.At.When, markerAt(History, Device, ExternalData));
    addIneffective(History, {&Device, &Here, Confidential},
                   "what is done here for confidential devices does nothing "
                   "to them");
  }
}

void Judge::addOverwritten(const WorldEvent &Later,
                           const ClassHistory &History) {
  // Binding a driver runs code of the bus again, before the driver's own.
  for (const Protected &P : protectionsOf(History)) {
    if (P.Written->Sequence > P.Device->At.Sequence ||
        !(P.Written->Target == Later.What.Target))
      continue;
    ObjectId Owner =
        P.Device->Channel != None ? P.Device->Channel : P.Device->Device;
    Bdd Then =
        B.conj(Later.What.When, marker(History.Class, ExternalData, Owner,
                                       P.Device->State, P.Device->Assume));
    bool Same = false;
    for (const Guarded &Old : P.Written->Subject)
      for (const Guarded &New : Later.What.Subject)
        Same |= isStillThere(Terms, Old.What, New.What) &&
                !B.disjoint(Then, New.When);
    bool Possible = false;
    for (auto &Platform : Platforms)
      Possible |= Platform->isGuest() &&
                  Platform->possibility(Then) == Possibility::Possible;
    if (!Same && Possible)
      addIneffective(History, P,
                     "this protection of a confidential device is overwritten "
                     "when a driver is bound, before the driver's probe");
  }
}

void Judge::addIneffective(const ClassHistory &History, const Protected &P,
                           const char *Why, const std::string &DataClass) {
  Place Record;
  Record.Function = P.Written->Where->Function;
  Record.Location = Traces.locationOf(Record.Function, P.Written->At);
  Record.Expression = Traces.expression(Record.Function, P.Written->At);
  Record.DeviceClass = In.Vocabulary.Classes[History.Class].Name;
  if (!selected(Record.Location) ||
      !Gathered->Ineffective[{Record.Function, P.Written->At}]
           .insert(Why)
           .second)
    return;
  Finding New;
  New.Check = "coco-ineffective-protection";
  New.Verdict = Verdict::Leak;
  New.Severity = Severity::High;
  New.Message = Why;
  New.Location = Record.Location;
  New.DeviceClass = Record.DeviceClass;
  New.DataClass = DataClass;
  New.Victim = "channel";
  for (auto &Platform : Platforms)
    if (Platform->isGuest() &&
        Platform->possibility(P.Effective) == Possibility::Possible)
      New.Profiles.push_back(Platform->platform().Name);
  if (New.Profiles.empty())
    return;
  New.Trace = Traces.path(*P.Written, P.Effective);
  for (TraceStep &Step : Traces.path(P.Device->At, P.Device->At.When))
    if (Step.Kind == "call" || Step.Kind == "sink")
      New.Trace.push_back(Step);
  Gathered->Loose.push_back(
      {Record.Function, P.Written->At, Record.Expression, std::move(New)});
}

} // namespace cocodma
