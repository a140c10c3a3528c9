// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "treeprogram/TreeProgram.h"
#include "support/CacheFolder.h"
#include "treeprogram/ChangedFiles.h"
#include "treeprogram/CompileCommands.h"
#include "treeprogram/MissingSymbols.h"
#include "treeprogram/Processes.h"
#include "treeprogram/ProgramCache.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cocodma {

namespace {

Error failure(const Twine &Text) {
  return createStringError(inconvertibleErrorCode(), Text);
}

Error partsMissing(const std::string &Parts) {
  return failure(Parts + ": the parts of the runtime model are not there; "
                         "build all targets, or install");
}

std::string join(StringRef Folder, const Twine &Name) {
  SmallString<256> Path(Folder);
  sys::path::append(Path, Name);
  return Path.str().str();
}

/// The files of a folder with that ending, in order.
std::vector<std::string> filesIn(const std::string &Folder, StringRef Ending) {
  std::vector<std::string> Result;
  std::error_code Problem;
  for (sys::fs::directory_iterator At(Folder, Problem), End;
       At != End && !Problem; At.increment(Problem))
    if (StringRef(At->path()).ends_with(Ending))
      Result.push_back(At->path());
  llvm::sort(Result);
  return Result;
}

/// A tool of the LLVM that this is built with.
Expected<std::string> findTool(const std::string &Name) {
  for (const std::string &Try :
       {Name + "-" + std::to_string(LLVM_VERSION_MAJOR), Name})
    if (auto Path = sys::findProgramByName(Try))
      return *Path;
  return failure(Name + "-" + Twine(LLVM_VERSION_MAJOR) +
                 " is not installed; executing a kernel tree needs clang, lld "
                 "and llvm of that version");
}

/// What every tree around the mini-kernel has, and no other.
const char *const MiniKernelUnit = "*minikernel/dma*/mapping.c";

/// For the mini-kernel: its calls keep their lines, and the C library of the
/// program has functions of the same names as its own.
const char *const MiniFlags[] = {"-O0",
                                 "-fno-pie",
                                 "-fno-builtin",
                                 "-fno-strict-aliasing",
                                 "-D__KERNEL__",
                                 "-fno-delete-null-pointer-checks",
                                 "-Dmemcpy=kernel_memcpy",
                                 "-Dmemset=kernel_memset",
                                 "-Dmemcmp=kernel_memcmp"};

/// One build, in a scratch folder.
class Builder {
public:
  Builder(const TreeRequest &Request, const CompileCommands &Commands,
          bool Mini, std::string Clang, std::string Scratch)
      : Request(Request), Commands(Commands), Mini(Mini),
        Clang(std::move(Clang)), Scratch(std::move(Scratch)) {}

  /// Lays the request's changes over the tree for all that is compiled next.
  Error overlay();
  Error compile(const std::vector<std::pair<std::string, std::string>> &Units);
  Expected<std::string> link();
  const std::vector<std::string> &objects() const { return Objects; }

private:
  Command compiler(const std::string &Unit, const std::string &Source,
                   const std::string &Object) const;
  void findFeatures(const std::string &Like);
  void addGlueFlags(std::vector<std::string> &Words) const;
  Expected<std::string> linkMini();
  Error run(const std::string &Tool, std::vector<std::string> Words);
  std::string glue(const Twine &Name) const {
    return join(Request.Parts, Name);
  }

