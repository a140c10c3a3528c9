// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/ModelDiff.h"
#include "differential/Differential.h"
#include "frontend/CompileDatabase.h"
#include "model/RunResult.h"
#include "spec/SpecReader.h"
#include "tool/ModelParts.h"
#include "treeprogram/TreeProgram.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

using namespace llvm;

namespace cocodma {

namespace {

/// How many cases with a difference, and reasons, are told.
constexpr size_t MostTold = 20;

/// The commands of the units that the program is made of.
Expected<std::vector<CompileJob>> jobsOf(const ModelDiffRequest &Request) {
  std::string Kernel = realPath(Request.Kernel);
  std::string Build = Request.Build.empty() ? Kernel : realPath(Request.Build);
  auto Units = dmaLayerUnits(Build, Kernel, findModelPart("parts"));
  if (!Units)
    return Units.takeError();
  Expected<CompileDatabase> Database = readCompileDatabase(Build);
  if (!Database)
    return Database.takeError();
  std::vector<CompileJob> Result;
  for (const CompileJob &Job : Database->Jobs)
    if (is_contained(*Units, realPath(Job.File)))
      Result.push_back(Job);
  return Result;
}

Differential::Runner runnerOf(const std::string &Program, unsigned Seconds) {
  return [=](const std::vector<std::string> &Texts)
             -> Expected<std::vector<std::string>> {
    std::vector<model::ProgramOutput> Outputs;
    std::string Error;
    if (!model::runProgram(Program, Texts, Seconds, Outputs, Error))
      return createStringError(Error);
    std::vector<std::string> Results;
    for (size_t I = 0; I < Texts.size(); ++I) {
      model::Scenario What;
      if (!model::readScenario(Texts[I], What, Error))
        return createStringError(Error);
      Results.push_back(model::makeResult(What, Outputs[I]).dump());
    }
    return Results;
  };
}

void writeCase(const CaseReport &Of, raw_ostream &Out) {
  Out << "scenario: " << Of.What.Scenario << "\n"
      << "function: " << Of.What.Call.function() << "()\n";
  if (Of.Difference.empty() && !Of.Executed) {
    Out << "executed: there was nothing to take back\n";
    return;
  }
  for (const auto &[Name, Value] : Of.Told)
    Out << "  " << Name << " = 0x" << Twine::utohexstr(Value)
        << (Of.Deciding.count(Name) ? "  (decides)\n" : "\n");
  Out << "executed: " << inWords(Of.What.Call, Of.Happened)
      << (Of.Seen ? "; the host saw the data\n" : "\n");
  for (const Outcome &O : Of.Said.Possible)
    Out << "the guards allow: " << inWords(Of.What.Call, O) << "\n";
  for (const auto &[Reason, Lost] : Of.Said.Open)
    Out << (Lost ? "  the analyzer lost: " : "  not told: ") << Reason << "\n";
  Out << (Of.Difference.empty() ? "no difference"
                                : "difference: " + Of.Difference)
      << "\n";
}

void writeReasons(const Comparison &Of, raw_ostream &Out) {
  std::vector<std::pair<uint64_t, std::string>> Reasons;
  Reasons.reserve(Of.Reasons.size());
  for (const auto &[Reason, Count] : Of.Reasons)
    Reasons.emplace_back(Count, Reason);
  sort(Reasons, std::greater<>());
  if (!Reasons.empty())
    Out << "\nWhat was lost, in how many cases:\n\n";
  for (const auto &[Count, Reason] :
       ArrayRef(Reasons).take_front(std::min(MostTold / 2, Reasons.size())))
    Out << "* " << Count << ": `" << Reason << "`\n";
}

const char *inWords(Question Asked, const LayerCall &Of) {
  switch (Asked) {
  case Question::Fails:
    return "error?";
  case Question::Releases:
    return "slot given back?";
  case Question::Acts:
    if (Of.isCoherent())
      return Of.Undoes ? "made private again?" : "shared?";
    return Of.Undoes ? "copied back?" : "copied to a slot?";
  }
  return "";
}

void writeTable(const ModelDiffRequest &Request, const Comparison &Of,
                raw_ostream &Out) {
  Out << "Linux " << model::printable(Request.Name) << ", seed " << Request.Seed
      << ", " << Of.Cases << " cases:\n\n"
      << "| function | cases | question | decided | open | lost | happened |\n"
      << "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const auto &[Function, T] : Of.ByFunction) {
    for (const auto &[Asked, Row] : T.Asked)
      Out << "| `" << Function << "()` | " << T.Cases << " | "
          << inWords(Asked, T.Call) << " | " << Row.Said.Decided << " | "
          << Row.Said.Open << " | " << Row.Said.Lost << " | " << Row.Happened
          << " |\n";
    if (!T.Call.Undoes && !T.Call.isCoherent())
      Out << "| `" << Function << "()` | " << T.Cases
          << " | seen by the host |  |  |  | " << T.Seen << " |\n";
  }
  if (Of.Nothing)
    Out << "\nOthers, with nothing to take back: " << Of.Nothing << "\n";
  writeReasons(Of, Out);
  Out << "\nDifferences: " << Of.Differences.size() << "\n";
  for (const Difference &D :
       ArrayRef(Of.Differences)
           .take_front(std::min(MostTold, Of.Differences.size())))
    Out << "* case " << D.Number << ": " << model::printable(D.What) << "\n";
}

} // namespace

Expected<bool> runModelDiff(const ModelDiffRequest &Request, raw_ostream &Out) {
  Expected<Spec> Vocabulary = loadSpec({});
  if (!Vocabulary)
    return Vocabulary.takeError();
  Expected<std::vector<CompileJob>> Jobs = jobsOf(Request);
  if (!Jobs)
    return Jobs.takeError();
  Expected<std::string> Program =
      modelProgramOf(Request.Kernel, Request.Build, Request.Cache, {});
  if (!Program)
    return Program.takeError();
  auto Layer = LayerGuards::load(*Jobs, *Vocabulary, "");
  if (!Layer)
    return Layer.takeError();
  Differential Compare(**Layer, *Vocabulary,
                       runnerOf(*Program, Request.Seconds));
  if (Error E = Compare.prepare())
    return std::move(E);
  if (Request.Only) {
    auto Shown = Compare.show(Request.Seed, *Request.Only);
    if (!Shown)
      return Shown.takeError();
    writeCase(*Shown, Out);
    return Shown->Difference.empty();
  }
  Comparison Result;
  if (Error E = Compare.compare(Request.Seed, Request.Cases, Result))
    return std::move(E);
  writeTable(Request, Result, Out);
  return Result.Differences.empty();
}

} // namespace cocodma
