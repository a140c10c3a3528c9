// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitLoader.h"

#include "frontend/FileHashes.h"
#include "frontend/SharedHeaders.h"
#include "summary/Serialization.h"
#include "support/CacheFolder.h"
#include "support/FreeMemory.h"
#include "support/Hash.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"

#include <atomic>
#include <mutex>
#include <optional>

namespace cocodma {
namespace {

constexpr const char *CrashMessage = "the parser crashed on it";

/// Some parser ended where it was, and left what it had.
std::atomic<bool> Crashed = false;

/// Loads one unit after the other; shared by the threads.
class Loader {
public:
  explicit Loader(const LoaderOptions &Options)
      : Options(Options),
        Files(Options.Files ? Options.Files : llvm::vfs::getRealFileSystem()),
        Hashes(*Files), Headers(Options.ShareHeaders ? Options.CacheFolder : "",
                                Files, Hashes, Options.AddedNames) {
    if (!Options.CacheFolder.empty() &&
        llvm::sys::fs::create_directories(Options.CacheFolder))
      problem(Options.CacheFolder + ": cannot be made; going on without cache");
  }

  /// Nothing if the cache has it not.
  std::optional<UnitSummary> cached(const CompileJob &Job) {
    std::string Entry = entryOf(Job, "");
    std::optional<UnitSummary> Cached = fromCache(Entry, Job);
    if (!Cached && !Options.OverlayKey.empty()) {
      Entry = entryOf(Job, Options.OverlayKey);
      Cached = fromCache(Entry, Job, /*IsOverlay=*/true);
    }
    if (Cached) {
      markUsed(Entry);
      ++FromCache;
    }
    return Cached;
  }

  llvm::Expected<UnitSummary> parse(const CompileJob &Job,
                                    const PrecompiledHeaders *Shared) {
    llvm::Expected<UnitSummary> Parsed = parseFast(Job, Shared);
    if (Parsed)
      keep(Job, *Parsed);
    return Parsed;
  }

  /// Parses a unit that comes from a stranger, for another process: one letter,
  /// and the unit or the message of an error.
  std::string parseToText(const CompileJob &Job,
                          const PrecompiledHeaders *Shared) {
    llvm::Expected<UnitSummary> Parsed = parseFast(Job, Shared);
    if (Parsed)
      return "u" + serialize(*Parsed);
    return "e" + llvm::toString(Parsed.takeError());
  }

  llvm::Expected<UnitSummary> fromText(const CompileJob &Job,
                                       const WorkResult &Result) {
    if (!Result.Problem.empty())
      return llvm::createStringError(Result.Problem);
    llvm::StringRef Text = Result.Output;
    if (Text == (llvm::Twine("e") + CrashMessage).str())
      return llvm::createStringError(
          Text.drop_front() + ", or needed more than " +
          llvm::Twine(Options.Limits.Memory >> 20) + " MiB");
    if (Text.consume_front("e"))
      return llvm::createStringError(Text);
    if (!Text.consume_front("u"))
      return llvm::createStringError(CrashMessage);
    llvm::Expected<UnitSummary> Unit = deserialize(Text);
    if (Unit)
      keep(Job, *Unit);
    return Unit;
  }

  /// Which of \p Wanted use which compiled headers.
  std::vector<HeaderUsers> plan(const std::vector<CompileJob> &Jobs,
                                const std::vector<size_t> &Wanted,
                                bool MayMake) {
    return Headers.plan(Jobs, Wanted, MayMake);
  }

  std::shared_ptr<const PrecompiledHeaders>
  make(const HeaderUsers &Users,
       std::shared_ptr<const PrecompiledHeaders> Base) {
    return Users.Roots.empty() ? Users.Known
                               : Headers.make(Users, std::move(Base));
  }

  void problem(std::string Text) {
    std::lock_guard<std::mutex> Lock(Mutex);
    Problems.push_back(std::move(Text));
  }

  std::atomic<size_t> FromCache = 0;
  std::vector<std::string> Problems;

private:
  std::string entryOf(const CompileJob &Job, llvm::StringRef OverlayKey) const {
    if (Options.CacheFolder.empty())
      return "";
    std::string Key = COCODMA_VERSION "\n" + Job.File + "\n" + Job.Directory;
    for (const std::string &Flag : Job.Arguments)
      Key += "\n" + Flag;
    for (const std::string &Name : Options.Vocabulary.Constants)
      Key += "\n" + Name;
    for (const std::string &Name : Options.Vocabulary.Fields)
      Key += "\n" + Name;
    for (const std::string &Name :
         {Options.Vocabulary.CallTrampoline, Options.Vocabulary.CallKey,
          Options.Vocabulary.CallTarget})
      Key += "\n" + Name;
    Key += "\nobserver " + Options.ObserverKey;
    if (!Options.ShareHeaders)
      Key += "\nheaders as they stand";
    if (!OverlayKey.empty())
      Key += "\noverlay " + OverlayKey.str();
    llvm::SmallString<256> Path(Options.CacheFolder);
    llvm::sys::path::append(Path, hashOf(Key) + ".unit");
    return Path.str().str();
  }