  const TreeRequest &Request;
  const CompileCommands &Commands;
  bool Mini;
  std::string Clang;
  std::string Scratch;
  std::vector<std::string> Objects;
  std::vector<std::string> Features;
  std::string Overlay; ///< Of the changes; empty if there are none.
};

Error Builder::overlay() {
  if (Request.Changes.empty())
    return Error::success();
  Expected<std::string> File =
      writeOverlay(Request.Changes, Request.Kernel, Scratch);
  if (!File)
    return File.takeError();
  Overlay = *File;
  return Error::success();
}

Command Builder::compiler(const std::string &Unit, const std::string &Source,
                          const std::string &Object) const {
  Command Result{Commands.command(Unit, Source, Object,
                                  glue("tree/configuration.h"), Clang),
                 Request.Kernel, Object + ".log"};
  if (Mini)
    Result.Words.insert(Result.Words.end(), std::begin(MiniFlags),
                        std::end(MiniFlags));
  if (Request.With.DmaOps)
    Result.Words.insert(Result.Words.begin() + 1, "-DCOCODMA_DMA_OPS");
  if (!Overlay.empty())
    Result.Words.insert(Result.Words.begin() + 1, {"-ivfsoverlay", Overlay});
  return Result;
}

/// Trees differ; what the glue must know is asked of the compiler.
void Builder::findFeatures(const std::string &Like) {
  std::vector<std::string> Files = filesIn(glue("tree/features"), ".c");
  std::vector<Command> Probes;
  Probes.reserve(Files.size());
  for (const std::string &File : Files)
    Probes.push_back(compiler(
        Like, File, join(Scratch, sys::path::stem(File) + ".probe.o")));
  std::vector<int> Results = runAll(Probes, Request.Jobs);
  for (std::size_t I = 0; I < Files.size(); ++I)
    if (!Results[I])
      Features.push_back("-DCOCODMA_HAS_" + sys::path::stem(Files[I]).upper());
}

void Builder::addGlueFlags(std::vector<std::string> &Words) const {
  Words.insert(Words.end(), Features.begin(), Features.end());
  for (const char *Name : {"", Mini ? "mini" : "tree", "glue"})
    Words.push_back("-I" + glue(Name));
  if (Mini)
    return;
  Words.push_back("-I" + join(Request.Kernel, "kernel/dma"));
  if (Request.With.Drivers || Request.With.Channels)
    Words.push_back("-I" + Request.Kernel);
  if (Request.With.Drivers)
    Words.push_back("-DCOCODMA_DRIVERS");
  if (Request.With.Channels)
    Words.push_back("-DCOCODMA_CHANNELS");
}

Error Builder::compile(
    const std::vector<std::pair<std::string, std::string>> &Units) {
  const std::string &Like = Units.front().second;
  if (!Mini)
    findFeatures(Like);
  std::vector<Command> All;
  std::vector<std::string> Names;
  auto Add = [&](const std::string &Unit, const std::string &Source) {
    Objects.push_back(join(Scratch, Twine(Objects.size()) + ".o"));
    All.push_back(compiler(Unit, Source, Objects.back()));
    Names.push_back(Source);
  };
  for (const auto &[Source, Unit] : Units)
    Add(Unit, Source);
  std::vector<const char *> Folders = {Mini ? "mini" : "tree", "glue"};
  const char *const Drivers = "tree/drivers";
  if (Request.With.Drivers)
    Folders.push_back(Drivers);
  if (Request.With.Channels)
    Folders.push_back("tree/channels");
  for (const char *Folder : Folders)
    for (const std::string &File : filesIn(glue(Folder), ".c")) {
      // What includes a driver is compiled as that driver is.
      std::string Own = Folder == Drivers
                            ? Commands.unitNamed(sys::path::filename(File))
                            : "";
      Add(Own.empty() ? Like : Own, File);
      addGlueFlags(All.back().Words);
    }
  std::vector<int> Results = runAll(All, Request.Jobs);
  for (std::size_t I = 0; I < All.size(); ++I)
    if (Results[I])
      return failure(Request.Kernel + ": " + Names[I] +
                     " does not compile for the runtime model:\n" +
                     firstMessages(All[I].Messages));
  return Error::success();
}

Error Builder::run(const std::string &Tool, std::vector<std::string> Words) {
  Expected<std::string> Path = findTool(Tool);
  if (!Path)
    return Path.takeError();
  Words.insert(Words.begin(), *Path);
  return runOne({std::move(Words), Scratch, join(Scratch, "tool.log")});
}

Expected<std::string> Builder::linkMini() {
  std::string Program = join(Scratch, "program");
  std::vector<std::string> Words = {"-static", "-fuse-ld=lld"};
  Words.insert(Words.end(), Objects.begin(), Objects.end());
  for (const char *Part : {"main.o", "libruntime.a", "libseccomp.a"})
    Words.push_back(glue(Part));
  Words.insert(Words.end(), {"-o", Program});
  if (Error E = run("clang++", Words))
    return E;
  return Program;
}

/// The kernel becomes one object whose names are its own business: the C
/// library of the program has functions of the same names.
Expected<std::string> Builder::link() {
  if (Mini)
    return linkMini();
  std::string Kernel = join(Scratch, "kernel.o");
  std::vector<std::string> Words = {"-r", "-o", Kernel};
  // Where the tree's rings are there as well, the packets of its drivers still
  // go to the glue's: it is named first, and wins.
  if (Request.With.Drivers && Request.With.Channels)
    Words.push_back("--allow-multiple-definition");
  Words.insert(Words.end(), Objects.rbegin(), Objects.rend());
  if (Error E = run("ld.lld", Words))
    return E;
  Expected<std::string> Missing = missingSymbols(Kernel);
  if (!Missing)
    return Missing.takeError();
  std::string Source = join(Scratch, "missing.s");
  std::error_code Problem;
  raw_fd_ostream Out(Source, Problem);
  Out << *Missing;
  Out.close();
  if (Problem || Out.has_error())
    return failure(Source + ": it cannot be written");
  std::string Program = join(Scratch, "program");
  if (Error E = run("clang", {"-c", Source, "-o", "missing.o"}))
    return E;
  if (Error E = run("ld.lld", {"-r", "-o", "whole.o", Kernel, "missing.o"}))
    return E;
  if (Error E =
          run("llvm-objcopy", {"--wildcard", "--keep-global-symbol=kernel_*",
                               "--remove-section=.discard*",
                               "--remove-section=.rela.discard*", "whole.o"}))
    return E;
  if (Error E = run("clang++", {"-static", "-fuse-ld=lld", "whole.o",
                                glue("main.o"), glue("libruntime.a"),
                                glue("libseccomp.a"), "-o", Program}))
    return E;
  return Program;
}

} // namespace

