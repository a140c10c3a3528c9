// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/Options.h"

#include "gate/Baseline.h"
#include "gate/Policy.h"
#include "report/AtomicFile.h"
#include "support/CacheFolder.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace llvm;

namespace cocodma {

cl::OptionCategory Category("cocodma options");

cl::SubCommand AnalyzeCommand("analyze",
                              "find every way in which confidential data "
                              "becomes host-visible");
cl::SubCommand LinkCommand("link", "write down what the whole tree tells, for "
                                   "the clang-tidy plugin");
cl::SubCommand GateCommand("gate", "tell what a patch does to confidentiality");
cl::SubCommand DiffCommand("diff", "compare two JSON reports");
cl::SubCommand ReportCommand("report", "write a JSON report in another format");
cl::SubCommand ExplainCommand("explain", "tell what a check reports");
cl::SubCommand SpecCommand("spec", "print the built-in spec (JSON)");

cl::SubCommand CompletionCommand("completion",
                                 "print the completion for a shell");
cl::SubCommand ManCommand("man", "print a manual page (troff)");

cl::opt<std::string> Shell(cl::Positional, cl::desc("bash|zsh|fish"),
                           cl::sub(CompletionCommand));
cl::opt<std::string> ManPage(cl::Positional, cl::desc("[COMMAND]"),
                             cl::sub(ManCommand));
cl::opt<std::string> CheckName(cl::Positional, cl::desc("[CHECK]"),
                               cl::sub(ExplainCommand));
cl::opt<std::string> ReportFile(cl::Positional, cl::desc("REPORT.json"),
                                cl::sub(ReportCommand));

static cl::opt<std::string> Build("p",
                                  cl::desc("folder of compile_commands.json"),
                                  cl::value_desc("BUILD"), cl::sub(LinkCommand),
                                  cl::sub(AnalyzeCommand), cl::sub(GateCommand),
                                  cl::cat(Category));
cl::opt<std::string>
    Kernel("kernel",
           cl::desc("root of the kernel tree (default: BUILD, or the tree that "
                    "BUILD was made from by make's O=)"),
           cl::value_desc("DIR"), cl::sub(LinkCommand), cl::sub(AnalyzeCommand),
           cl::sub(GateCommand), cl::sub(DiffCommand), cl::sub(ReportCommand),
           cl::cat(Category));
static cl::list<std::string>
    Specs("spec", cl::desc("extend or override the built-in spec"),
          cl::value_desc("FILE"), cl::sub(LinkCommand), cl::sub(AnalyzeCommand),
          cl::sub(GateCommand), cl::cat(Category));
static cl::list<std::string>
    Profiles("profile", cl::desc("judge on this platform only (repeatable)"),
             cl::value_desc("NAME"), cl::sub(LinkCommand),
             cl::sub(AnalyzeCommand), cl::sub(GateCommand), cl::cat(Category));
static cl::list<std::string>
    Checks("check",
           cl::desc("report what this check finds, and no other that is not "
                    "named (repeatable)"),
           cl::value_desc("NAME"), cl::sub(AnalyzeCommand), cl::cat(Category));
static cl::opt<std::string>
    FormatName("format",
               cl::desc("text (default), json, sarif, gitlab, rdjson, "
                        "markdown, mail or html"),
               cl::value_desc("NAME"), cl::init("text"),
               cl::sub(AnalyzeCommand), cl::sub(GateCommand),
               cl::sub(DiffCommand), cl::sub(ReportCommand), cl::cat(Category));
cl::opt<std::string>
    Output("o", cl::desc("write the report there (default: standard output)"),
           cl::value_desc("FILE"), cl::init("-"), cl::sub(LinkCommand),
           cl::sub(AnalyzeCommand), cl::sub(GateCommand), cl::sub(DiffCommand),
           cl::sub(ReportCommand), cl::cat(Category));
static cl::alias OutputName("output", cl::desc("the same as -o"),
                            cl::aliasopt(Output), cl::cat(Category));
static cl::list<std::string>
    Writes("write",
           cl::desc("also write the report in that format there "
                    "(repeatable)"),
           cl::value_desc("FORMAT=FILE"), cl::sub(AnalyzeCommand),
           cl::sub(GateCommand), cl::sub(DiffCommand), cl::sub(ReportCommand),
           cl::cat(Category));
static cl::opt<std::string>
    Cache("cache",
          cl::desc("folder of cached summaries (default: the user's cache "
                   "folder)"),
          cl::value_desc("DIR"), cl::sub(LinkCommand), cl::sub(AnalyzeCommand),
          cl::sub(GateCommand), cl::cat(Category));
static cl::opt<bool> NoCache("no-cache",
                             cl::desc("neither read nor write a cache"),
                             cl::sub(LinkCommand), cl::sub(AnalyzeCommand),
                             cl::sub(GateCommand), cl::cat(Category));
static cl::opt<std::string>
    CachePolicy("cache-policy",
                cl::desc("when entries of the cache go, as in the default "
                         "prune_after=720h:cache_size_bytes=4g:"
                         "cache_size=75%:prune_interval=20m"),
                cl::value_desc("POLICY"), cl::sub(LinkCommand),
                cl::sub(AnalyzeCommand), cl::sub(GateCommand),
                cl::cat(Category));
static cl::opt<unsigned> UnitTimeout(
    "unit-timeout",
    cl::desc("CPU time that the parser may take for a patched unit (default: "
             "60)"),
    cl::value_desc("SECONDS"), cl::init(60), cl::sub(GateCommand),
    cl::cat(Category));
static cl::opt<unsigned> Jobs("j",
                              cl::desc("parser threads (default: one a core)"),
                              cl::value_desc("N"), cl::init(0), cl::Prefix,
                              cl::sub(LinkCommand), cl::sub(AnalyzeCommand),
                              cl::sub(GateCommand), cl::cat(Category));
static cl::opt<std::string> Color("color",
                                  cl::desc("auto (default), always or never"),
                                  cl::value_desc("WHEN"), cl::init("auto"),
                                  cl::sub(AnalyzeCommand), cl::sub(GateCommand),
                                  cl::sub(DiffCommand), cl::sub(ReportCommand),
                                  cl::cat(Category));
static cl::opt<bool> ShowSites("sites",
                               cl::desc("list the ledger of sites, too"),
                               cl::sub(AnalyzeCommand), cl::sub(GateCommand),
                               cl::sub(DiffCommand), cl::sub(ReportCommand),
                               cl::cat(Category));
cl::list<std::string> Paths(cl::Positional, cl::desc("[PATH...]"),
                            cl::sub(AnalyzeCommand));

cl::opt<std::string>
    PatchFile("patch",
              cl::desc("a diff, a mail, or an mbox with a series; - for "
                       "standard input"),
              cl::value_desc("FILE"), cl::sub(GateCommand), cl::cat(Category));
cl::opt<std::string> Range("range",
                           cl::desc("the commits of the git tree instead of a "
                                    "patch"),
                           cl::value_desc("BASE..HEAD"), cl::sub(GateCommand),
                           cl::cat(Category));
cl::opt<bool> RequireEffect("require-effect",
                            cl::desc("end with status 1 also if the patch is "
                                     "an ineffective or partial fix"),
                            cl::sub(GateCommand), cl::sub(DiffCommand),
                            cl::cat(Category));
cl::opt<bool> Whole("whole",
                    cl::desc("judge a series as a whole only, not patch by "
                             "patch too"),
                    cl::sub(GateCommand), cl::cat(Category));
static cl::opt<std::string>
    BaselineFile("baseline",
                 cl::desc("known findings: they do not count as introduced"),
                 cl::value_desc("FILE"), cl::sub(AnalyzeCommand),
                 cl::sub(GateCommand), cl::sub(DiffCommand), cl::cat(Category));
static cl::opt<std::string> NewBaseline(
    "write-baseline", cl::desc("write what is found as a baseline there"),
    cl::value_desc("FILE"), cl::sub(AnalyzeCommand), cl::cat(Category));
static cl::opt<std::string>
    PolicyFile("policy",
               cl::desc("which checks count, for which paths and profiles"),
               cl::value_desc("FILE"), cl::sub(AnalyzeCommand),
               cl::sub(GateCommand), cl::sub(DiffCommand), cl::cat(Category));
cl::list<std::string> ReportPair(cl::Positional,
                                 cl::desc("[OLD.json NEW.json]"),
                                 cl::sub(GateCommand), cl::sub(DiffCommand));

int usageError(const Twine &Message) {
  errs() << "cocodma: error: " << Message << "\n";
  return UsageError;
}

static std::string cacheFolder() {
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

AnalyzeOptions analyzeOptions() {
  AnalyzeOptions Options;
  Options.Build = Build;
  Options.Kernel = Kernel;
  Options.Specs = {Specs.begin(), Specs.end()};
  Options.Profiles = {Profiles.begin(), Profiles.end()};
  Options.Checks = {Checks.begin(), Checks.end()};
  Options.CacheFolder = cacheFolder();
  Options.Jobs = Jobs;
  Options.UnitSeconds = std::clamp(unsigned(UnitTimeout), 1u, 86400u);
  Options.Progress = sys::Process::StandardErrIsDisplayed();
  return Options;
}

int checkBuildOptions() {
  if (Expected<CachePruningPolicy> Policy = readCachePolicy(CachePolicy);
      !Policy)
    return usageError("--cache-policy " + CachePolicy + ": " +
                      toString(Policy.takeError()));
  if (Build.empty())
    return usageError("-p BUILD is missing: the folder that has the kernel's "
                      "compile_commands.json, as `cocodma prepare` makes it");
  return Clean;
}

void pruneCache() {
  std::string Folder = cacheFolder();
  if (Folder.empty())
    return;
  if (Expected<CachePruningPolicy> Policy = readCachePolicy(CachePolicy))
    pruneCacheFolder(Folder, *Policy);
  else
    consumeError(Policy.takeError());
}

int applyProjectFiles(Report &R) {
  if (!NewBaseline.empty())
    if (Error E = writeFileAtomically(
            NewBaseline, [&](raw_ostream &Out) { writeBaseline(R, Out); }))
      return usageError(toString(std::move(E)));
  if (!BaselineFile.empty()) {
    Expected<Baseline> Known = readBaselineFile(BaselineFile);
    if (!Known)
      return usageError(toString(Known.takeError()));
    applyBaseline(R, *Known);
  }
  if (!PolicyFile.empty()) {
    Expected<Policy> Rules = readPolicyFile(PolicyFile);
    if (!Rules)
      return usageError(toString(Rules.takeError()));
    applyPolicy(R, *Rules);
  }
  return Clean;
}

int checkOutputOptions() {
  if (!formatOf(FormatName))
    return usageError("unknown format '" + FormatName + "'; use " +
                      formatNames());
  for (StringRef Write : Writes) {
    auto [Name, File] = Write.split('=');
    if (!formatOf(Name) || File.empty() || File == "-")
      return usageError("--write " + Write +
                        ": FORMAT=FILE is wanted, where FORMAT is " +
                        formatNames());
  }
  if (Color != "auto" && Color != "always" && Color != "never")
    return usageError("unknown value '" + Color +
                      "' of --color; use auto, always or never");
  return Clean;
}

int writeOutput(const Report &R, ReportSources &Sources) {
  TextOptions Text;
  Text.Color = Color == "always" || (Color == "auto" && Output == "-" &&
                                     sys::Process::StandardOutIsDisplayed());
  Text.Sites = ShowSites;
  Format How = *formatOf(FormatName);
  auto Write = [&](raw_ostream &Out) {
    writeReport(R, How, Sources, Text, Out);
  };
  for (StringRef Also : Writes) {
    auto [Name, File] = Also.split('=');
    TextOptions Plain;
    Plain.Sites = ShowSites;
    if (Error E = writeFileAtomically(File, [&](raw_ostream &Out) {
          writeReport(R, *formatOf(Name), Sources, Plain, Out);
        }))
      return usageError(toString(std::move(E)));
  }
  if (Output != "-") {
    if (Error E = writeFileAtomically(Output, Write))
      return usageError(toString(std::move(E)));
    return Clean;
  }
  Write(outs());
  outs().flush();
  if (!outs().has_error())
    return Clean;
  outs().clear_error();
  return usageError("standard output could not be written");
}

} // namespace cocodma
