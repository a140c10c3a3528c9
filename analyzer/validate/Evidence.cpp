// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/Evidence.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using nlohmann::json;

namespace cocodma {

namespace {

constexpr std::size_t MostStacks = 64; ///< Kept of a line and profile.

/// "the host saw bytes 0 to 511 of buffer small at 0x1000 ..."
std::string describe(const json &Sighting, const json &Result) {
  std::uint64_t Offset = Sighting.value("offset", std::uint64_t(0));
  std::uint64_t Size = Sighting.value("size", std::uint64_t(0));
  std::string Kind = Sighting.value("data", "");
  std::string Whose = Kind == "buffer" ? "buffer " : Kind + " data of ";
  std::string Text = "the host saw bytes " + std::to_string(Offset) + " to " +
                     std::to_string(Size ? Offset + Size - 1 : Offset) +
                     " of " + Whose + Sighting.value("of", "") + " at " +
                     Sighting.value("address", "");
  int Number = Sighting.value("operation", -1);
  const json &Operations = Result["operations"];
  if (Number >= 0 && static_cast<std::size_t>(Number) < Operations.size())
    Text += " during operation " + std::to_string(Number) + ", " +
            Operations[static_cast<std::size_t>(Number)].value("operation", "");
  else
    Text += " while devices were added";
  return Text + ", on " + Result.value("profile", "");
}

/// Whether the operation that it belongs to was run in the driver's probe.
bool isInProbe(const json &Sighting, const json &Scenario) {
  int Number = Sighting.value("operation", -1);
  const json &Operations = Scenario["operations"];
  return Number >= 0 && static_cast<std::size_t>(Number) < Operations.size() &&
         Operations[static_cast<std::size_t>(Number)].value("during", "") ==
             "probe";
}

bool isBound(const json &Result) {
  for (const json &Device : Result["devices"])
    if (Device.value("name", "") == "d")
      return Device.value("bound", false);
  return false;
}

bool hasError(const json &Result) {
  const json &Operations = Result["operations"];
  // The last one takes the device away.
  for (std::size_t I = 0; I + 1 < Operations.size(); ++I)
    if (Operations[I].value("result", "") == "error")
      return true;
  return false;
}

} // namespace

const std::vector<CodeLine> &CodeLines::at(const std::string &Address) {
  auto [At, New] = Known.try_emplace(Address);
  if (!New)
    return At->second;
  std::uint64_t Value = 0;
  if (StringRef(Address).getAsInteger(0, Value) || !Value)
    return At->second;
  // A return address is behind the call that it belongs to.
  auto Frames = Symbolizer.symbolizeInlinedCode(
      Program, {Value - 1, object::SectionedAddress::UndefSection});
  if (!Frames) {
    consumeError(Frames.takeError());
    return At->second;
  }
  for (std::uint32_t I = 0; I < Frames->getNumberOfFrames(); ++I) {
    const DILineInfo &Frame = Frames->getFrame(I);
    SmallString<256> Path(Frame.FileName);
    sys::path::make_absolute(Kernel, Path);
    sys::path::remove_dots(Path, true);
    StringRef Rest = Path;
    if (Rest.consume_front(Kernel) && Rest.consume_front("/"))
      At->second.emplace_back(Rest.str(), Frame.Line);
  }
  return At->second;
}

std::vector<CodeLine> CodeLines::of(const json &Stack) {
  std::vector<CodeLine> Result;
  for (const json &Address : Stack) {
    const std::vector<CodeLine> &Lines = at(Address.get<std::string>());
    Result.insert(Result.end(), Lines.begin(), Lines.end());
  }
  return Result;
}

const CodeLine *Evidence::innermost(const std::vector<CodeLine> &Stack) const {
  for (const CodeLine &Line : Stack)
    if (auto Found = Sites.find(Line); Found != Sites.end())
      return &*Found;
  return nullptr;
}

void Evidence::takeSightings(const PlannedRun &Run, const json &Result,
                             bool Secret, CodeLines &Lines) {
  for (const json &Sighting : Result["sightings"]) {
    std::string Kind = Sighting.value("data", "");
    bool Own = Kind == "buffer" || Kind == "device";
    const CodeLine *Site = innermost(Lines.of(Sighting["stack"]));
    if (!Site || (Own && !Secret))
      continue;
    SightingCount &Count = Found[*Site].Seen[{Run.Profile, Kind}];
    Count.InProbe += isInProbe(Sighting, Run.Scenario);
    if (!Count.Count++)
      Count.First = describe(Sighting, Result) +
                    (Run.Faulty ? ", after an injected failure" : "");
  }
}

void Evidence::take(const PlannedRun &Run, const json &Result,
                    CodeLines &Lines) {
  ++Total;
  if (Result["end"] != "completed")
    ++Stops[Result.value("end", "") + ": " + Result.value("reason", "")];
  if (!protectsGuests(Run.Profile))
    return;
  bool Secret = Run.Secret && isBound(Result);
  takeSightings(Run, Result, Secret, Lines);
  std::set<CodeLine> Ran;
  for (const json &Call : Result.value("calls", json::array())) {
    std::vector<CodeLine> Stack = Lines.of(Call);
    const CodeLine *Site = innermost(Stack);
    if (!Site)
      continue;
    Ran.insert(*Site);
    auto &Stacks = Found[*Site].Stacks[Run.Profile];
    if (Secret && Stacks.size() < MostStacks)
      Stacks.insert(std::move(Stack));
  }
  bool Failed = hasError(Result);
  for (const CodeLine &Site : Ran) {
    SiteEvidence &E = Found[Site];
    ++E.Runs;
    E.SecretRuns += Secret;
    if (Run.Faulty || Result["end"] != "completed" || Run.Secret != Secret)
      continue;
    E.FailedSecret += Secret && Failed;
    E.WorkedSecret += Secret && !Failed;
    E.WorkedOrdinary += !Secret && !Failed;
  }
}

const SiteEvidence &Evidence::at(const CodeLine &Site) const {
  static const SiteEvidence Nothing;
  auto At = Found.find(Site);
  return At == Found.end() ? Nothing : At->second;
}

} // namespace cocodma
