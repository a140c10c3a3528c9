// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/Differential.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cocodma {

using nlohmann::json;

namespace {

/// Scenarios for one process, which has ten seconds.
constexpr uint64_t Batch = 500;
/// For each case that is wanted: some have nothing to take back.
constexpr uint64_t MostNumbers = 10;
/// What the model tells beside the words of the kernel's code.
const char *const SlotsBefore = "slots in use before";
const char *const SlotsAfter = "slots in use after";

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

bool answerOf(Question Asked, const Outcome &To) {
  switch (Asked) {
  case Question::Acts:
    return To.Acts;
  case Question::Fails:
    return To.Fails;
  case Question::Releases:
    return To.Releases;
  }
  return false;
}

Answer answerOf(Question Asked, const Prediction &To) {
  switch (Asked) {
  case Question::Acts:
    return To.Acts;
  case Question::Fails:
    return To.Fails;
  case Question::Releases:
    return To.Releases;
  }
  return Answer::Lost;
}

/// Whether there were more slots in use than there are now.
bool gaveSlotBack(const ToldState &Told) {
  auto Before = Told.find(SlotsBefore), After = Told.find(SlotsAfter);
  return Before != Told.end() && After != Told.end() &&
         After->second < Before->second;
}

/// What can be asked of one run: that slots were given back is not told by
/// every tree.
std::set<Question> questionsOf(const LayerCall &Call, const Abilities &Can) {
  if (!Call.Undoes)
    return {Question::Acts, Question::Fails};
  if (!Call.isCoherent() && Can.Slots)
    return {Question::Acts, Question::Releases};
  return {Question::Acts};
}

/// What was seen to happen.
Outcome happened(const LayerCall &Call, const json &Operation,
                 const ToldState &Told) {
  Outcome Result;
  Result.Fails = !Call.Undoes && Operation["result"] != "ok";
  const char *Act = !Call.isCoherent() ? "copied"
                    : Call.Undoes      ? "encrypted"
                                       : "decrypted";
  Result.Acts = Operation.value(Act, uint64_t(0)) != 0;
  Result.Releases = Call.Undoes && gaveSlotBack(Told);
  return Result;
}

} // namespace

std::string inWords(const LayerCall &Call, const Outcome &What) {
  std::string Act = Call.isCoherent()
                        ? Call.Undoes ? "makes memory private" : "shares memory"
                    : Call.Undoes ? "copies from a slot"
                                  : "copies to a slot";
  std::string Result = What.Acts ? Act : "does nothing";
  if (!Call.isCoherent() && !What.Acts)
    Result = "copies nothing";
  if (What.Fails)
    Result += ", fails";
  if (What.Releases)
    Result += ", gives a slot back";
  return Result;
}

llvm::Expected<bool> Differential::has(const Case &Probe) {
  auto Results = Run({Probe.Scenario});
  if (!Results)
    return Results.takeError();
  return json::parse(Results->front())["end"] == "completed";
}

llvm::Error Differential::addIf(const Case &Probe,
                                llvm::function_ref<void()> Add) {
  auto Has = has(Probe);
  if (!Has)
    return Has.takeError();
  if (*Has)
    Add();
  return llvm::Error::success();
}

/// What is told while a mapping is taken back that did bounce.
llvm::Error Differential::lookAtSlots(const LayerCall &Call) {
  auto Results = Run({makeSlotProbe(Call).Scenario});
  if (!Results)
    return Results.takeError();
  json Result = json::parse(Results->front());
  Can.Slots = Result["end"] == "completed" &&
              gaveSlotBack(toldBy(Result["operations"].back()));
  return llvm::Error::success();
}