Expected<bool> isMiniKernel(const std::string &Build,
                            const std::string &Kernel) {
  Expected<CompileCommands> Commands = CompileCommands::read(Build, Kernel);
  if (!Commands)
    return Commands.takeError();
  return Commands->has(MiniKernelUnit);
}

Expected<std::vector<std::string>> dmaLayerUnits(const std::string &Build,
                                                 const std::string &Kernel,
                                                 const std::string &Parts) {
  Expected<CompileCommands> Commands = CompileCommands::read(Build, Kernel);
  if (!Commands)
    return Commands.takeError();
  if (Commands->has(MiniKernelUnit))
    return failure(Kernel + ": this is a tree around the mini-kernel, but a "
                            "kernel tree is needed");
  auto Selection = MemoryBuffer::getFile(join(Parts, "tree/units.txt"));
  if (!Selection)
    return partsMissing(Parts);
  auto Units = Commands->select((*Selection)->getBuffer());
  if (!Units)
    return Units.takeError();
  std::vector<std::string> Result;
  for (const auto &[Source, Command] : *Units)
    if (Source == Command)
      Result.push_back(join(Kernel, Source));
  return Result;
}

std::string treeName(StringRef Kernel) {
  auto Release =
      MemoryBuffer::getFile(join(Kernel, "include/config/kernel.release"));
  if (Release && !(*Release)->getBuffer().trim().empty())
    return (*Release)->getBuffer().trim().str();
  return sys::path::filename(Kernel).str();
}

Expected<std::string> makeTreeProgram(const TreeRequest &Wanted) {
  TreeRequest Request = Wanted;
  Expected<CompileCommands> Commands =
      CompileCommands::read(Request.Build, Request.Kernel);
  if (!Commands)
    return Commands.takeError();
  bool Mini = Commands->has(MiniKernelUnit);
  if (Mini) // Its drivers are in it anyhow, and its bus.
    Request.With.Drivers = Request.With.Channels = false;
  const char *Glue = Mini ? "mini" : "tree";
  auto Selection =
      MemoryBuffer::getFile(join(Request.Parts, Twine(Glue) + "/units.txt"));
  if (!Selection)
    return partsMissing(Request.Parts);
  std::string Lines = (*Selection)->getBuffer().str();
  for (auto [Wanted, Name] : {std::pair(Request.With.Drivers, "drivers"),
                              std::pair(Request.With.Channels, "channels")})
    if (Wanted)
      if (auto More = MemoryBuffer::getFile(
              join(Request.Parts, Twine("tree/") + Name + "/units.txt")))
        Lines += (*More)->getBuffer();
  auto Units = Commands->select(Lines);
  if (!Units)
    return Units.takeError();
  if (Error E = changeUnits(Request.Changes, *Units))
    return E;
  Expected<std::string> Clang = findTool("clang");
  if (!Clang)
    return Clang.takeError();
  ProgramCache Cache(Request.CacheFolder, Request.Kernel);
  Cache.addText(Request.With.DmaOps ? "operations" : "plain");
  Cache.addText(Request.With.Drivers ? "drivers" : "layer");
  Cache.addText(Request.With.Channels ? "channels" : "");
  for (const auto &[Source, Unit] : *Units)
    for (const std::string &Word :
         Commands->command(Unit, Source, "", "", *Clang))
      Cache.addText(Word);
  for (const char *Folder :
       {"", Glue, "tree/features", "tree/drivers", "tree/channels", "glue"})
    for (const std::string &File : filesIn(join(Request.Parts, Folder), ""))
      if (!sys::fs::is_directory(File))
        Cache.addFile(File);
  for (const auto &[File, Text] : Request.Changes) {
    Cache.addText(File);
    Cache.addText(Text ? "+" + *Text : "-");
  }
  if (std::string Found = Cache.find(); !Found.empty())
    return Found;
  Expected<std::string> Scratch = Cache.makeScratch();
  if (!Scratch)
    return Scratch.takeError();
  auto CleanUp =
      llvm::scope_exit([&] { (void)sys::fs::remove_directories(*Scratch); });
  Builder Build(Request, *Commands, Mini, *Clang, *Scratch);
  if (Error E = Build.overlay())
    return E;
  if (Error E = Build.compile(*Units))
    return E;
  Expected<std::string> Program = Build.link();
  if (!Program)
    return Program.takeError();
  Expected<std::string> Kept = Cache.keep(*Program, Build.objects());
  if (Expected<CachePruningPolicy> Policy = readCachePolicy(""))
    pruneCacheFolder(Request.CacheFolder, *Policy);
  else
    consumeError(Policy.takeError());
  return Kept;
}

} // namespace cocodma