  std::optional<UnitSummary> fromCache(const std::string &Entry,
                                       const CompileJob &Job,
                                       bool IsOverlay = false) {
    if (Entry.empty())
      return std::nullopt;
    auto Buffer = llvm::MemoryBuffer::getFile(Entry);
    if (!Buffer)
      return std::nullopt;
    llvm::Expected<UnitSummary> Unit = deserialize((*Buffer)->getBuffer());
    if (!Unit) {
      problem(Entry + ": " + llvm::toString(Unit.takeError()) +
              "; parsed again");
      return std::nullopt;
    }
    if (Unit->Source != Job.File)
      return std::nullopt;
    for (const Dependency &File : Unit->Dependencies) {
      if (!IsOverlay &&
          Options.AddedNames.count(llvm::sys::path::filename(File.Path).str()))
        return std::nullopt;
      if (!Hashes.isUnchanged(File))
        return std::nullopt;
    }
    return std::move(*Unit);
  }

  void keep(const CompileJob &Job, const UnitSummary &Unit) {
    toCache(entryOf(Job, Options.OverlayKey), Unit);
  }

  void toCache(const std::string &Entry, const UnitSummary &Unit) {
    if (Entry.empty())
      return;
    llvm::SmallString<256> Temporary;
    int File;
    if (llvm::sys::fs::createUniqueFile(Entry + ".%%%%%%", File, Temporary))
      return problem(Entry + ": cannot be written; going on without cache");
    llvm::raw_fd_ostream Out(File, /*shouldClose=*/true);
    Out << serialize(Unit);
    Out.close();
    bool Bad = Out.has_error();
    Out.clear_error();
    if (Bad || llvm::sys::fs::rename(Temporary, Entry)) {
      (void)llvm::sys::fs::remove(Temporary);
      problem(Entry + ": cannot be written; going on without cache");
    }
  }

  /// With compiled headers if there are any, and as it stands if that fails:
  /// then it is the unit's own fault.
  llvm::Expected<UnitSummary> parseFast(const CompileJob &Job,
                                        const PrecompiledHeaders *Shared) {
    // What was made for several units is not looked at for each of them.
    if (Shared && !hasFileBeside(*Shared, Job.File)) {
      llvm::Expected<UnitSummary> Parsed = parseSafely(Job, Shared);
      if (Parsed)
        return Parsed;
    }
    return parseSafely(Job, nullptr);
  }

  /// Nothing if the parser crashed.
  std::optional<llvm::Expected<UnitSummary>>
  attempt(const CompileJob &Job, bool Observed,
          const PrecompiledHeaders *Shared) {
    std::optional<llvm::Expected<UnitSummary>> Result;
    llvm::CrashRecoveryContext Guard;
    bool Survived = Guard.RunSafelyOnThread(
        [&] {
          std::unique_ptr<UnitObserver> Observer =
              Observed ? Options.Observers() : nullptr;
          Result.emplace(parseUnit(Job, Options.Vocabulary, Files,
                                   Observer.get(), Shared));
        },
        ParserStack);
    if (!Survived)
      Crashed = true;
    if (!Survived && Result) {
      llvm::consumeError(Result->takeError());
      Result.reset();
    }
    return Result;
  }

  llvm::Expected<UnitSummary> parseSafely(const CompileJob &Job,
                                          const PrecompiledHeaders *Shared) {
    CompileJob Attempt = Job;
    bool Observed = bool(Options.Observers);
    // A flag that clang refuses is dropped, as `clang` would be told to.
    for (unsigned Tries = 0; Tries < MostRefusedFlags; ++Tries) {
      std::optional<llvm::Expected<UnitSummary>> Result =
          attempt(Attempt, Observed, Shared);
      if (!Result && (Shared || !Observed))
        return llvm::createStringError(CrashMessage);
      if (!Result) {
        // What looks at the unit must not cost the unit.
        Observed = false;
        continue;
      }
      if (*Result) {
        (*Result)->DesignLost = !Observed && Options.Observers;
        return std::move(*Result);
      }
      std::string Message = llvm::toString(Result->takeError());
      if (!dropRefused(Message, Attempt))
        return llvm::createStringError(Message);
    }
    return llvm::createStringError("too many unknown flags");
  }