llvm::Error Differential::prepare() {
  for (const LayerOperation &Operation : Vocabulary.Layer.Operations)
    for (bool Undoes : {false, true}) {
      LayerCall Call{&Operation, Undoes};
      if (!Layer.of(Call))
        continue;
      if (llvm::Error E = addIf(makeProbe(Call, "", "default"),
                                [&] { Can.Calls.push_back(Call); }))
        return E;
    }
  auto Any = std::find_if(Can.Calls.begin(), Can.Calls.end(),
                          [](const LayerCall &C) { return !C.isCoherent(); });
  if (Any == Can.Calls.end())
    return llvm::createStringError(
        "the tree's DMA layer maps nothing in the runtime model");
  if (llvm::Error E = lookAtSlots(*Any))
    return E;
  for (const char *Name :
       {"skip_cpu_sync", "mmio", "cc_shared", "require_coherent"})
    if (llvm::Error E = addIf(makeProbe(*Any, Name, "default"),
                              [&] { Can.Attributes.push_back(Name); }))
      return E;
  for (const char *Name : {"default", "none", "forced", "private"})
    if (llvm::Error E = addIf(makeProbe(*Any, "", Name),
                              [&] { Can.Pools.push_back(Name); }))
      return E;
  return addIf(makeProbe(*Any, "", "default", true), [&] { Can.Iommu = true; });
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
  const LayerCall &Call = Of.What.Call;
  if (!Of.Said.Possible.count(Of.Happened)) {
    std::string Said;
    for (const Outcome &O : Of.Said.Possible)
      Said += (Said.empty() ? "" : " or ") + inWords(Call, O);
    return "it " + inWords(Call, Of.Happened) + ", but the guards say it " +
           Said;
  }
  // Slots are shared in a confidential guest, and nothing else is.
  if (Vocabulary.profile(Of.What.Profile)->Guest && !Call.Undoes &&
      !Call.isCoherent() && Of.Seen != Of.Happened.Acts)
    return Of.Seen ? "the host saw data that was not copied to a slot"
                   : "data was copied to a slot, but the host did not see it";
  return "";
}

Prediction Differential::say(const Case &What, const ToldState &Told) {
  CallGuards Of = *Layer.of(What.Call);
  if (!questionsOf(What.Call, Can).count(Question::Releases))
    Of.Releases = Layer.conditions().no();
  auto TermsBefore = Layer.terms().checkpoint();
  auto FormulasBefore = Layer.conditions().checkpoint();
  Valuation Values(Layer.terms(), Layer.conditions(), Layer.facts(),
                   *Vocabulary.profile(What.Profile), Told);
  Prediction Result = predict(Of, Values, Layer.conditions(), Layer.terms());
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
  Report.Executed = !What.Call.Undoes || R["operations"][0]["result"] == "ok";
  if (!Report.Executed)
    return Report;
  const json &Operation = R["operations"][What.operation()];
  Report.Told = toldBy(Operation);
  Report.Asked = questionsOf(What.Call, Can);
  Report.Happened = happened(What.Call, Operation, Report.Told);
  Report.Said = say(What, Report.Told);
  Report.Seen =
      std::any_of(R["sightings"].begin(), R["sightings"].end(),
                  [](const json &S) { return S["data"] == "buffer"; });
  Report.Difference = check(Report);
  return Report;
}

void Differential::count(const CaseReport &Of, Comparison &Into) {
  if (Of.Difference.empty() && !Of.Executed) {
    ++Into.Nothing;
    return;
  }
  ++Into.Cases;
  if (!Of.Difference.empty()) {
    Into.Differences.push_back({Of.What.Number, Of.Difference});
    return;
  }
  FunctionTally &T = Into.ByFunction[Of.What.Call.function()];
  T.Call = Of.What.Call;
  ++T.Cases;
  T.Seen += Of.Seen;
  for (Question Asked : Of.Asked) {
    Tally &One = T.Asked[Asked];
    cocodma::count(answerOf(Asked, Of.Said), One.Said);
    One.Happened += answerOf(Asked, Of.Happened);
  }
  for (const auto &[Reason, Lost] : Of.Said.Open)
    if (Lost)
      ++Into.Reasons[Reason];
}

llvm::Error Differential::compare(uint64_t Seed, uint64_t Count,
                                  Comparison &Into) {
  for (uint64_t Next = 0; Into.Cases < Count && Next < Count * MostNumbers;) {
    std::vector<Case> Cases;
    std::vector<std::string> Texts;
    for (uint64_t End = Next + std::min(Batch, Count - Into.Cases); Next < End;
         ++Next) {
      Cases.push_back(makeCase(Seed, Next, Can));
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
  if (!Report.Executed)
    return Report;
  for (const auto &[Name, Value] : Report.Told) {
    ToldState Without = Report.Told;
    Without.erase(Name);
    if (say(What, Without).Possible != Report.Said.Possible)
      Report.Deciding.insert(Name);
  }
  return Report;
}

} // namespace cocodma
