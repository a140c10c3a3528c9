// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mappings and unmappings under different markers (judge/Balance.h).
#include "judge/Judge.h"

namespace cocodma {

std::vector<Balance::Setting> Judge::settings(const WorldEvent &Seen,
                                              ObjectId Channel) {
  std::vector<Balance::Setting> Result = {{Conditions.yes(), ""}};
  for (const Marker &M : In.Vocabulary.Classes[Seen.Class].Markers) {
    Bdd Set =
        marker(Seen.Class, M.DataClass, Channel, Seen.State, Seen.What.When);
    std::string Name = M.Field.empty() ? M.Function + "()" : M.Field;
    for (size_t I = 0, Count = Result.size(); I < Count; ++I) {
      std::string Before =
          Result[I].Text.empty() ? "" : Result[I].Text + " && ";
      Result.push_back({B.conj(Result[I].When, Set), Before + Name});
      Result[I] = {B.conj(Result[I].When, B.negate(Set)),
                   Before.append("!").append(Name)};
    }
  }
  return Result;
}

void Judge::addMapping(const WorldEvent &Seen) {
  auto Call = callOf(Seen);
  if (!In.HasMarkers || !Call)
    return;
  Gathered->Mappings.Reached.insert(*Call);
  forEachChannel(Seen, [&](ObjectId Channel, Bdd When) {
    Balance::Sighting New;
    New.Seen = &Seen;
    std::tie(New.Function, New.At) = *Call;
    New.When = When;
    New.Settings = settings(Seen, Channel);
    New.DeviceClass = In.Vocabulary.Classes[Seen.Class].Name;
    New.DataClass = ExternalData;
    Mapped.push_back(std::move(New));
  });
}

void Judge::addImbalances(Report &Into) {
  for (Balance::Imbalance &Found :
       Mappings.imbalances(Total.Mappings, Into.Skipped)) {
    if (!selected(Found.What.Location))
      continue;
    const Place &Where =
        place(Found.Function, Found.At, Found.Maps ? "map" : "unmap",
              Found.What.DeviceClass);
    for (size_t Profile : Found.Profiles) {
      // A mapping that always fails leaves nothing to take back, and where data
      // leaks that is what there is to say.
      const Tally &Here = Where.ByProfile[Profile];
      if (!Here.Leak && (!Here.Fails || Here.Succeeds))
        Found.What.Profiles.push_back(Platforms[Profile]->platform().Name);
    }
    if (Found.What.Profiles.empty())
      continue;
    Found.What.Fingerprint =
        fingerprint(Found.What.Check, Where, Found.What.DataClass);
    Into.Findings.push_back(std::move(Found.What));
  }
}

} // namespace cocodma
