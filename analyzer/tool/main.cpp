// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands.
#include "frontend/UnitLoader.h"
#include "report/Escape.h"
#include "report/JsonReader.h"
#include "spec/Spec.h"
#include "tool/CommandDocs.h"
#include "tool/ExplainCommand.h"
#include "tool/Gate.h"
#include "tool/LinkCommand.h"
#include "tool/ModelCommand.h"
#include "tool/Options.h"
#include "tool/PrepareCommand.h"
#include "tool/ValidateCommand.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace llvm;
using namespace cocodma;

namespace {

int statusOf(const Report &R) {
  if (llvm::any_of(R.Findings, countsAgainst))
    return Findings;
  bool Unknown = false;
  for (const Site &S : R.Sites)
    Unknown |= S.Verdict == Verdict::Unknown;
  return !R.Summary.Complete || Unknown ? Incomplete : Clean;
}

/// What a report says about itself, on standard error, whatever its format.
void printNotes(const Report &R) {
  for (const std::string &Warning : R.Configuration.Warnings)
    errs() << "cocodma: warning: " << plainText(Warning) << "\n";
  for (const StaleEntry &Entry : R.Stale)
    errs() << "cocodma: note: the baseline's entry "
           << plainText(Entry.Fingerprint) << " (" << plainText(Entry.Check)
           << ", " << plainText(Entry.File) << ") fits no finding any more\n";
}

int runAnalyze() {
  if (int Bad = checkBuildOptions())
    return Bad;
  if (int Bad = checkOutputOptions())
    return Bad;
  AnalyzeOptions Options = analyzeOptions();
  Options.Paths = {Paths.begin(), Paths.end()};
  Options.ReuseReports = true;
  Expected<Report> R = analyze(Options);
  if (!R)
    return usageError(toString(R.takeError()));
  if (int Bad = applyProjectFiles(*R))
    return Bad;
  printNotes(*R);
  ReportSources Sources = {SourceText(kernelRoot(Options)), SourceText()};
  if (int Bad = writeOutput(*R, Sources))
    return Bad;
  return statusOf(*R);
}

int runReport() {
  if (ReportFile.empty())
    return usageError("REPORT.json is missing: a report that `cocodma analyze "
                      "--format json` wrote");
  if (int Bad = checkOutputOptions())
    return Bad;
  Expected<Report> R = readReportFile(ReportFile);
  if (!R)
    return usageError(toString(R.takeError()));
  ReportSources Sources = sourcesAt(Kernel, *R);
  return writeOutput(*R, Sources);
}

int finishGate(GateOutcome &Outcome) {
  printNotes(Outcome.Result);
  if (int Bad = writeOutput(Outcome.Result, Outcome.Sources))
    return Bad;
  StringRef Verdict = Outcome.Result.Gate->Verdict;
  if (llvm::any_of(Outcome.Result.Findings, countsAgainst) ||
      (RequireEffect && (Verdict == "ineffective" || Verdict == "partial")))
    return Findings;
  return Outcome.Incomplete ? Incomplete : Clean;
}

/// The two reports of `gate OLD NEW` and `diff OLD NEW`.
int runPair(GateOptions Options) {
  if (ReportPair.size() != 2)
    return usageError("two reports are wanted: OLD.json NEW.json");
  Expected<Report> Old = readReportFile(ReportPair[0]);
  if (!Old)
    return usageError(toString(Old.takeError()));
  Expected<Report> New = readReportFile(ReportPair[1]);
  if (!New)
    return usageError(toString(New.takeError()));
  int Bad = Clean;
  Options.ApplyProjectFiles = [&](Report &R) {
    Bad = applyProjectFiles(R);
    return Bad == Clean;
  };
  GateOutcome Outcome = compareFiles(*Old, std::move(*New), Options);
  return Bad ? Bad : finishGate(Outcome);
}

int runGateCommand() {
  if (int Bad = checkOutputOptions())
    return Bad;
  GateOptions Options;
  Options.Analyze = analyzeOptions();
  unsigned Ways = !PatchFile.empty() + !Range.empty() + !ReportPair.empty();
  if (Ways != 1)
    return usageError("give one of --patch FILE, --range BASE..HEAD, or two "
                      "reports");
  if (!ReportPair.empty())
    return runPair(std::move(Options));
  if (int Bad = checkBuildOptions())
    return Bad;
  Options.Patch = PatchFile;
  Options.Range = Range;
  Options.Whole = Whole;
  int Bad = Clean;
  Options.ApplyProjectFiles = [&](Report &R) {
    Bad = applyProjectFiles(R);
    return Bad == Clean;
  };
  // A baseline that cannot be read is told before work that takes long.
  Report Nothing;
  if (!Options.ApplyProjectFiles(Nothing))
    return Bad;
  Expected<GateOutcome> Outcome = runGate(Options);
  if (!Outcome)
    return usageError(toString(Outcome.takeError()));
  return finishGate(*Outcome);
}

/// After a run, which may have added to the cache.
int withPruning(int Status) {
  if (Status != UsageError)
    pruneCache();
  return Status;
}

} // namespace

