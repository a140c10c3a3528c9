// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/RunResult.h"

#include <csignal>
#include <set>

namespace cocodma::model {

using nlohmann::json;

namespace {

json addresses(const json &List) {
  json Result = json::array();
  for (const json &Item : List)
    Result.push_back(printable(Item));
  return Result;
}

/// Puts a result together, a record at a time.
class ResultMaker {
public:
  explicit ResultMaker(const Scenario &What);
  void take(const std::string &Line);
  void end(const ProgramOutput &Output);
  void checkExpectations();
  json Result;

private:
  void takeRecord(const json &Record);
  void takeEnd(const json &Record);
  void takeSeen(const json &Record);
  void conclude(const std::string &How, const std::string &Why);
  void expect(const std::string &Text, bool Met);

  const Scenario &What;
  bool Ended = false;
  int Running = -1;
  unsigned Damaged = 0;
};

ResultMaker::ResultMaker(const Scenario &What) : What(What) {
  Result = {{"schema_version", 1},
            {"scenario", What.Name},
            {"kernel", What.Kernel},
            {"profile", What.Profile},
            {"protection", What.Protection},
            {"end", "not-replayed"},
            {"reason", ""},
            {"devices", json::array()},
            {"operations", json::array()},
            {"sightings", json::array()},
            {"buffers_left_shared", json::array()},
            {"shared_pages", 0},
            {"freed_shared", 0},
            {"faults_injected", 0},
            {"log", json::array()},
            {"expectations", json::array()},
            {"expectations_met", true}};
  for (const DeviceSpec &D : What.Devices)
    Result["devices"].push_back({{"name", D.Name}, {"bound", false}});
  for (const OperationSpec &Op : What.Operations)
    Result["operations"].push_back(
        {{"operation", Op.Text}, {"result", "not-run"}, {"error", 0}});
}

void ResultMaker::conclude(const std::string &How, const std::string &Why) {
  if (Ended)
    return;
  Ended = true;
  Result["end"] = How;
  Result["reason"] = printable(Why);
}

void ResultMaker::take(const std::string &Line) {
  json Record = json::parse(Line, nullptr, false);
  try {
    if (!Line.empty())
      takeRecord(Record);
  } catch (const json::exception &) {
    ++Damaged;
  }
}

void ResultMaker::takeRecord(const json &Record) {
  const std::string Kind = Record.at("record");
  if (Kind == "device") {
    Result["devices"].at(Record.at("index").get<std::size_t>())["bound"] =
        Record.at("bound").get<bool>();
  } else if (Kind == "begin") {
    Running = Record.at("index").get<int>();
    Result["operations"].at(static_cast<std::size_t>(Running))["result"] =
        "begun";
  } else if (Kind == "end") {
    takeEnd(Record);
  } else if (Kind == "seen") {
    takeSeen(Record);
  } else if (Kind == "log") {
    if (Result["log"].size() < 100)
      Result["log"].push_back(printable(Record.at("text")));
  } else if (Kind == "call") {
    if (Result["calls"].size() < 10000)
      Result["calls"].push_back(addresses(Record.at("stack")));
  } else if (Kind == "finish") {
    for (const json &Name : Record.at("buffers_left_shared"))
      Result["buffers_left_shared"].push_back(printable(Name));
    Result["shared_pages"] = Record.at("shared_pages").get<unsigned>();
    Result["freed_shared"] = Record.at("freed_shared").get<unsigned>();
    Result["faults_injected"] = Record.at("faults_injected").get<unsigned>();
    conclude("completed", "");
  } else if (Kind == "stop") {
    const std::string How = Record.at("how");
    conclude(How == "crashes" ? How : "not-replayed", Record.at("why"));
  } else if (Kind == "crash") {
    conclude("crashes", std::string(strsignal(Record.at("signal"))) +
                            " at address " +
                            Record.at("address").get<std::string>());
  } else {
    ++Damaged;
  }
}

void ResultMaker::takeEnd(const json &Record) {
  json &Op = Result["operations"].at(Record.at("index").get<std::size_t>());
  int Error = Record.at("error");
  Op["error"] = Error;
  Op["result"] = Error ? "error" : "ok";
  Running = -1;
  if (!Record.contains("details"))
    return;
  for (const char *Key :
       {"device_read", "delivered", "copied", "decrypted", "encrypted"})
    if (Record["details"].contains(Key))
      Op[Key] = Record["details"][Key].get<std::uint64_t>();
  for (const char *Key : {"device", "fault"})
    if (Record["details"].contains(Key))
      Op[Key] = printable(Record["details"][Key]);
  if (Record["details"].contains("told"))
    for (const auto &[Name, Value] : Record["details"]["told"].items())
      Op["told"][printable(Name)] = printable(Value);
  if (Record["details"].contains("dma"))
    for (const json &Address : Record["details"]["dma"])
      Op["dma"].push_back(printable(Address));
}

void ResultMaker::takeSeen(const json &Record) {
  if (Result["sightings"].size() >= 10000)
    return;
  Result["sightings"].push_back(
      {{"data", printable(Record.at("kind"))},
       {"of", printable(Record.at("of"))},
       {"address", printable(Record.at("address"))},
       {"offset", Record.at("offset").get<std::uint64_t>()},
       {"size", Record.at("size").get<std::uint64_t>()},
       {"operation", Record.at("operation").get<int>()},
       {"stack", addresses(Record.at("stack"))}});
}

void ResultMaker::end(const ProgramOutput &Output) {
  if (!Output.Problem.empty())
    conclude("not-replayed", Output.Problem);
  if (Output.Truncated)
    conclude("not-replayed", "it wrote too much");
  if (Output.Signal == SIGSYS)
    conclude("forbidden", "it tried a system call that it is not allowed");
  if (Output.Signal == SIGALRM || Output.Signal == SIGXCPU)
    conclude("timeout", "it did not end in time");
  if (Output.Signal)
    conclude("crashes",
             std::string("killed by a signal: ") + strsignal(Output.Signal));
  conclude("not-replayed", "it ended without saying so");
  if (Damaged && Result["end"] == "completed") {
    Result["end"] = "not-replayed";
    Result["reason"] =
        "it wrote " + std::to_string(Damaged) + " lines that are no records";
  }
}

void ResultMaker::expect(const std::string &Text, bool Met) {
  Result["expectations"].push_back({{"text", Text}, {"met", Met}});
  if (!Met)
    Result["expectations_met"] = false;
}

void ResultMaker::checkExpectations() {
  const Expectation &E = What.Expect;
  std::set<std::string> Seen;
  for (const json &S : Result["sightings"])
    if (S["data"] == "buffer" || S["data"] == "device")
      Seen.insert(S["of"].get<std::string>());
  for (const std::string &Name : E.Seen)
    expect("the host sees bytes of " + Name, Seen.contains(Name));
  for (const std::string &Name : E.Unseen)
    expect("the host sees nothing of " + Name, !Seen.contains(Name));
  std::string End = Result["end"];
  if (E.End)
    expect("the run ends: " + *E.End, End == *E.End);
  if (E.NothingShared)
    expect(*E.NothingShared ? "no buffer is left shared"
                            : "a buffer is left shared",
           Result["buffers_left_shared"].empty() == *E.NothingShared);
  if (E.FreedShared)
    expect(*E.FreedShared ? "memory is freed while it is shared"
                          : "no memory is freed while it is shared",
           (Result["freed_shared"].get<unsigned>() != 0) == *E.FreedShared);
  for (std::size_t I = 0; I < What.Operations.size(); ++I)
    if (What.Operations[I].ExpectOk) {
      bool Ok = *What.Operations[I].ExpectOk;
      expect("operation " + std::to_string(I) + " (" + What.Operations[I].Text +
                 ") returns " + (Ok ? "ok" : "error"),
             Result["operations"][I]["result"] == (Ok ? "ok" : "error"));
    }
  if (Result["expectations"].empty())
    return;
  // What was not executed proves nothing.
  if (End != "completed" && (!E.End || End != *E.End))
    expect("the run comes to its end", false);
}

} // namespace

std::string printable(const std::string &Text) {
  std::string Result;
  for (unsigned char C : Text.substr(0, 1000))
    Result += C >= ' ' && C < 0x7f ? static_cast<char>(C) : '?';
  return Result;
}

json makeResult(const Scenario &What, const ProgramOutput &Output) {
  ResultMaker Maker(What);
  for (std::size_t At = 0; At < Output.Text.size();) {
    std::size_t End = std::min(Output.Text.find('\n', At), Output.Text.size());
    Maker.take(Output.Text.substr(At, End - At));
    At = End + 1;
  }
  Maker.end(Output);
  Maker.checkExpectations();
  return Maker.Result;
}

} // namespace cocodma::model
