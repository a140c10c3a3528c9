// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/PlannedRuns.h"
#include "model/Profile.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

using nlohmann::json;

namespace {

const json Confidential = {{"ring", true}, {"external", true}};

json with(json Object, const json &More) {
  Object.update(More);
  return Object;
}

json base(const json &Devices, const std::string &Profile, const json &Faults) {
  return {{"schema_version", 1},
          {"name", "validation"},
          {"profile", Profile},
          {"trace", true},
          {"devices", Devices},
          {"buffers",
           {{{"name", "small"}, {"size", 256}},
            {{"name", "page"}, {"size", 4096}},
            {{"name", "large"}, {"size", 16384}}}},
          {"faults", Faults}};
}

/// None, then single failures of what can fail, early and late.
std::vector<json> faults() {
  std::vector<json> Result = {json::array()};
  for (const char *At : {"decrypt", "encrypt"})
    for (int Call = 0; Call < 4; ++Call)
      for (const char *How : {"before", "half-way"})
        Result.push_back(
            json::array({{{"at", At}, {"call", Call}, {"how", How}}}));
  for (int Call = 1; Call < 13; ++Call)
    Result.push_back(json::array({{{"at", "allocation"}, {"call", Call}}}));
  for (const char *At : {"pool", "post_message"})
    for (int Call = 0; Call < 4; ++Call)
      Result.push_back(json::array({{{"at", At}, {"call", Call}}}));
  return Result;
}

json request(const std::string &Entry, const char *Buffer = "small",
             const char *Direction = "to_device") {
  return {{"operation", "request"},
          {"device", "d"},
          {"buffer", Buffer},
          {"entry", Entry},
          {"direction", Direction}};
}

void addRequests(const std::vector<std::string> &Entries, json &Script) {
  bool Completes = llvm::is_contained(Entries, "complete");
  for (const char *Direction : {"to_device", "from_device", "bidirectional"})
    for (const char *Buffer : {"small", "page", "large"})
      for (const std::string &Entry : Entries) {
        if (Entry == "complete")
          continue;
        Script.push_back(request(Entry, Buffer, Direction));
        if (Completes)
          Script.push_back(request("complete", Buffer, Direction));
      }
}

json script(const DriverFacts &Driver) {
  json Script = json::array();
  std::vector<std::string> First = Driver.Entries;
  llvm::erase(First, "complete");
  for (const std::string &Entry : First)
    Script.push_back(with(request(Entry), {{"during", "probe"}}));
  addRequests(Driver.Entries, Script);
  for (const std::string &Event : Driver.Events) {
    Script.push_back(request(Event));
    for (const std::string &Entry : First)
      Script.push_back(request(Entry, "page"));
  }
  Script.push_back({{"operation", "remove"}, {"device", "d"}});
  return Script;
}

/// Devices of a scenario; `d` is the one that is worked with.
struct Variant {
  bool Secret;
  bool Plain; ///< Alone: faults and profiles are varied for it.
  json Devices;
};

std::vector<Variant> variants(const DriverFacts &Driver) {
  json Device = {{"name", "d"}, {"driver", Driver.Name}};
  if (Driver.Pci) {
    Device["bus"] = "pci";
    if (!Driver.Vendor.empty())
      Device.update({{"vendor", Driver.Vendor}, {"function", Driver.Function}});
    return {{false, true, json::array({Device})},
            {true, true, json::array({with(Device, {{"accepted", true}})})}};
  }
  Device["class"] = Driver.Class;
  json Secret = with(Device, Confidential);
  json Other = with(Device, {{"name", "other"}});
  return {
      {true, true, json::array({Secret})},
      {false, true, json::array({Device})},
      {true, false,
       json::array(
           {with(Secret, {{"sub_channels", json::array({Confidential})}})})},
      {true, false, json::array({with(Other, Confidential), Secret})},
      {true, false, json::array({Other, Secret})},
      {true, false, json::array({Secret, Other})},
  };
}

const json BusScript = {
    {{"operation", "ring_open"}, {"device", "d"}},
    {{"operation", "ring_open"}, {"device", "d"}, {"channel", 1}},
    {{"operation", "ring_write"}, {"device", "d"}, {"buffer", "small"}},
    {{"operation", "ring_write"},
     {"device", "d"},
     {"channel", 1},
     {"buffer", "small"}},
    {{"operation", "gpadl_establish"},
     {"device", "d"},
     {"buffer", "large"},
     {"as", "gpadl"}},
    {{"operation", "alloc_buffer"},
     {"device", "d"},
     {"size", 8192},
     {"as", "memory"}},
    {{"operation", "copy"}, {"buffer", "page"}, {"of", "memory"}},
    {{"operation", "free_buffer"}, {"of", "memory"}},
    {{"operation", "gpadl_teardown"}, {"of", "gpadl"}},
    {{"operation", "ring_close"}, {"device", "d"}, {"channel", 1}},
    {{"operation", "remove"}, {"device", "d"}},
};

/// The variants on all profiles; with faults on the first that has what they
/// need, if they are plain.
std::vector<PlannedRun> plan(const std::vector<Variant> &Variants,
                             const json &Script,
                             const std::vector<std::string> &Profiles) {
  std::vector<PlannedRun> Result;
  const std::vector<json> Faults = faults();
  for (const Variant &V : Variants) {
    bool First = true;
    for (const std::string &Profile : Profiles) {
      auto Known = model::findProfile(Profile);
      if (!Known)
        continue;
      bool Main = Known->Paravisor && std::exchange(First, false);
      for (const json &Fault : Faults) {
        if (!Fault.empty() && (!Main || !V.Plain))
          break;
        PlannedRun Run{V.Secret, !Fault.empty(), Profile,
                       base(V.Devices, Profile, Fault)};
        Run.Scenario["operations"] = Script;
        Result.push_back(std::move(Run));
      }
    }
  }
  return Result;
}

} // namespace

