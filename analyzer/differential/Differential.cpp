// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/Differential.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cocodma {

using nlohmann::json;

namespace {

/// Scenarios for one process, which has ten seconds.
constexpr uint64_t Batch = 500;

ToldState toldBy(const json &Operation) {
  ToldState Result;
  if (Operation.contains("told"))
    for (const auto &[Name, Value] : Operation["told"].items())
      Result[Name] = std::stoull(Value.get<std::string>(), nullptr, 16);
  return Result;
}

void count(Answer What, Answers &Into) {
  ++(What == Answer::Decided ? Into.Decided
     : What == Answer::Open  ? Into.Open
                             : Into.Lost);
}

std::string inWords(const Outcome &What) {
  if (What.Fails)
    return What.Copies ? "fails after a copy" : "fails";
  return What.Copies ? "bounces" : "is direct";
}

} // namespace

llvm::Expected<bool> Differential::has(const Case &Probe) {
  auto Results = Run({Probe.Scenario});
  if (!Results)
    return Results.takeError();
  json Result = json::parse(Results->front());
  if (Result["end"] != "completed")
    return false;
  // A device with operations of its own is none of the layer's business.
  ToldState Told = toldBy(Result["operations"][0]);
  auto Own = Told.find("dev->dma_ops");
  return Own == Told.end() || !Own->second;
}

llvm::Error Differential::prepare() {
  auto AddIf = [&](const Case &Probe, auto Add) -> llvm::Error {
    auto Has = has(Probe);
    if (!Has)
      return Has.takeError();
    if (*Has)
      Add();
    return llvm::Error::success();
  };
  for (const MappingKind &Kind : mappingKinds())
    if (Layer.of(Kind.Function, Kind.Failure))
      if (llvm::Error E = AddIf(makeProbe(Kind, "", "default"),
                                [&] { Can.Kinds.push_back(&Kind); }))
        return E;
  if (Can.Kinds.empty())
    return llvm::createStringError(
        "the tree's DMA layer maps nothing in the runtime model");
  const MappingKind &Any = *Can.Kinds.front();
  for (const char *Name :
       {"skip_cpu_sync", "mmio", "cc_shared", "require_coherent"})
    if (llvm::Error E = AddIf(makeProbe(Any, Name, "default"),
                              [&] { Can.Attributes.push_back(Name); }))
      return E;
  for (const char *Name : {"default", "none", "forced", "private"})
    if (llvm::Error E =
            AddIf(makeProbe(Any, "", Name), [&] { Can.Pools.push_back(Name); }))
      return E;
  return AddIf(makeProbe(Any, "", "default", true), [&] { Can.Iommu = true; });
}

/// What the spec says of a platform is what the platform says of itself.
std::string Differential::checkFacts(const CaseReport &Of) {
  const Profile *Platform = Vocabulary.profile(Of.What.Profile);
  for (FactId Id = 0; Id < Layer.facts().size(); ++Id) {
    std::string Name = Layer.facts().describe(Id);
    auto Told = Of.Told.find(Name);
    std::optional<int64_t> Said = Layer.facts().value(Id, *Platform);
    if (Told != Of.Told.end() && Said && (*Said != 0) != (Told->second != 0))
      return "the spec says " + Name + " is " + std::to_string(*Said) +
             ", the platform " + std::to_string(Told->second);
  }
  return "";
}

std::string Differential::check(const CaseReport &Of) {
  if (std::string Facts = checkFacts(Of); !Facts.empty())
    return Facts;
  for (const auto &[Name, Value] : LayerGuards::assumed()) {
    auto Told = Of.Told.find(Name);
    if (Told != Of.Told.end() && Told->second != Value)
      return Name + " is not what every device of the model has";
  }
  if (!Of.Said.Possible.count(Of.Happened)) {
    std::string Said;
    for (const Outcome &O : Of.Said.Possible)
      Said += (Said.empty() ? "" : " or ") + inWords(O);
    return "it " + inWords(Of.Happened) + ", but the guards say it " + Said;
  }
  // Slots are shared in a confidential guest, and nothing else is.
  if (Vocabulary.profile(Of.What.Profile)->Guest &&
      Of.Seen != Of.Happened.Copies)
    return Of.Seen ? "the host saw data that was not copied to a slot"
                   : "data was copied to a slot, but the host did not see it";
  return "";
}

