// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/PrepareCommand.h"

#include "prepare/Preparation.h"
#include "report/Escape.h"
#include "spec/SpecReader.h"
#include "support/Hash.h"
#include "tool/KernelTree.h"
#include "tool/Options.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace cocodma;

namespace {

cl::SubCommand
    PrepareCommand("prepare",
                   "make a compile database from a kernel's source, without "
                   "building the kernel");
cl::opt<std::string>
    SourceTree("kernel",
               cl::desc("root of the source tree, which is only read (default: "
                        "the current folder)"),
               cl::value_desc("DIR"), cl::init("."), cl::sub(PrepareCommand),
               cl::cat(Category));
cl::opt<std::string> BuildFolder(
    "p",
    cl::desc("folder for the configuration, generated headers and "
             "compile_commands.json, as make's O= (default: one in the "
             "cache). Give DIR itself to have make work in the tree"),
    cl::value_desc("BUILD"), cl::sub(PrepareCommand), cl::cat(Category));
cl::opt<std::string> FirstConfig(
    "config",
    cl::desc("begin with this .config (default: BUILD's, or else the "
             "architecture's defconfig with --guest-options)"),
    cl::value_desc("FILE"), cl::sub(PrepareCommand), cl::cat(Category));
cl::opt<bool>
    WithGuestOptions("guest-options",
                     cl::desc("set the options of confidential guests and of "
                              "Hyper-V in the configuration"),
                     cl::sub(PrepareCommand), cl::cat(Category));
cl::opt<bool>
    AllUnits("all",
             cl::desc("all units of the configuration (default: the DMA "
                      "layer, confidential guests, and their drivers)"),
             cl::sub(PrepareCommand), cl::cat(Category));
cl::opt<std::string> ArchName("arch", cl::desc("x86_64 (default), arm64, ..."),
                              cl::value_desc("NAME"), cl::init("x86_64"),
                              cl::sub(PrepareCommand), cl::cat(Category));
cl::opt<unsigned> MakeJobs("j", cl::desc("jobs of make (default: one a core)"),
                           cl::value_desc("N"), cl::init(0), cl::Prefix,
                           cl::sub(PrepareCommand), cl::cat(Category));
cl::list<std::string> Selected(cl::Positional, cl::desc("[PATH...]"),
                               cl::sub(PrepareCommand));

/// The folder in the user's cache for builds of this tree.
Expected<std::string> defaultBuild() {
  SmallString<256> Root, Folder;
  if (sys::fs::real_path(SourceTree, Root))
    Root = StringRef(SourceTree);
  if (!sys::path::cache_directory(Folder))
    return createStringError("there is no cache folder; name a build folder "
                             "with -p");
  std::string Release = kernelRelease(Root.str().str());
  sys::path::append(Folder, "cocodma",
                    "build-" + (Release.empty() ? "kernel" : Release) + "-" +
                        ArchName + "-" + hashOf(Root.str()).substr(0, 8));
  return Folder.str().str();
}

/// A word for the command line of a shell.
std::string quoted(StringRef Word) {
  if (all_of(Word, [](char C) {
        return isAlnum(C) || StringRef("/._-+=").contains(C);
      }))
    return Word.str();
  std::string Result = "'";
  for (char C : Word)
    Result += C == '\'' ? std::string("'\\''") : std::string(1, C);
  return Result + "'";
}

void printResult(const Prepared &Done) {
  for (const std::string &Note : Done.Notes)
    errs() << "cocodma: note: " << plainText(Note) << "\n";
  for (const std::string &File : Done.Missing)
    errs() << "cocodma: warning: " << plainText(File)
           << " could not be generated: units that include it will not parse\n";
  StringRef Folder = sys::path::parent_path(Done.Database);
  outs() << Done.Database << ": " << Done.Units << " units\n"
         << "next: cocodma analyze -p " << quoted(Folder) << " --kernel "
         << quoted(SourceTree) << "\n";
}

} // namespace

bool cocodma::prepareCommandGiven() { return bool(PrepareCommand); }

int cocodma::runPrepareCommand() {
  Expected<Spec> Vocabulary = loadSpec({});
  if (!Vocabulary)
    return usageError(toString(Vocabulary.takeError()));
  PrepareOptions Options;
  for (const Profile &P : Vocabulary->Profiles)
    if (!P.Option.empty() && !is_contained(Options.GuestSwitches, P.Option))
      Options.GuestSwitches.push_back(P.Option);
  Options.Kernel = SourceTree;
  Options.Build = BuildFolder;
  Options.Config = FirstConfig;
  Options.GuestOptions = WithGuestOptions;
  Options.All = AllUnits;
  Options.Architecture = ArchName;
  Options.Paths = {Selected.begin(), Selected.end()};
  Options.Jobs = MakeJobs;
  Options.Progress = [](StringRef What) {
    errs() << "cocodma: " << What << "\n";
  };
  if (Options.Build.empty()) {
    Expected<std::string> Folder = defaultBuild();
    if (!Folder)
      return usageError(toString(Folder.takeError()));
    Options.Build = *Folder;
  }
  Expected<Prepared> Done = prepareKernel(Options);
  if (!Done)
    return usageError(toString(Done.takeError()));
  printResult(*Done);
  return Done->Missing.empty() ? Clean : Incomplete;
}
