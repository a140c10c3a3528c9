// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/ModelBench.h"
#include "model/Profile.h"
#include "tool/BenchTable.h"

#include <set>

using namespace llvm;
using nlohmann::json;

namespace cocodma {

namespace {

/// What a driver is asked for.
struct Request {
  const char *Driver, *Class, *Direction, *Title;
};
constexpr Request Requests[] = {
    {"storvsc_drv", "scsi", "to_device", "storvsc, write"},
    {"storvsc_drv", "scsi", "from_device", "storvsc, read"},
    {"netvsc", "nic", "to_device", "netvsc, transmit"},
};

/// Which channel a request goes over.
struct Channel {
  const char *Title;
  bool Primary; ///< Is the device's primary channel confidential?
  bool Sub;     ///< Is the request's sub-channel, if it is one?
  bool OverSub;
  bool confidential() const { return OverSub ? Sub : Primary; }
};
constexpr Channel Channels[] = {
    {"confidential", true, false, false},
    {"ordinary", false, false, false},
    {"confidential sub-channel", true, true, true},
    {"confidential sub-channel of an ordinary one", false, true, true},
    {"ordinary sub-channel of a confidential one", true, false, true},
};

/// A cell of the table: a request in probe and one after it.
struct Cell {
  std::string Profile;
  const Request *What;
  const Channel *Over;
  json Scenario;
};

Cell makeCell(const std::string &Profile, const Request &What,
              const Channel &Over) {
  json Private = {{"ring", true}, {"external", true}};
  json Device = {{"name", "d"}, {"driver", What.Driver}, {"class", What.Class}};
  if (Over.Primary)
    Device.update(Private);
  if (Over.OverSub)
    Device["sub_channels"] = json::array({Over.Sub ? Private : json::object()});
  json First = {{"operation", "request"},
                {"device", "d"},
                {"buffer", "b"},
                {"direction", What.Direction}};
  json Second = First;
  if (Over.OverSub)
    Second["channel"] = 1; // They come once the primary channel is there.
  First["during"] = "probe";
  json All = {{"schema_version", 1},
              {"profile", Profile},
              {"devices", json::array({Device})},
              {"buffers", json::array({{{"name", "b"}, {"size", 4096}}})},
              {"operations", json::array({First, Second})}};
  return {Profile, &What, &Over, All};
}

const char *const NotOffered = "not offered";

/// One word for what a request came to, with the bytes that were seen.
std::string word(const Cell &C, const json &Result, std::size_t Number) {
  if (std::string End = unfinished(Result); !End.empty())
    return End;
  if (!Result["devices"][0]["bound"].get<bool>())
    return NotOffered;
  if (C.Profile == "none" && Result["operations"][Number]["result"] == "ok")
    return "nothing is protected";
  std::set<std::uint64_t> Seen;
  std::string Address;
  for (const json &S : Result["sightings"]) {
    if (S["operation"] != Number)
      continue;
    Address = Address.empty() ? S["address"].get<std::string>() : Address;
    std::uint64_t First = S["offset"], Size = S["size"];
    for (std::uint64_t I = First; I < First + Size; ++I)
      Seen.insert(I);
  }
  if (!Seen.empty())
    return std::string(C.Over->confidential() ? "**leak**, " : "shared, ") +
           std::to_string(Seen.size()) + " bytes at " + Address;
  if (Result["operations"][Number]["result"] != "ok")
    return "no I/O";
  return "private";
}

} // namespace

Error runModelBench(const std::string &Program, const std::string &Name,
                    unsigned Seconds, raw_ostream &Out) {
  std::vector<Cell> Cells;
  std::vector<json> Scenarios;
  for (const Request &What : Requests)
    for (const Channel &Over : Channels)
      for (const std::string &Profile : model::profileNames()) {
        Cells.push_back(makeCell(Profile, What, Over));
        Scenarios.push_back(Cells.back().Scenario);
      }
  auto Results = runScenarios(Program, Scenarios, Seconds);
  if (!Results)
    return Results.takeError();
  Out << "Linux " << model::printable(Name)
      << ", its own drivers and vmbus_device_register() on an emulated "
         "platform; 4096 bytes a request:\n\n"
      << "| request | channel | profile | in probe | after it |\n"
      << "| --- | --- | --- | --- | --- |\n";
  for (std::size_t I = 0, Next; I < Cells.size(); I = Next) {
    ProfileRows Rows;
    for (Next = I; Next < Cells.size() && Cells[Next].What == Cells[I].What &&
                   Cells[Next].Over == Cells[I].Over;
         ++Next) {
      // A sub-channel is no concern of what happens in probe, and what is not
      // offered was told of its primary channel.
      std::string First = Cells[Next].Over->OverSub
                              ? "-"
                              : word(Cells[Next], (*Results)[Next], 0);
      std::string Second = word(Cells[Next], (*Results)[Next], 1);
      if (First != "-" || Second != NotOffered)
        Rows.add(First.append(" | ").append(Second), Cells[Next].Profile);
    }
    for (const auto &[Words, Profiles] : Rows.rows())
      Out << "| " << Cells[I].What->Title << " | " << Cells[I].Over->Title
          << " | " << Profiles << " | " << Words << " |\n";
  }
  return Error::success();
}

} // namespace cocodma
