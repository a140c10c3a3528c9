// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line.
#include "report/AtomicFile.h"
#include "report/CheckTable.h"
#include "report/JsonWriter.h"
#include "report/TextWriter.h"
#include "spec/Spec.h"
#include "tool/Analyze.h"
#include "tool/ModelCommand.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace cocodma;

namespace {

enum ExitStatus { Clean = 0, Findings = 1, UsageError = 2, Incomplete = 3 };

cl::OptionCategory Category("cocodma options");

cl::SubCommand AnalyzeCommand("analyze",
                              "find every way in which confidential data "
                              "becomes host-visible");
cl::SubCommand SpecCommand("spec", "print the built-in spec (JSON)");

cl::SubCommand ExplainCommand("explain",
                              "tell what a check reports, or list all");
cl::opt<std::string> CheckName(cl::Positional, cl::desc("[CHECK]"),
                               cl::sub(ExplainCommand));

cl::opt<std::string> Build("p", cl::desc("folder of compile_commands.json"),
                           cl::value_desc("BUILD"), cl::Required,
                           cl::sub(AnalyzeCommand), cl::cat(Category));
cl::opt<std::string>
    Kernel("kernel", cl::desc("root of the kernel tree (default: BUILD)"),
           cl::value_desc("DIR"), cl::sub(AnalyzeCommand), cl::cat(Category));
cl::list<std::string> Specs("spec",
                            cl::desc("extend or override the built-in spec"),
                            cl::value_desc("FILE"), cl::sub(AnalyzeCommand),
                            cl::cat(Category));
cl::list<std::string>
    Profiles("profile", cl::desc("judge on this platform only (repeatable)"),
             cl::value_desc("NAME"), cl::sub(AnalyzeCommand),
             cl::cat(Category));
cl::opt<std::string> Format("format", cl::desc("text (default) or json"),
                            cl::init("text"), cl::sub(AnalyzeCommand),
                            cl::cat(Category));
cl::opt<std::string> Output("o", cl::desc("write the report there"),
                            cl::value_desc("FILE"), cl::init("-"),
                            cl::sub(AnalyzeCommand), cl::cat(Category));
cl::opt<std::string> Cache("cache",
                           cl::desc("folder of cached summaries (default: the "
                                    "user's cache folder)"),
                           cl::value_desc("DIR"), cl::sub(AnalyzeCommand),
                           cl::cat(Category));
cl::opt<bool> NoCache("no-cache", cl::desc("neither read nor write a cache"),
                      cl::sub(AnalyzeCommand), cl::cat(Category));
cl::opt<unsigned> Jobs("j", cl::desc("parser threads (default: one a core)"),
                       cl::value_desc("N"), cl::init(0), cl::Prefix,
                       cl::sub(AnalyzeCommand), cl::cat(Category));
cl::opt<std::string> Color("color", cl::desc("auto (default), always or never"),
                           cl::init("auto"), cl::sub(AnalyzeCommand),
                           cl::cat(Category));
cl::opt<bool> ShowSites("sites", cl::desc("list the ledger of sites, too"),
                        cl::sub(AnalyzeCommand), cl::cat(Category));
cl::list<std::string> Paths(cl::Positional, cl::desc("[PATH...]"),
                            cl::sub(AnalyzeCommand));

int usageError(const Twine &Message) {
  errs() << "cocodma: error: " << Message << "\n";
  return UsageError;
}

std::string cacheFolder() {
  if (NoCache)
    return "";
  if (!Cache.empty())
    return Cache;
  SmallString<256> Folder;
  if (!sys::path::cache_directory(Folder))
    return "";
  sys::path::append(Folder, "cocodma");
  return Folder.str().str();
}

int statusOf(const Report &R) {
  if (countReported(R.Findings))
    return Findings;
  bool Unknown = false;
  for (const Site &S : R.Sites)
    Unknown |= S.Verdict == Verdict::Unknown;
  return !R.Summary.Complete || Unknown ? Incomplete : Clean;
}

int runExplain() {
  if (CheckName.empty()) {
    listChecks(outs());
    return Clean;
  }
  if (const CheckEntry *Check = findCheck(CheckName)) {
    explainCheck(*Check, outs());
    return Clean;
  }
  std::string All;
  for (const CheckEntry &Check : allChecks())
    All += (All.empty() ? "" : ", ") + Check.Name.str();
  return usageError("unknown check '" + CheckName + "'; there are: " + All);
}

int runAnalyze() {
  if (Format != "text" && Format != "json")
    return usageError("unknown format '" + Format + "'; use text or json");
  if (Color != "auto" && Color != "always" && Color != "never")
    return usageError("unknown value '" + Color +
                      "' of --color; use auto, always or never");
  AnalyzeOptions Options;
  Options.Build = Build;
  Options.Kernel = Kernel;
  Options.Specs = {Specs.begin(), Specs.end()};
  Options.Profiles = {Profiles.begin(), Profiles.end()};
  Options.Paths = {Paths.begin(), Paths.end()};
  Options.CacheFolder = cacheFolder();
  Options.Jobs = Jobs;
  Options.Progress = sys::Process::StandardErrIsDisplayed();
  Expected<Report> R = analyze(Options);
  if (!R)
    return usageError(toString(R.takeError()));
  for (const std::string &Warning : R->Configuration.Warnings)
    errs() << "cocodma: warning: " << Warning << "\n";
  TextOptions Text;
  Text.Color = Color == "always" || (Color == "auto" && Output == "-" &&
                                     sys::Process::StandardOutIsDisplayed());
  Text.Sites = ShowSites;
  auto Write = [&](raw_ostream &Out) {
    if (Format == "json")
      writeJson(*R, Out);
    else
      writeText(*R, Out, Text);
  };
  if (Output == "-") {
    Write(outs());
    outs().flush();
    if (outs().has_error()) {
      outs().clear_error();
      return usageError("standard output could not be written");
    }
  } else if (Error E = writeFileAtomically(Output, Write)) {
    return usageError(toString(std::move(E)));
  }
  return statusOf(*R);
}

} // namespace

int main(int ArgCount, char **Arguments) {
  InitLLVM Init(ArgCount, Arguments);
  cl::HideUnrelatedOptions(Category, AnalyzeCommand);
  cl::SetVersionPrinter([](raw_ostream &Out) {
    Out << "cocodma " COCODMA_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  std::string Problems;
  raw_string_ostream ProblemStream(Problems);
  if (!cl::ParseCommandLineOptions(
          ArgCount, Arguments,
          "cocodma: finds confidentiality leaks in Linux drivers for "
          "confidential VMs\n\n"
          "  cocodma analyze -p BUILD --kernel DIR   judge a kernel tree\n"
          "  cocodma model run SCENARIO.json         execute a DMA layer\n"
          "  cocodma explain [CHECK]                 tell what a check "
          "reports\n"
          "  cocodma spec                            print the vocabulary\n\n"
          "Exit status: 2 usage or input error, 1 findings, 3 incomplete, 0 "
          "clean.\n",
          &ProblemStream)) {
    errs() << ProblemStream.str();
    return UsageError;
  }
  if (AnalyzeCommand)
    return runAnalyze();
  if (modelCommandGiven())
    return runModelCommand();
  if (ExplainCommand)
    return runExplain();
  if (SpecCommand) {
    outs() << builtinSpecText();
    return Clean;
  }
  cl::PrintHelpMessage(false, true);
  return UsageError;
}
