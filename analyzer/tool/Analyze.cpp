// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/Analyze.h"

#include "design/Rules.h"
#include "frontend/UnitLoader.h"
#include "gate/Suppression.h"
#include "judge/Trace.h"
#include "report/CheckTable.h"
#include "spec/SpecReader.h"
#include "tool/KernelTree.h"
#include "tool/PatchedTree.h"
#include "tree/Judging.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace cocodma {
namespace {

std::string realPath(llvm::StringRef Path) {
  llvm::SmallString<256> Real;
  if (llvm::sys::fs::real_path(Path, Real))
    return Path.str();
  return Real.str().str();
}

llvm::Expected<std::vector<const Profile *>>
chooseProfiles(const Spec &S, const std::vector<std::string> &Names) {
  std::vector<const Profile *> Result;
  std::string All;
  for (const Profile &P : S.Profiles) {
    All += (All.empty() ? "" : ", ") + P.Name;
    if (Names.empty())
      Result.push_back(&P);
  }
  for (const std::string &Name : Names) {
    const Profile *P = S.profile(Name);
    if (!P)
      return llvm::createStringError("unknown profile '%s'; the spec has: %s",
                                     Name.c_str(), All.c_str());
    Result.push_back(P);
  }
  return Result;
}

/// An error if one of \p Names is no check of `analyze`.
llvm::Error checkNames(const std::vector<std::string> &Names) {
  for (const std::string &Name : Names) {
    const CheckEntry *Known = findCheck(Name);
    if (!Known)
      return llvm::createStringError(
          "unknown check '%s'; 'cocodma explain' lists them", Name.c_str());
    if (Known->InAnalyze == Availability::No)
      return llvm::createStringError("%s is a check of the plugin only",
                                     Name.c_str());
  }
  return llvm::Error::success();
}

/// True if \p File is \p Folder or lies below it.
bool isInside(llvm::StringRef File, llvm::StringRef Folder) {
  return File.consume_front(Folder) && (File.empty() || File.starts_with("/"));
}

/// Makes PATH arguments relative to the kernel's root and checks that each
/// selects a unit.
llvm::Expected<std::vector<std::string>>
choosePaths(const AnalyzeOptions &Options, const std::string &Root,
            const CompileDatabase &Database) {
  std::vector<std::string> Result;
  for (const std::string &Given : Options.Paths) {
    llvm::SmallString<256> Path(Given);
    llvm::sys::path::remove_dots(Path, true);
    llvm::StringRef Relative = Path;
    std::string Real = realPath(Given);
    if (llvm::StringRef(Real).starts_with(Root + "/"))
      Relative = llvm::StringRef(Real).drop_front(Root.size() + 1);
    Relative = Relative.rtrim('/');
    bool Found = Real == Root;
    for (const CompileJob &Job : Database.Jobs)
      Found |= isInside(Job.File, (Root + "/" + Relative).str());
    if (!Found)
      return llvm::createStringError(
          "%s: no unit of the compile database is there; PATHs are relative "
          "to the kernel tree (%s)",
          Given.c_str(), Root.c_str());
    if (Real == Root)
      return std::vector<std::string>();
    Result.push_back(Relative.str());
  }
  return Result;
}

/// Loads the units, and says in the report what became of them.
class Analysis {
public:
  Analysis(const AnalyzeOptions &Options, const Spec &Vocabulary,
           std::string Root, Report &Into)
      : Options(Options), Vocabulary(Vocabulary), Root(std::move(Root)),
        Into(Into) {}