Prediction Differential::say(const Case &What, const ToldState &Told) {
  const MappingGuards *Of = Layer.of(What.Kind->Function, What.Kind->Failure);
  auto TermsBefore = Layer.terms().checkpoint();
  auto FormulasBefore = Layer.conditions().checkpoint();
  Valuation Values(Layer.terms(), Layer.conditions(), Layer.facts(),
                   *Vocabulary.profile(What.Profile), Told);
  Prediction Result = predict(*Of, Values, Layer.conditions(), Layer.terms());
  Layer.conditions().rollBack(FormulasBefore);
  Layer.terms().rollBack(TermsBefore);
  return Result;
}

CaseReport Differential::judge(const Case &What, const std::string &Result) {
  CaseReport Report;
  Report.What = What;
  json R = json::parse(Result);
  if (R["end"] != "completed") {
    Report.Difference =
        "it was not executed to its end: " + R["end"].get<std::string>() +
        ", " + R["reason"].get<std::string>();
    return Report;
  }
  const json &Operation = R["operations"][0];
  Report.Told = toldBy(Operation);
  Report.Happened.Fails = Operation["result"] != "ok";
  Report.Happened.Copies = Operation.value("copied", uint64_t(0)) != 0;
  Report.Said = say(What, Report.Told);
  Report.Seen =
      std::any_of(R["sightings"].begin(), R["sightings"].end(),
                  [](const json &S) { return S["data"] == "buffer"; });
  Report.Difference = check(Report);
  return Report;
}

void Differential::count(const CaseReport &Of, Comparison &Into) {
  ++Into.Cases;
  if (!Of.Difference.empty()) {
    Into.Differences.push_back({Of.What.Number, Of.Difference});
    return;
  }
  Tally &T = Into.ByFunction[Of.What.Kind->Function];
  T.Seen += Of.Seen;
  ++(Of.Happened.Fails ? T.Failed : Of.Happened.Copies ? T.Bounced : T.Direct);
  cocodma::count(Of.Said.Copies, T.Copies);
  cocodma::count(Of.Said.Fails, T.Fails);
  for (const auto &[Reason, Lost] : Of.Said.Open)
    if (Lost)
      ++Into.Reasons[Reason];
}

llvm::Error Differential::compare(uint64_t Seed, uint64_t First, uint64_t Count,
                                  Comparison &Into) {
  for (uint64_t At = 0; At < Count; At += Batch) {
    std::vector<Case> Cases;
    std::vector<std::string> Texts;
    for (uint64_t I = At; I < std::min(At + Batch, Count); ++I) {
      Cases.push_back(makeCase(Seed, First + I, Can));
      Texts.push_back(Cases.back().Scenario);
    }
    auto Results = Run(Texts);
    if (!Results)
      return Results.takeError();
    for (size_t I = 0; I < Cases.size(); ++I)
      count(judge(Cases[I], (*Results)[I]), Into);
  }
  return llvm::Error::success();
}

llvm::Expected<CaseReport> Differential::show(uint64_t Seed, uint64_t Number) {
  Case What = makeCase(Seed, Number, Can);
  auto Results = Run({What.Scenario});
  if (!Results)
    return Results.takeError();
  CaseReport Report = judge(What, Results->front());
  for (const auto &[Name, Value] : Report.Told) {
    ToldState Without = Report.Told;
    Without.erase(Name);
    if (say(What, Without).Possible != Report.Said.Possible)
      Report.Deciding.insert(Name);
  }
  return Report;
}

} // namespace cocodma
