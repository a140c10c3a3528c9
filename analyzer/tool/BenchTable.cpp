// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/BenchTable.h"

using namespace llvm;
using nlohmann::json;

namespace cocodma {

Expected<std::vector<json>> runScenarios(const std::string &Program,
                                         const std::vector<json> &Scenarios,
                                         unsigned Seconds) {
  std::vector<std::string> Texts;
  std::vector<model::Scenario> Read(Scenarios.size());
  std::string Problem;
  for (std::size_t I = 0; I < Scenarios.size(); ++I) {
    Texts.push_back(Scenarios[I].dump());
    if (!model::readScenario(Texts.back(), Read[I], Problem))
      return createStringError(inconvertibleErrorCode(), Problem);
  }
  std::vector<model::ProgramOutput> Outputs;
  if (!model::runProgram(Program, Texts, Seconds, Outputs, Problem))
    return createStringError(inconvertibleErrorCode(), Problem);
  std::vector<json> Results;
  Results.reserve(Read.size());
  for (std::size_t I = 0; I < Read.size(); ++I)
    Results.push_back(model::makeResult(Read[I], Outputs[I]));
  return Results;
}

void ProfileRows::add(const std::string &Words, const std::string &Profile) {
  for (auto &[Old, Profiles] : Rows)
    if (Old == Words) {
      Profiles += ", " + Profile;
      return;
    }
  Rows.emplace_back(Words, Profile);
}

std::string unfinished(const json &Result) {
  if (Result["end"] == "completed")
    return "";
  return Result["end"].get<std::string>() + " (" +
         Result["reason"].get<std::string>() + ")";
}

} // namespace cocodma