  LoadedUnits load(const CompileDatabase &Database,
                   llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files) {
    LoaderOptions Loader;
    Loader.Files = std::move(Files);
    if (!Options.Changes.empty())
      Loader.OverlayKey = overlayKey(Options.Changes);
    for (const auto &[Name, Text] : Options.Changes)
      if (Text && !llvm::sys::fs::exists(Root + "/" + Name))
        Loader.AddedNames.insert(llvm::sys::path::filename(Name).str());
    Loader.CacheFolder = Options.CacheFolder;
    Loader.Jobs = Options.Jobs;
    Loader.ShareHeaders = Options.ShareHeaders;
    Loader.Limits.CpuSeconds = Options.UnitSeconds;
    // A machine may be busy.
    Loader.Limits.WallSeconds = std::max(60u, 5 * Options.UnitSeconds);
    Loader.Vocabulary = vocabularyOf(Vocabulary);
    Loader.Observers = designObservers(Vocabulary);
    Loader.ObserverKey = designKey(Vocabulary);
    if (Options.Progress)
      Loader.Progress = [](size_t Done, size_t Of, llvm::StringRef File) {
        llvm::errs() << "\r\033[K[" << Done << "/" << Of << "] "
                     << llvm::sys::path::filename(File);
        if (Done == Of)
          llvm::errs() << "\r\033[K";
      };
    return loadUnits(Database.Jobs, Loader);
  }

  /// What was not analyzed, and how much was.
  void count(const LoadedUnits &Loaded, const CompileDatabase &Database) {
    for (const FailedUnit &Failed : Loaded.Failed) {
      cocodma::Skipped New;
      New.Kind = "unit";
      New.What = pathBelow(Root, Failed.File);
      New.Reason = withoutRoot(Failed.Reason);
      New.Effect = "nothing in this file was analyzed";
      Into.Skipped.push_back(std::move(New));
    }
    Into.Summary.UnitsAnalyzed = Loaded.Units.size();
    Into.Summary.UnitsFailed = Loaded.Failed.size();
    Into.Summary.UnitsNotApplicable = Database.Others.size();
    Into.Summary.Complete = Loaded.Failed.empty();
  }

private:
  /// Messages name files as reports do.
  std::string withoutRoot(std::string Text) const {
    for (size_t At = 0; (At = Text.find(Root + "/", At)) != std::string::npos;)
      Text.erase(At, Root.size() + 1);
    return Text;
  }

  const AnalyzeOptions &Options;
  const Spec &Vocabulary;
  std::string Root;
  Report &Into;
};

/// The ways in which the units name the root of the tree: as it is, and as the
/// database spells it, which may be by way of a symbolic link.
std::vector<std::string> rootsOf(const std::string &Root,
                                 const CompileDatabase &Database) {
  std::vector<std::string> Result = {Root};
  for (const CompileJob &Job : Database.Jobs)
    for (llvm::StringRef Folder = Job.Directory; !Folder.empty();
         Folder = llvm::sys::path::parent_path(Folder))
      if (!llvm::is_contained(Result, Folder) && realPath(Folder) == Root)
        Result.push_back(Folder.str());
  return Result;
}

/// The program, the options that a report depends on, and what stands in its
/// head.
std::string howOf(const AnalyzeOptions &Options, const std::string &Root,
                  const Report &Head) {
  std::string How = programStamp() + "\n" + Root + "\n" + Head.Kernel.Release +
                    " " + Head.Kernel.Architecture;
  for (const std::string &File : Options.Specs) {
    auto Buffer = llvm::MemoryBuffer::getFile(File);
    How += "\nspec " + (Buffer ? (*Buffer)->getBuffer().str() : File);
  }
  for (const std::string &Profile : Head.Profiles)
    How += "\nprofile " + Profile;
  for (const std::string &Check : Options.Checks)
    How += "\ncheck " + Check;
  for (const std::string &Path : Head.Configuration.Paths)
    How += "\npath " + Path;
  for (const auto &[Name, Value] : Head.Configuration.Options)
    How.append("\n").append(Name).append("=").append(Value);
  return How;
}

/// The folder that has the compile database.
std::string buildFolder(const AnalyzeOptions &Options) {
  if (llvm::sys::fs::is_directory(Options.Build))
    return Options.Build;
  llvm::StringRef Folder = llvm::sys::path::parent_path(Options.Build);
  return Folder.empty() ? "." : Folder.str();
}

} // namespace

