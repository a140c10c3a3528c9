// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fixes that are none: state of a device that depends on a marker, written by
// the bus, but overwritten before the first probe or written after it.
#include "judge/Judge.h"

namespace cocodma {
namespace {

/// True if \p When or the value's guards look at one of the marker's atoms.
bool dependsOn(BddManager &B, Bdd When, const Value &V,
               const std::set<uint32_t> &Atoms) {
  for (uint32_t Variable : B.support(When))
    if (Atoms.count(Variable))
      return true;
  for (const Guarded &G : V)
    for (uint32_t Variable : B.support(G.When))
      if (Atoms.count(Variable))
        return true;
  return false;
}

} // namespace

std::vector<Judge::Protected>
Judge::protectionsOf(const ClassHistory &History) {
  std::vector<Protected> Result;
  for (const Registration &Device : History.Registrations) {
    ObjectId Owner = Device.Channel != None ? Device.Channel : Device.Device;
    Bdd Confidential =
        marker(History.Class, "external", Owner, Device.Exact, Device.At.When);
    std::set<uint32_t> Atoms;
    for (uint32_t Variable : B.support(Confidential))
      Atoms.insert(Variable);
    for (const WorldEvent &Seen : History.Events) {
      const Event &Written = Seen.What;
      if (Written.Kind != EventKind::DeviceWrite || Seen.When != Phase::Bus ||
          Written.Target.Object != Device.Device)
        continue;
      // What is decided before the registration under a marker, relative to
      // what every device of the bus gets.
      Bdd Here = B.cofactor(Written.When, Device.At.When);
      if (!dependsOn(B, Here, Written.Subject, Atoms))
        continue;
      Bdd Effective = B.conj(Written.When, Confidential);
      if (!B.disjoint(Effective, Device.At.When))
        Result.push_back({&Device, &Written, Effective});
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
      if (Old.What == New.What &&
          !B.disjoint(B.conj(P.Effective, Old.When), New.When))
        return false;
  return true;
}

void Judge::addProtectionFindings(const ClassHistory &History) {
  for (const Protected &P : protectionsOf(History)) {
    if (P.Written->Sequence > P.Device->At.Sequence)
      addIneffective(History, P,
                     "this protection of a confidential device comes after "
                     "its registration: the first probe has already run "
                     "without it");
    else if (isGone(P))
      addIneffective(History, P,
                     "this protection of a confidential device is overwritten "
                     "before the first probe");
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
    Bdd Now =
        B.conj(Later.What.When, marker(History.Class, "external", Owner,
                                       P.Device->State, P.Device->Assume));
    bool Same = false;
    for (const Guarded &Old : P.Written->Subject)
      for (const Guarded &New : Later.What.Subject)
        Same |= Old.What == New.What && !B.disjoint(Now, New.When);
    bool Possible = false;
    for (auto &Platform : Platforms)
      Possible |= Platform->platform().Guest &&
                  Platform->possibility(Now) == Possibility::Possible;
    if (!Same && Possible)
      addIneffective(History, P,
                     "this protection of a confidential device is overwritten "
                     "when a driver is bound, before the driver's probe");
  }
}

void Judge::addIneffective(const ClassHistory &History, const Protected &P,
                           const char *Why) {
  Place Record;
  Record.Function = P.Written->Where->Function;
  Record.Location = Traces.locationOf(Record.Function, P.Written->At);
  Record.Expression = Traces.expression(Record.Function, P.Written->At);
  Record.DeviceClass = In.Vocabulary.Classes[History.Class].Name;
  if (!selected(Record.Location) ||
      !Ineffective.insert({P.Written->Sequence, Why}).second)
    return;
  Finding New;
  New.Check = "coco-ineffective-protection";
  New.Verdict = Verdict::Leak;
  New.Severity = Severity::High;
  New.Message = Why;
  New.Location = Record.Location;
  New.DeviceClass = Record.DeviceClass;
  New.DataClass = "external";
  New.Victim = "channel";
  for (auto &Platform : Platforms)
    if (Platform->platform().Guest &&
        Platform->possibility(P.Effective) == Possibility::Possible)
      New.Profiles.push_back(Platform->platform().Name);
  if (New.Profiles.empty())
    return;
  New.Fingerprint = fingerprint(New.Check, Record, New.DataClass);
  New.Trace = Traces.path(*P.Written, P.Effective);
  for (TraceStep &Step : Traces.path(P.Device->At, P.Device->At.When))
    if (Step.Kind == "call" || Step.Kind == "sink")
      New.Trace.push_back(Step);
  Others.push_back(std::move(New));
}

} // namespace cocodma
