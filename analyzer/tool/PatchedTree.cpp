// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/PatchedTree.h"

#include "gate/Kbuild.h"
#include "report/AtomicFile.h"
#include "report/JsonReader.h"
#include "report/JsonWriter.h"
#include "support/CacheFolder.h"
#include "support/Hash.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;
namespace path = llvm::sys::path;

namespace cocodma {
namespace {

std::string absolute(StringRef Name, StringRef Folder) {
  llvm::SmallString<256> Path(Name);
  if (!path::is_absolute(Path)) {
    Path = Folder;
    path::append(Path, Name);
  }
  path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

/// Relative to \p Root, whether the path goes by its real name or not.
std::string relativeTo(StringRef Path, StringRef Root) {
  std::string Clean = absolute(Path, Root);
  if (StringRef(Clean).starts_with((Root + "/").str()))
    return Clean.substr(Root.size() + 1);
  llvm::SmallString<256> Real;
  if (!llvm::sys::fs::real_path(Clean, Real) &&
      Real.starts_with((Root + "/").str()))
    return Real.substr(Root.size() + 1).str();
  return Clean;
}

/// The job of a unit that \p Like is for, for another source.
CompileJob jobFor(StringRef File, const CompileJob &Like) {
  CompileJob Result = Like;
  Result.File = File.str();
  for (std::string &Flag : Result.Arguments)
    if (!StringRef(Flag).starts_with("-") &&
        absolute(Flag, Like.Directory) == Like.File)
      Flag = Result.File;
  return Result;
}

/// Makes \p Job one of another module.
void setModule(CompileJob &Job, const std::string &Module, StringRef Folder) {
  Job.Module = Module;
  const std::pair<StringRef, std::string> Values[] = {
      {"-DKBUILD_MODNAME=", '"' + Module + '"'},
      {"-D__KBUILD_MODNAME=", Module},
      {"-DKBUILD_MODFILE=", ("\"" + Folder + "/" + Module + "\"").str()},
      {"-DKBUILD_BASENAME=", '"' + path::stem(Job.File).str() + '"'}};
  for (std::string &Flag : Job.Arguments)
    for (const auto &[Start, Value] : Values)
      if (StringRef(Flag).starts_with(Start))
        Flag = Start.str() + Value;
}

/// The module that the patched tree's Makefiles give to a source: those of its
/// folder, then of the one above.
std::optional<std::string> moduleBy(const Overlay &Changes, StringRef Root,
                                    StringRef Name) {
  std::string Object = (path::stem(Name) + ".o").str();
  StringRef Folder = path::parent_path(Name);
  for (unsigned Level = 0; Level < 2; ++Level) {
    for (StringRef File : {"Kbuild", "Makefile"}) {
      std::string Path =
          Folder.empty() ? File.str() : (Folder + "/" + File).str();
      std::string Text;
      if (auto Change = Changes.find(Path); Change != Changes.end())
        Text = Change->second.value_or("");
      else if (auto Buffer = llvm::MemoryBuffer::getFile(Root + "/" + Path))
        Text = (*Buffer)->getBuffer().str();
      if (auto Module = moduleOfObject(Text, Object))
        return Module;
    }
    if (Folder.empty())
      break;
    Object = (path::filename(Folder) + "/" + Object).str();
    Folder = path::parent_path(Folder);
  }
  return std::nullopt;
}

} // namespace

std::string overlayKey(const Overlay &Changes) {
  std::string All;
  for (const auto &[Name, Text] : Changes)
    All += Name + '\0' + (Text ? hashOf(*Text) : "gone") + '\0';
  return hashOf(All);
}

void patchDatabase(const Overlay &Changes,
                   const std::map<std::string, std::string> &RenamedFrom,
                   StringRef Root, CompileDatabase &Database, Report &Into) {
  std::map<std::string, const CompileJob *> ByName;
  for (const CompileJob &Job : Database.Jobs)
    ByName[relativeTo(Job.File, Root)] = &Job;
  std::vector<CompileJob> Jobs;
  for (const auto &[Name, Job] : ByName) {
    auto Change = Changes.find(Name);
    if (Change == Changes.end() || Change->second)
      Jobs.push_back(*Job);
  }
  for (const auto &[Name, Text] : Changes) {
    if (!Text || ByName.count(Name) || path::extension(Name) != ".c" ||
        llvm::sys::fs::exists(Root + "/" + Name))
      continue;
    const CompileJob *Like = nullptr;
    auto Renamed = RenamedFrom.find(Name);
    if (Renamed != RenamedFrom.end() && ByName.count(Renamed->second))
      Like = ByName[Renamed->second];
    std::optional<std::string> Module = moduleBy(Changes, Root, Name);
    // Best one of its own module.
    for (bool Any : {false, true})
      for (const auto &[Other, Job] : ByName)
        if (!Like && path::parent_path(Other) == path::parent_path(Name) &&
            (Any || (Module && Job->Module == *Module)))
          Like = Job;
    cocodma::Skipped Guess;
    Guess.Kind = "new-unit";
    Guess.What = Name;
    if (Like) {
      Jobs.push_back(jobFor((Root + "/" + Name).str(), *Like));
      Guess.Reason =
          "it has no entry in the compile database: it was analyzed with the "
          "flags and the module of " +
          relativeTo(Like->File, Root);
      Guess.Effect = "if the build gives it others, the verdicts may differ";
      if (Module) {
        setModule(Jobs.back(), *Module, path::parent_path(Name));
        Guess.Reason =
            "it has no entry in the compile database: it was analyzed with "
            "the flags of " +
            relativeTo(Like->File, Root) + ", as a part of " + *Module +
            ", which a Makefile says";
      }
    } else {
      Guess.Reason =
          "it has no entry in the compile database, nor has any unit "
          "of its folder";
      Guess.Effect = "nothing in this file was analyzed";
    }
    Into.Skipped.push_back(std::move(Guess));
  }
  llvm::sort(Jobs, [](const CompileJob &A, const CompileJob &B) {
    return A.File < B.File;
  });
  Database.Jobs = std::move(Jobs);
}

std::vector<std::string> affectedUnits(const LoadedUnits &Loaded,
                                       const CompileDatabase &Database,
                                       const std::set<std::string> &Files,
                                       StringRef Root,
                                       std::set<std::string> &Used) {
  std::map<std::string, std::string> Folders;
  for (const CompileJob &Job : Database.Jobs)
    Folders[Job.File] = Job.Directory;
  std::vector<std::string> Result;
  auto Meets = [&](const std::string &Name) {
    if (Files.count(Name))
      Used.insert(Name);
    return Files.count(Name) != 0;
  };
  for (const UnitSummary &Unit : Loaded.Units) {
    const std::string &Folder = Folders[Unit.Source];
    bool Hit = Meets(relativeTo(Unit.Source, Root));
    // Most dependencies are below the root by their spelling: no look at the
    // disk is needed for them.
    for (const Dependency &File : Unit.Dependencies) {
      std::string Path = absolute(File.Path, Folder);
      Hit |= Meets(StringRef(Path).starts_with((Root + "/").str())
                       ? Path.substr(Root.size() + 1)
                       : Path);
    }
    if (Hit)
      Result.push_back(relativeTo(Unit.Source, Root));
  }
  for (const FailedUnit &Failed : Loaded.Failed) {
    Result.push_back(relativeTo(Failed.File, Root));
    Meets(Result.back());
  }
  llvm::sort(Result);
  return Result;
}

std::string programStamp() {
  llvm::sys::fs::file_status Program;
  if (llvm::sys::fs::status(
          llvm::sys::fs::getMainExecutable(
              nullptr, reinterpret_cast<void *>(&programStamp)),
          Program))
    return COCODMA_VERSION;
  return std::to_string(Program.getSize()) + " " +
         std::to_string(
             Program.getLastModificationTime().time_since_epoch().count());
}

std::string reportKey(const LoadedUnits &Loaded,
                      const CompileDatabase &Database, StringRef How) {
  std::string All = How.str() + "\n";
  for (const UnitSummary &Unit : Loaded.Units) {
    All += "\n" + Unit.Source + " " + Unit.Module;
    for (const Dependency &File : Unit.Dependencies)
      All += "\n" + File.Path + " " + std::to_string(File.Hash);
  }
  for (const CompileJob &Job : Database.Jobs)
    All += "\n" + Job.File + " " + Job.Directory + " " +
           hashOf(llvm::join(Job.Arguments, "\n"));
  All += "\n" + std::to_string(Database.Others.size());
  for (const FailedUnit &Failed : Loaded.Failed)
    All += "\nfailed " + Failed.File + " " + Failed.Reason;
  return hashOf(All);
}

static std::string reportPath(StringRef CacheFolder, StringRef Key) {
  llvm::SmallString<256> Path(CacheFolder);
  path::append(Path, Key + ".report.json");
  return Path.str().str();
}

std::optional<Report> cachedReport(StringRef CacheFolder, StringRef Key) {
  std::string Path = reportPath(CacheFolder, Key);
  if (!llvm::sys::fs::exists(Path))
    return std::nullopt;
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (!Buffer)
    return std::nullopt;
  // The first line is the hash of the key and the rest: what was changed, or is
  // about something else, is made again, and replaced.
  auto [Hash, Text] = (*Buffer)->getBuffer().split('\n');
  if (Hash != hashOf((Key + Text).str())) {
    llvm::errs() << "cocodma: note: " << Path
                 << ": a damaged report; it is made again\n";
    return std::nullopt;
  }
  llvm::Expected<Report> Read = readReport(Text, Path);
  if (Read) {
    markUsed(Path);
    return std::move(*Read);
  }
  llvm::consumeError(Read.takeError());
  return std::nullopt;
}

void cacheReport(StringRef CacheFolder, StringRef Key, const Report &R) {
  std::string Text;
  llvm::raw_string_ostream Whole(Text);
  writeJson(R, Whole);
  llvm::consumeError(writeFileAtomically(
      reportPath(CacheFolder, Key), [&](llvm::raw_ostream &Out) {
        Out << hashOf((Key + llvm::StringRef(Text)).str()) << '\n' << Text;
      }));
}

} // namespace cocodma
