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

void Judge::addProtectionFindings(const ClassHistory &History) {
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
      if (B.disjoint(Effective, Device.At.When))
        continue;
      bool Late = Written.Sequence > Device.At.Sequence;
      bool Overwritten = false;
      const Value *Now = Device.Exact->find(Written.Target);
      if (!Late && Now) {
        Overwritten = true;
        for (const Guarded &Old : Written.Subject)
          for (const Guarded &New : *Now)
            if (Old.What == New.What &&
                !B.disjoint(B.conj(Effective, Old.When), New.When))
              Overwritten = false;
      }
      if (!Late && !Overwritten)
        continue;
      Place Record;
      Record.Location = Traces.locationOf(Written.Where->Function, Written.At);
      Record.Function = Written.Where->Function;
      Record.Expression =
          Traces.expression(Written.Where->Function, Written.At);
      Record.DeviceClass = In.Vocabulary.Classes[History.Class].Name;
      if (!selected(Record.Location))
        continue;
      Finding New;
      New.Check = "coco-ineffective-protection";
      New.Verdict = Verdict::Leak;
      New.Severity = Severity::High;
      New.Message =
          Late ? "this protection of a confidential device comes after its "
                 "registration: the first probe has already run without it"
               : "this protection of a confidential device is overwritten "
                 "before the first probe";
      New.Location = Record.Location;
      New.DeviceClass = Record.DeviceClass;
      New.DataClass = "external";
      New.Victim = "channel";
      for (auto &Platform : Platforms)
        if (Platform->platform().Guest &&
            Platform->possibility(Effective) == Possibility::Possible)
          New.Profiles.push_back(Platform->platform().Name);
      if (New.Profiles.empty())
        continue;
      New.Fingerprint = fingerprint(New.Check, Record, New.DataClass);
      New.Trace = Traces.path(Written, Effective);
      for (TraceStep &Step : Traces.path(Device.At, Device.At.When))
        if (Step.Kind == "call" || Step.Kind == "sink")
          New.Trace.push_back(Step);
      Others.push_back(std::move(New));
    }
  }
}

} // namespace cocodma