bool protectsGuests(const std::string &Profile) {
  auto Known = model::findProfile(Profile);
  return Known && Known->Guest;
}

std::vector<PlannedRun>
planDriverRuns(const DriverFacts &Driver,
               const std::vector<std::string> &Profiles) {
  return plan(variants(Driver), script(Driver), Profiles);
}

std::vector<PlannedRun> planBusRuns(const std::vector<std::string> &Profiles) {
  std::vector<Variant> Variants;
  for (bool Secret : {true, false}) {
    json Device = with({{"name", "d"}}, Secret ? Confidential : json::object());
    Device["sub_channels"] =
        json::array({Secret ? Confidential : json::object()});
    Variants.push_back({Secret, true, json::array({Device})});
  }
  return plan(Variants, BusScript, Profiles);
}

std::vector<PlannedRun>
planMappingRuns(const std::string &Operation,
                const std::vector<std::string> &Profiles) {
  std::vector<PlannedRun> Result;
  for (const std::string &Profile : Profiles) {
    if (!model::findProfile(Profile))
      continue;
    for (const char *Direction : {"to_device", "from_device"}) {
      json Device = with({{"name", "d"}}, Confidential);
      PlannedRun Run{true, false, Profile,
                     base(json::array({Device}), Profile, json::array())};
      if (Operation == "alloc_coherent")
        Run.Scenario["operations"] = {
            {{"operation", Operation},
             {"device", "d"},
             {"size", 4096},
             {"as", "m"}},
            {{"operation", "copy"}, {"buffer", "page"}, {"of", "m"}}};
      else
        Run.Scenario["operations"] = {{{"operation", Operation},
                                       {"device", "d"},
                                       {"buffer", "page"},
                                       {"direction", Direction},
                                       {"as", "m"}},
                                      {{"operation", "transfer"}, {"of", "m"}},
                                      {{"operation", "unmap"}, {"of", "m"}}};
      Result.push_back(std::move(Run));
    }
  }
  return Result;
}

} // namespace cocodma