std::string kernelRoot(const AnalyzeOptions &Options) {
  if (!Options.Kernel.empty())
    return Options.Kernel;
  std::string Folder = buildFolder(Options);
  // A folder of make's O= has a link to the tree.
  std::string Source = Folder + "/source";
  return !llvm::sys::fs::exists(Folder + "/Kconfig") &&
                 llvm::sys::fs::exists(Source + "/Kconfig")
             ? Source
             : Folder;
}

llvm::Expected<Report> analyze(const AnalyzeOptions &Options,
                               AnalyzeDetails *Details) {
  llvm::Expected<Spec> Vocabulary = loadSpec(Options.Specs);
  if (!Vocabulary)
    return Vocabulary.takeError();
  auto Profiles = chooseProfiles(*Vocabulary, Options.Profiles);
  if (!Profiles)
    return Profiles.takeError();
  if (llvm::Error Unknown = checkNames(Options.Checks))
    return std::move(Unknown);
  llvm::Expected<CompileDatabase> Database = readCompileDatabase(Options.Build);
  if (!Database)
    return Database.takeError();
  std::string Root = kernelRoot(Options);
  if (!llvm::sys::fs::is_directory(Root))
    return llvm::createStringError(
        "%s: not a folder; name the kernel's source tree with --kernel",
        Root.c_str());
  Root = realPath(Root);
  auto Paths = choosePaths(Options, Root, *Database);
  if (!Paths)
    return Paths.takeError();
  Report Result;
  Result.Tool.Version = COCODMA_VERSION;
  Result.Tool.Llvm = LLVM_VERSION_STRING;
  Result.Kernel.Release = kernelRelease(Root);
  Result.Configuration.Paths = *Paths;
  for (const Profile *P : *Profiles)
    Result.Profiles.push_back(P->Name);
  for (const Assumption &A : Vocabulary->Assumptions)
    Result.Assumptions.push_back({A.Id, A.Text, A.Default});
  readConfiguration(buildFolder(Options), Root, *Vocabulary,
                    Result.Configuration);
  Result.Kernel.Architecture = kernelArchitecture(*Database);
  Analysis Run(Options, *Vocabulary, Root, Result);
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files =
      llvm::vfs::getRealFileSystem();
  if (!Options.Changes.empty()) {
    patchDatabase(Options.Changes, Options.RenamedFrom, Root, *Database,
                  Result);
    Files = makeOverlay(Options.Changes, rootsOf(Root, *Database), Files);
  }
  LoadedUnits Loaded = Run.load(*Database, Files);
  if (Details) {
    Details->Files = Files;
    Details->AffectedUnits =
        affectedUnits(Loaded, *Database, Details->Touched, Root, Details->Used);
    Details->AnyFailed = !Loaded.Failed.empty();
  }
  for (const std::string &Problem : Loaded.CacheProblems)
    llvm::errs() << "cocodma: note: " << Problem << "\n";
  std::string How = howOf(Options, Root, Result), Key;
  if (Options.ReuseReports && !Options.CacheFolder.empty()) {
    std::string WithSkipped = How;
    for (const Skipped &S : Result.Skipped)
      WithSkipped += "\n" + S.What + " " + S.Reason;
    Key = reportKey(Loaded, *Database, WithSkipped);
    if (std::optional<Report> Cached = cachedReport(Options.CacheFolder, Key))
      return std::move(*Cached);
  }
  Run.count(Loaded, *Database);
  if (Details && Details->KeepUnits)
    Details->Units = Loaded.Units;
  judgeUnits(std::move(Loaded.Units),
             {*Vocabulary, Root, *Profiles, *Paths, Options.Checks,
              Options.CacheFolder, How},
             Result);
  SourceText Sources(Root, Files);
  applySuppressions(Result, Sources);
  sortReport(Result);
  if (!Key.empty())
    cacheReport(Options.CacheFolder, Key, Result);
  return Result;
}

} // namespace cocodma