  const LoaderOptions &Options;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  FileHashes Hashes;
  SharedHeaders Headers;
  std::mutex Mutex;
};

/// The units of all jobs.
class Loading {
public:
  Loading(const std::vector<CompileJob> &Jobs, const LoaderOptions &Options)
      : Jobs(Jobs), Options(Options), Work(Options), Results(Jobs.size()),
        Errors(Jobs.size()) {}

  /// What the cache has, and what the tree itself has.
  void inThreads() {
    llvm::DefaultThreadPool Pool(llvm::hardware_concurrency(Options.Jobs));
    for (size_t I = 0; I < Jobs.size(); ++I)
      Pool.async([&, I] {
        Results[I] = Work.cached(Jobs[I]);
        if (Results[I])
          return progress(I);
        std::lock_guard<std::mutex> Lock(ProgressLock);
        Missing.push_back(I);
      });
    Pool.wait();
    if (Missing.empty())
      return;
    llvm::sort(Missing);
    const bool IsOverlay = !Options.OverlayKey.empty();
    Groups = Work.plan(Jobs, Missing, /*MayMake=*/!IsOverlay);
    if (IsOverlay)
      return;
    for (size_t I = 0; I < Groups.size(); ++I)
      if (!Groups[I].Base)
        Pool.async([&, I] { parseGroup(Pool, I, nullptr); });
    Pool.wait();
  }

  /// What a patch changed: after the threads, since it is forked.
  void inProcesses() {
    if (Options.OverlayKey.empty())
      return;
    std::vector<size_t> Patched;
    std::vector<std::function<std::string()>> Works;
    for (const HeaderUsers &Group : Groups)
      for (size_t I : Group.Jobs) {
        Patched.push_back(I);
        Works.push_back([this, I, &Group] {
          return Work.parseToText(Jobs[I], Group.Known.get());
        });
      }
    unsigned Parallel =
        llvm::hardware_concurrency(Options.Jobs).compute_thread_count();
    std::vector<WorkResult> Done =
        runConfined(Works, Parallel, Options.Limits,
                    [&](size_t I) { progress(Patched[I]); });
    for (auto [I, Result] : llvm::zip(Patched, Done))
      set(I, Work.fromText(Jobs[I], Result));
  }

  LoadedUnits take() {
    LoadedUnits Loaded;
    for (size_t I = 0; I < Jobs.size(); ++I) {
      if (Results[I])
        Loaded.Units.push_back(std::move(*Results[I]));
      else
        Loaded.Failed.push_back({Jobs[I].File, Errors[I]});
    }
    Loaded.FromCache = Work.FromCache;
    Loaded.CacheProblems = std::move(Work.Problems);
    return Loaded;
  }

private:
  /// The units of one group, when their headers are there, and the groups that
  /// build on it.
  void parseGroup(llvm::DefaultThreadPool &Pool, size_t Number,
                  std::shared_ptr<const PrecompiledHeaders> Base) {
    const HeaderUsers &Group = Groups[Number];
    std::shared_ptr<const PrecompiledHeaders> Headers =
        Work.make(Group, std::move(Base));
    for (size_t I = Number + 1; I < Groups.size(); ++I)
      if (Groups[I].Base == Number)
        Pool.async([this, &Pool, I, Headers] { parseGroup(Pool, I, Headers); });
    for (size_t I : Group.Jobs)
      Pool.async([this, I, Headers] {
        set(I, Work.parse(Jobs[I], Headers.get()));
        progress(I);
      });
  }

  void set(size_t I, llvm::Expected<UnitSummary> Unit) {
    if (Unit)
      Results[I] = std::move(*Unit);
    else
      Errors[I] = llvm::toString(Unit.takeError());
  }

  void progress(size_t I) {
    std::lock_guard<std::mutex> Lock(ProgressLock);
    if (Options.Progress)
      Options.Progress(++Done, Jobs.size(), Jobs[I].File);
  }

  const std::vector<CompileJob> &Jobs;
  const LoaderOptions &Options;
  Loader Work;
  std::vector<std::optional<UnitSummary>> Results;
  std::vector<std::string> Errors;
  std::mutex ProgressLock;
  std::vector<size_t> Missing;
  std::vector<HeaderUsers> Groups;
  size_t Done = 0;
};

} // namespace

bool parserCrashed() { return Crashed; }

LoadedUnits loadUnits(const std::vector<CompileJob> &Jobs,
                      const LoaderOptions &Options) {
  llvm::CrashRecoveryContext::Enable();
  Loading Run(Jobs, Options);
  Run.inThreads();
  Run.inProcesses();
  LoadedUnits Loaded = Run.take();
  releaseFreeMemory(); // That of the parsers, in the heaps of many threads.
  return Loaded;
}

} // namespace cocodma
