// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The second table of `cocodma model bench`: rings and GPADLs of the tree, set
// up and torn down while something fails.
#include "model/Profile.h"
#include "tool/BenchTable.h"
#include "tool/ModelBench.h"

using namespace llvm;
using nlohmann::json;

namespace cocodma {

namespace {

/// What is done with a channel.
struct Act {
  const char *Title;
  const char *Done; ///< When its first operation succeeds.
  std::uint64_t BufferSize;
  json Operations;
  unsigned Data; ///< The operation that moves or shows data.
};

std::vector<Act> acts() {
  return {{"`vmbus_open()`, a packet, `vmbus_close()`", "opens", 512,
           json::array(
               {{{"operation", "ring_open"}, {"device", "d"}},
                {{"operation", "ring_write"}, {"device", "d"}, {"buffer", "b"}},
                {{"operation", "ring_close"}, {"device", "d"}}}),
           1},
          {"GPADL of 16 pages, torn down, freed", "established", 16 * 4096,
           json::array({{{"operation", "gpadl_establish"},
                         {"device", "d"},
                         {"buffer", "b"},
                         {"as", "g"}},
                        {{"operation", "gpadl_teardown"}, {"of", "g"}},
                        {{"operation", "free"}, {"buffer", "b"}}}),
           0}};
}

/// What fails.
struct Failure {
  const char *Title;
  const char *At; ///< Null: nothing.
  unsigned Call;
  const char *How;
};
constexpr Failure Failures[] = {
    {"nothing", nullptr, 0, ""},
    {"decryption, before it changes a page", "decrypt", 1, "before"},
    {"decryption, half-way", "decrypt", 1, "half-way"},
    {"decryption, after the last page", "decrypt", 1, "after"},
    {"the message with the GPADL", "post_message", 1, "before"},
    {"the host refuses the GPADL", "host", 1, "before"},
    {"the next message", "post_message", 2, "before"},
    {"the host refuses to open the channel", "host", 2, "before"},
    {"encryption, before it changes a page", "encrypt", 1, "before"},
    {"encryption, half-way", "encrypt", 1, "half-way"},
    {"encryption, after the last page", "encrypt", 1, "after"},
};

json makeScenario(const std::string &Profile, bool Confidential,
                  const Act &What, const Failure &Fails) {
  json Device = {{"name", "d"}};
  if (Confidential)
    Device.update({{"ring", true}, {"external", true}});
  json Result = {
      {"schema_version", 1},
      {"profile", Profile},
      {"devices", json::array({Device})},
      {"buffers", json::array({{{"name", "b"}, {"size", What.BufferSize}}})},
      {"operations", What.Operations}};
  if (Fails.At)
    Result["faults"] = json::array(
        {{{"at", Fails.At}, {"call", Fails.Call}, {"how", Fails.How}}});
  return Result;
}

/// What became of it; empty if the failure never came about. \p Before: pages
/// that were shared before anything was done.
std::string word(const Act &What, const Failure &Fails, bool Confidential,
                 const json &Result, unsigned Before) {
  if (std::string End = unfinished(Result); !End.empty())
    return End;
  if (!Result["devices"][0]["bound"].get<bool>())
    return "not offered";
  if (Fails.At && !Result["faults_injected"].get<unsigned>())
    return "";
  bool Done = Result["operations"][0]["result"] == "ok";
  std::string Text = Done ? What.Done : "fails";
  bool Seen = false;
  for (const json &S : Result["sightings"])
    Seen |= S["data"] == "buffer" && S["operation"] == What.Data;
  if (Done && Result["operations"][What.Data]["result"] == "ok")
    Text += Seen           ? (Confidential ? ", **leak**" : ", shared")
            : Confidential ? ", private"
                           : ", but the host does not see the data";
  unsigned Left = Result["shared_pages"].get<unsigned>();
  if (Result["freed_shared"].get<unsigned>())
    Text += "; **freed while shared**";
  else if (Left > Before)
    Text += "; " + std::to_string(Left - Before) +
            " pages stay shared, and are not freed";
  return Text;
}

} // namespace

Error runChannelBench(const std::string &Program, unsigned Seconds,
                      raw_ostream &Out) {
  std::vector<std::string> Profiles;
  for (const std::string &Name : model::profileNames())
    if (model::findProfile(Name)->Guest)
      Profiles.push_back(Name);
  std::vector<json> Scenarios;
  Scenarios.reserve(Profiles.size());
  for (const std::string &Profile : Profiles)
    Scenarios.push_back({{"schema_version", 1}, {"profile", Profile}});
  for (const Act &What : acts())
    for (bool Confidential : {true, false})
      for (const Failure &Fails : Failures)
        for (const std::string &Profile : Profiles)
          Scenarios.push_back(makeScenario(Profile, Confidential, What, Fails));
  auto Results = runScenarios(Program, Scenarios, Seconds);
  if (!Results)
    return Results.takeError();
  Out << "\nIts channels (2 × 4 pages a ring), while something fails:\n\n"
      << "| what | channel | what fails | profile | what comes of it |\n"
      << "| --- | --- | --- | --- | --- |\n";
  std::size_t At = Profiles.size();
  for (const Act &What : acts())
    for (bool Confidential : {true, false})
      for (const Failure &Fails : Failures) {
        ProfileRows Rows;
        for (std::size_t P = 0; P < Profiles.size(); ++P, ++At) {
          std::string Text =
              word(What, Fails, Confidential, (*Results)[At],
                   (*Results)[P]["shared_pages"].get<unsigned>());
          if (!Text.empty() && !(Fails.At && Text == "not offered"))
            Rows.add(Text, Profiles[P]);
        }
        for (const auto &[Words, Names] : Rows.rows())
          Out << "| " << What.Title << " | "
              << (Confidential ? "confidential" : "ordinary") << " | "
              << Fails.Title << " | " << Names << " | " << Words << " |\n";
      }
  return Error::success();
}

} // namespace cocodma
