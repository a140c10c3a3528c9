// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/ModelBench.h"
#include "model/Profile.h"
#include "model/RunResult.h"

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

/// A cell of the table: a request in probe and one after it.
struct Cell {
  std::string Profile;
  const Request *What;
  bool Confidential;
  model::Scenario Scenario;
  std::string Text;
};

Expected<Cell> makeCell(const std::string &Profile, const Request &What,
                        bool Confidential) {
  json Device = {{"name", "d"}, {"driver", What.Driver}, {"class", What.Class}};
  if (Confidential)
    Device.update({{"ring", true}, {"external", true}});
  json First = {{"operation", "request"},
                {"device", "d"},
                {"buffer", "b"},
                {"direction", What.Direction}};
  json Second = First;
  First["during"] = "probe";
  json All = {{"schema_version", 1},
              {"profile", Profile},
              {"devices", json::array({Device})},
              {"buffers", json::array({{{"name", "b"}, {"size", 4096}}})},
              {"operations", json::array({First, Second})}};
  Cell Result{Profile, &What, Confidential, {}, All.dump()};
  std::string Problem;
  if (!model::readScenario(Result.Text, Result.Scenario, Problem))
    return createStringError(inconvertibleErrorCode(), Problem);
  return Result;
}

/// One word for what a request came to, with the bytes that were seen.
std::string word(const Cell &C, const json &Result, std::size_t Number) {
  if (Result["end"] != "completed")
    return Result["end"].get<std::string>() + " (" +
           Result["reason"].get<std::string>() + ")";
  if (!Result["devices"][0]["bound"].get<bool>())
    return "not offered";
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
    return std::string(C.Confidential ? "**leak**, " : "shared, ") +
           std::to_string(Seen.size()) + " bytes at " + Address;
  if (Result["operations"][Number]["result"] != "ok")
    return "no I/O";
  return "private";
}

void addTo(std::vector<std::pair<std::string, std::string>> &Rows,
           const std::string &Words, const std::string &Profile) {
  for (auto &[Old, Profiles] : Rows)
    if (Old == Words) {
      Profiles += ", " + Profile;
      return;
    }
  Rows.emplace_back(Words, Profile);
}

} // namespace

Error runModelBench(const std::string &Program, const std::string &Name,
                    unsigned Seconds, raw_ostream &Out) {
  std::vector<Cell> Cells;
  for (const Request &What : Requests)
    for (bool Confidential : {true, false})
      for (const std::string &Profile : model::profileNames()) {
        Expected<Cell> C = makeCell(Profile, What, Confidential);
        if (!C)
          return C.takeError();
        Cells.push_back(std::move(*C));
      }
  std::vector<std::string> Texts;
  for (const Cell &C : Cells)
    Texts.push_back(C.Text);
  std::vector<model::ProgramOutput> Outputs;
  std::string Problem;
  if (!model::runProgram(Program, Texts, Seconds, Outputs, Problem))
    return createStringError(inconvertibleErrorCode(), Problem);
  Out << "Linux " << model::printable(Name)
      << ", its own drivers and vmbus_device_register() on an emulated "
         "platform; 4096 bytes a request:\n\n"
      << "| request | channel | profile | in probe | after it |\n"
      << "| --- | --- | --- | --- | --- |\n";
  // Profiles on which the same comes of it share a row.
  for (std::size_t I = 0, Next; I < Cells.size(); I = Next) {
    std::vector<std::pair<std::string, std::string>> Rows;
    for (Next = I; Next < Cells.size() && Cells[Next].What == Cells[I].What &&
                   Cells[Next].Confidential == Cells[I].Confidential;
         ++Next) {
      json Result = model::makeResult(Cells[Next].Scenario, Outputs[Next]);
      addTo(Rows,
            word(Cells[Next], Result, 0) + " | " + word(Cells[Next], Result, 1),
            Cells[Next].Profile);
    }
    for (const auto &[Words, Profiles] : Rows)
      Out << "| " << Cells[I].What->Title << " | "
          << (Cells[I].Confidential ? "confidential" : "ordinary") << " | "
          << Profiles << " | " << Words << " |\n";
  }
  return Error::success();
}

} // namespace cocodma
