// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/Validator.h"
#include "model/RunResult.h"
#include "validate/MappingReplay.h"
#include "validate/Verdicts.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using nlohmann::json;

namespace cocodma {

namespace {

constexpr std::size_t RunsAtATime = 100; ///< Results hold many stacks.

bool isToBeRun(const Site &S) {
  return S.Verdict == Verdict::Private || S.Verdict == Verdict::FailsClosed;
}

/// Whether the unit's code is executed, and not only what it asks for.
bool runsUnit(const std::string &Unit, const ValidateOptions &Options) {
  return Options.Mini || Options.DriverUnits.count(Unit);
}

/// Runs of a driver's unit, or of the bus if the unit registers no driver.
std::vector<PlannedRun> planUnit(const std::string &Unit,
                                 const ValidateOptions &Options,
                                 const std::vector<std::string> &Profiles) {
  if (!Options.Mini) {
    DriverFacts Driver;
    Driver.Name = sys::path::stem(Unit).str();
    Driver.Entries = {"queue"};
    return planDriverRuns(Driver, Profiles);
  }
  SmallString<256> Path(Options.Kernel);
  sys::path::append(Path, Unit);
  auto Source = MemoryBuffer::getFile(Path);
  if (Source)
    if (auto Driver = readDriverFacts((*Source)->getBuffer()))
      return planDriverRuns(*Driver, Profiles);
  return planBusRuns(Profiles);
}

/// All that a report's units are asked about.
struct Unit {
  std::vector<Finding *> Findings;
  std::vector<Site *> Sites;
};

Error validateUnit(const std::string &Name, const Unit &What,
                   const std::set<CodeLine> &Lines, CodeLines &Symbols,
                   const ValidateOptions &Options,
                   const std::vector<std::string> &Profiles) {
  Evidence Shown(Lines);
  if (Error E = executeAll(planUnit(Name, Options, Profiles), Options,
                           [&](const PlannedRun &Run, const json &Result) {
                             Shown.take(Run, Result, Symbols);
                           }))
    return E;
  for (Finding *F : What.Findings)
    F->Validation = judgeFinding(*F, Shown);
  for (Site *S : What.Sites)
    S->Validation = judgeSite(*S, Shown);
  return Error::success();
}

Error validateDrivers(Report &R, const ValidateOptions &Options) {
  std::map<std::string, Unit> Units;
  std::set<CodeLine> Lines;
  for (Finding &F : R.Findings)
    if (runsUnit(F.Location.File, Options))
      Units[F.Location.File].Findings.push_back(&F);
  for (Site &S : R.Sites) {
    Lines.insert({S.Location.File, S.Location.Line});
    if (isToBeRun(S) && runsUnit(S.Location.File, Options))
      Units[S.Location.File].Sites.push_back(&S);
  }
  CodeLines Symbols(Options.Program, Options.Kernel);
  for (const auto &[Name, What] : Units)
    if (Error E = validateUnit(Name, What, Lines, Symbols, Options, R.Profiles))
      return E;
  return Error::success();
}

} // namespace

Error executeAll(
    const std::vector<PlannedRun> &Runs, const ValidateOptions &Options,
    function_ref<void(const PlannedRun &, const json &Result)> Take) {
  for (std::size_t First = 0; First < Runs.size(); First += RunsAtATime) {
    std::size_t Next = std::min(Runs.size(), First + RunsAtATime);
    std::vector<std::string> Texts;
    std::vector<model::Scenario> Scenarios(Next - First);
    std::string Problem;
    for (std::size_t I = First; I < Next; ++I) {
      Texts.push_back(Runs[I].Scenario.dump());
      if (!model::readScenario(Texts.back(), Scenarios[I - First], Problem))
        return createStringError(inconvertibleErrorCode(),
                                 "a scenario of the validation is wrong: " +
                                     Problem);
    }
    std::vector<model::ProgramOutput> Outputs;
    if (!model::runProgram(Options.Program, Texts, Options.Seconds, Outputs,
                           Problem))
      return createStringError(inconvertibleErrorCode(), Problem);
    for (std::size_t I = First; I < Next; ++I)
      Take(Runs[I],
           model::makeResult(Scenarios[I - First], Outputs[I - First]));
  }
  return Error::success();
}

Error validate(Report &R, const ValidateOptions &Options) {
  if (Options.Mini)
    return validateDrivers(R, Options);
  if (!Options.DriverUnits.empty()) {
    ValidateOptions Drivers = Options;
    Drivers.Program = Options.DriverProgram;
    if (Error E = validateDrivers(R, Drivers))
      return E;
  }
  return replayMappings(R, Options);
}

} // namespace cocodma
