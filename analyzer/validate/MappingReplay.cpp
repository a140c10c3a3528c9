// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/MappingReplay.h"
#include "validate/Evidence.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using nlohmann::json;

namespace cocodma {

namespace {

/// What a finding asks the layer for, and where it says that the data is seen.
struct Request {
  std::string Operation, Function;
  CodeLine Sink;
};

/// The first function of the layer on the finding's path, at or below its
/// place; none if there is no such function, or no place where data becomes
/// visible.
std::optional<Request> requestOf(const Finding &F, const DmaLayer &Layer) {
  Request Result;
  bool There = false;
  for (const TraceStep &Step : F.Trace) {
    There |= Step.Location.File == F.Location.File &&
             Step.Location.Line == F.Location.Line;
    StringRef Callee = Step.Message;
    if (!There)
      continue;
    if (Step.Kind == "sink")
      Result.Sink = {Step.Location.File, Step.Location.Line};
    if (!Result.Operation.empty() || !Callee.consume_front("calls "))
      continue;
    StringRef Name = Callee.take_until([](char C) { return C == '('; });
    if (const LayerOperation *Found = Layer.calledBy(Name)) {
      Result.Operation = Found->Operation;
      Result.Function = Callee.str();
    }
  }
  if (Result.Operation.empty() || Result.Sink.first.empty())
    return std::nullopt;
  return Result;
}

Validation judge(const Request &What, const Evidence &Shown) {
  const SiteEvidence &Here = Shown.at(What.Sink);
  std::string How =
      What.Function +
      " was asked of the tree's own DMA layer for a confidential "
      "channel's device; the driver and the bus were not executed";
  for (const auto &[Key, Seen] : Here.Seen)
    if (Key.second == "buffer" || Key.second == "device")
      return {ValidationStatus::Confirmed,
              Seen.First + ", by " + What.Sink.first + ":" +
                  std::to_string(What.Sink.second) + "; " + How,
              Here.Runs};
  for (const auto &[Why, Count] : Shown.stops())
    return {ValidationStatus::NotReplayed,
            std::string(Why).append("; ").append(How), 0};
  return {ValidationStatus::NotReplayed,
          "nothing was seen at " + What.Sink.first + ":" +
              std::to_string(What.Sink.second) + "; " + How,
          Here.Runs};
}

Error replay(Finding &F, const ValidateOptions &Options, CodeLines &Symbols) {
  std::optional<Request> What = requestOf(F, Options.Layer);
  if (!What) {
    F.Validation = {ValidationStatus::NotReplayed,
                    "this unit of the kernel tree is not executed, and its "
                    "path asks the DMA layer for nothing "
                    "that could be replayed without them",
                    0};
    return Error::success();
  }
  Evidence Shown({What->Sink});
  if (Error E =
          executeAll(planMappingRuns(What->Operation, F.Profiles), Options,
                     [&](const PlannedRun &Run, const json &Result) {
                       Shown.take(Run, Result, Symbols);
                     }))
    return E;
  F.Validation = judge(*What, Shown);
  return Error::success();
}

} // namespace

Error replayMappings(Report &R, const ValidateOptions &Options) {
  CodeLines Symbols(Options.Program, Options.Kernel);
  for (Finding &F : R.Findings) {
    if (Options.DriverUnits.count(F.Location.File))
      continue;
    if (Error E = replay(F, Options, Symbols))
      return E;
  }
  for (Site &S : R.Sites)
    if (!Options.DriverUnits.count(S.Location.File) &&
        (S.Verdict == Verdict::Private || S.Verdict == Verdict::FailsClosed))
      S.Validation = {ValidationStatus::NotReplayed,
                      "this unit of the kernel tree is not executed", 0};
  return Error::success();
}

} // namespace cocodma