static int runCommand(int ArgCount, char **Arguments) {
  for (cl::SubCommand *Command : {&AnalyzeCommand, &LinkCommand, &GateCommand,
                                  &DiffCommand, &ReportCommand})
    cl::HideUnrelatedOptions(Category, *Command);
  // LLVM's libraries bring hundreds along.
  cl::HideUnrelatedOptions(Category);
  cl::SetVersionPrinter([](raw_ostream &Out) {
    Out << "cocodma " COCODMA_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  std::string Below = helpBelowOptions(ArgCount > 1 ? Arguments[1] : "");
  cl::extrahelp MoreHelp(Below);
  std::string Problems;
  raw_string_ostream ProblemStream(Problems);
  if (!cl::ParseCommandLineOptions(
          ArgCount, Arguments,
          "cocodma: finds confidentiality leaks in Linux drivers for "
          "confidential VMs\n\n"
          "  cocodma prepare --kernel DIR            make a compile database "
          "from a kernel's source\n"
          "  cocodma analyze -p BUILD --kernel DIR   judge a kernel tree\n"
          "  cocodma model run SCENARIO.json         execute a DMA layer\n"
          "  cocodma link -p BUILD -o FILE           what the clang-tidy "
          "plugin wants to know\n"
          "  cocodma validate R.json --kernel DIR    execute what a report "
          "says\n"
          "  cocodma gate -p BUILD --patch FILE      judge a patch\n"
          "  cocodma diff OLD.json NEW.json          compare two reports\n"
          "  cocodma report R.json --format html     another form of a report\n"
          "  cocodma explain CHECK                   tell what a check "
          "reports\n"
          "  cocodma spec                            print the vocabulary\n\n"
          "Exit status: 2 usage or input error, 1 findings (of a gate: "
          "introduced "
          "ones), 3 incomplete, 0 "
          "clean.\n",
          &ProblemStream)) {
    errs() << ProblemStream.str();
    return UsageError;
  }
  if (AnalyzeCommand)
    return withPruning(runAnalyze());
  if (LinkCommand)
    return withPruning(runLink());
  if (prepareCommandGiven())
    return runPrepareCommand();
  if (modelCommandGiven())
    return runModelCommand();
  if (validateCommandGiven())
    return runValidateCommand();
  if (GateCommand)
    return withPruning(runGateCommand());
  if (DiffCommand) {
    if (int Bad = checkOutputOptions())
      return Bad;
    GateOptions Options;
    Options.Analyze = analyzeOptions();
    return runPair(std::move(Options));
  }
  if (ReportCommand)
    return runReport();
  if (ExplainCommand)
    return runExplain();
  if (CompletionCommand)
    return writeCompletion(Shell, outs())
               ? Clean
               : usageError("no completion for '" + Shell +
                            "'; name one of bash, zsh and fish");
  if (ManCommand)
    return writeManual(ManPage, outs())
               ? Clean
               : usageError("there is no command '" + ManPage + "'");
  if (SpecCommand) {
    outs() << builtinSpecText();
    return Clean;
  }
  cl::PrintHelpMessage(false, true);
  return UsageError;
}

int main(int ArgCount, char **Arguments) {
  InitLLVM Init(ArgCount, Arguments);
  int Status = runCommand(ArgCount, Arguments);
  if (parserCrashed()) {
    outs().flush();
    std::_Exit(Status);
  }
  return Status;
}
