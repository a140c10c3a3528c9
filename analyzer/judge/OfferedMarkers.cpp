// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether the markers tell what the host offered: a channel is confidential
// because it was offered so, whatever the kernel remembers of it.
#include "judge/Judge.h"
#include "judge/MarkedCode.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {
namespace {

/// Whom the markers of a device are about.
ObjectId holderOf(const Registration &Device) {
  return Device.Channel != None ? Device.Channel : Device.Device;
}

/// The call in the outermost function that led to \p At.
Event outermost(const Event &At) {
  Event Result = At;
  for (; Result.Where->Caller; Result.Where = Result.Where->Caller)
    Result.At = Result.Where->CallSite;
  return Result;
}

} // namespace

Bdd Judge::setMarker(const ClassHistory &History, const Registration &Device,
                     const std::string &DataClass) {
  return rememberedMarker(History.Class, DataClass, holderOf(Device),
                          Device.Exact, Device.At.When);
}

void Judge::findOffered(const ClassHistory &History) {
  // Usually the kernel does remember what was offered, and a leak must not rest
  // on what the execution simplified. What was shown for one marker helps to
  // judge the others: they may be related by the offer.
  for (const auto *Devices : {&History.Registrations, &History.Later})
    for (const Registration &Device : *Devices) {
      const Bdd Bus = markerAt(History, Device, ControlData);
      std::vector<std::pair<std::string, Bdd>> Forgotten;
      Bdd Told = Conditions.yes();
      for (const Marker &M : In.Vocabulary.Classes[History.Class].Markers) {
        auto Bit = Device.Offered.find(M.DataClass);
        if (Bit == Device.Offered.end())
          continue;
        // Of a bus that is not confidential no channel is.
        Bdd Meant = B.conj(Bit->second, Bus);
        Bdd Missed = B.conj(B.conj(Device.At.When, Meant),
                            B.negate(setMarker(History, Device, M.DataClass)));
        if (!canHappen(Missed)) {
          Told = B.conj(
              Told,
              B.implies(Meant, rememberedMarker(History.Class, M.DataClass,
                                                holderOf(Device), Device.State,
                                                Device.Assume)));
          continue;
        }
        Forgotten.emplace_back(M.DataClass, Meant);
        if (Devices == &History.Registrations)
          addForgotten(History, Device, M, Missed);
      }
      for (const auto &[DataClass, Meant] : Forgotten)
        Offered[{holderOf(Device), DataClass}] = B.conj(Meant, Told);
    }
}

bool Judge::canHappen(Bdd When) {
  return llvm::any_of(Platforms, [&](auto &Platform) {
    return Platform->isGuest() &&
           Platform->possibility(When) == Possibility::Possible;
  });
}

void Judge::addForgotten(const ClassHistory &History,
                         const Registration &Device, const Marker &M,
                         Bdd Missed) {
  // Shown where the marker got the wrong value last; if nothing sets it, where
  // the code that knows the offer goes on to make the device.
  StringIndex Field =
      In.Linked.find(In.Vocabulary.Classes[History.Class].markerField(M));
  const Event *Last = nullptr;
  for (const WorldEvent &Seen : History.Events)
    if (Seen.What.Kind == EventKind::MarkerWrite && Seen.When == Phase::Bus &&
        Seen.What.Field == Field &&
        Seen.What.Target.Object == holderOf(Device) &&
        Seen.What.Sequence < Device.At.Sequence &&
        !B.disjoint(Seen.What.When, Missed))
      Last = &Seen.What;
  const Event Root = outermost(Device.At);
  addIneffective(History, {&Device, Last ? Last : &Root, Missed},
                 Last ? "the channel's marker does not tell what the host "
                        "offered: a confidential channel is treated as an "
                        "ordinary one"
                      : "code decides on a marker that nothing sets: a channel "
                        "that the host offers as confidential is treated as an "
                        "ordinary one",
                 M.DataClass);
}

void Judge::addTakenAway(const WorldEvent &Seen, const ClassHistory &History) {
  if (Seen.TakenAway.isFalse() || History.Registrations.empty())
    return;
  const DeviceClass &Class = In.Vocabulary.Classes[History.Class];
  for (const Marker &M : Class.Markers)
    if (In.Linked.find(Class.markerField(M)) == Seen.What.Field &&
        canHappen(Seen.TakenAway))
      addIneffective(
          History, {&History.Registrations.front(), &Seen.What, Seen.TakenAway},
          "the marker of a registered channel is taken away: from here on a "
          "channel that the host offered as confidential is treated as an "
          "ordinary one",
          M.DataClass);
}

void Judge::addMarkerFindings(const ClassHistory &History,
                              const Registration &Device,
                              const Registration &Later) {
  const ObjectId Owner = holderOf(Device);
  const Event Root = outermost(Device.At);
  for (const Marker &M : In.Vocabulary.Classes[History.Class].Markers) {
    Bdd First = setMarker(History, Device, M.DataClass);
    Bdd Last = setMarker(History, Later, M.DataClass);
    Bdd Missed = B.conj(B.conj(Device.At.When, Last), B.negate(First));
    StringIndex Field =
        In.Linked.find(In.Vocabulary.Classes[History.Class].markerField(M));
    if (First.isFalse() && Last.isFalse() && Field != None &&
        Terms.object(Owner).Kind == ObjectKind::Heap &&
        In.Linked.writesOf(Field).empty() &&
        MarkedCode::isRead(In.Linked, Field) &&
        !Offered.count({Owner, M.DataClass}))
      addIneffective(History, {&Device, &Root, Device.At.When},
                     "code decides on a marker that nothing sets: no device "
                     "of this bus is ever treated as confidential");
    for (const WorldEvent &Seen : History.Events) {
      const Event &Written = Seen.What;
      if (Written.Kind == EventKind::MarkerWrite && Seen.When == Phase::Bus &&
          Written.Field == Field && Written.Target.Object == Owner &&
          Written.Sequence > Device.At.Sequence)
        addIneffective(History,
                       {&Device, &Written, B.conj(Missed, Written.When)},
                       "the marker is set after the device was registered: "
                       "the first probe has already run without it");
    }
  }
}

} // namespace cocodma
