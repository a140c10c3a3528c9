// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "prepare/Preparation.h"

#include "prepare/Kconfig.h"
#include "prepare/KernelMake.h"
#include "prepare/MakeOutput.h"
#include "prepare/Remedies.h"
#include "report/AtomicFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace cocodma {
namespace {

/// Cannot be the name of a file of a kernel's build.
constexpr char NewConfig[] = ".config.cocodma";

Error failure(const Twine &Text) { return llvm::createStringError(Text); }

Expected<std::string> read(const std::string &File) {
  auto Buffer = llvm::MemoryBuffer::getFile(File, /*IsText=*/true);
  if (!Buffer)
    return failure(File + ": cannot be read: " + Buffer.getError().message());
  return (*Buffer)->getBuffer().str();
}

Error write(const std::string &File, StringRef Text) {
  return writeFileAtomically(File,
                             [&](llvm::raw_ostream &Out) { Out << Text; });
}

/// True if \p File lies below the folder \p Target, or is it ("a/b.o").
bool isPartOf(StringRef File, StringRef Target) {
  return File.starts_with(Target) && (Target.ends_with("/") || File == Target);
}

/// True if \p Target is code of an architecture that is not \p Architecture:
/// make would compile it all the same.
bool isOfOther(StringRef Target, StringRef Architecture) {
  StringRef Folder =
      Architecture == "x86_64" || Architecture == "i386" ? "x86" : Architecture;
  return Target.consume_front("arch/") && Target.split('/').first != Folder;
}

class Preparation {
public:
  explicit Preparation(const PrepareOptions &Options) : Options(Options) {}

  Expected<Prepared> run();

private:
  Error checkTree();
  Error makeFolder();
  Error chooseTargets();
  Error configure(const KernelMake &Make);
  Error startConfiguration(const KernelMake &Make, bool &AddGuest);
  void addSavedCommands();
  void generate(const KernelMake &Make);
  Error checkPaths() const;
  Error writeDatabase();
  std::string absolute(StringRef Unit) const;
  bool isWanted(StringRef Object) const;

  const PrepareOptions &Options;
  std::string Kernel, Build;
  std::vector<std::string> Targets; ///< For make; empty: all.
  /// What was asked for by name, and its target.
  std::vector<std::pair<std::string, std::string>> Asked;
  DryRun Planned;
  Prepared Result;
};

Error Preparation::checkTree() {
  llvm::SmallString<256> Real;
  if (fs::real_path(Options.Kernel, Real))
    return failure(Options.Kernel + ": no such folder; name the root of the "
                                    "kernel's source tree with --kernel");
  Kernel = Real.str().str();
  for (const char *Part : {"/Makefile", "/Kconfig", "/scripts/Kbuild.include"})
    if (!fs::exists(Kernel + Part))
      return failure(Options.Kernel +
                     ": no source tree of a kernel, it has no " +
                     StringRef(Part).drop_front() +
                     "; name the tree's root with --kernel");
  return Error::success();
}

/// The folder may be new or empty, hold an earlier build of a kernel, or be the
/// tree itself: make writes dozens of files into it.
Error Preparation::makeFolder() {
  std::error_code Reason = fs::create_directories(Options.Build);
  if (!Reason && !fs::is_directory(Options.Build))
    Reason = std::make_error_code(std::errc::not_a_directory);
  if (Reason)
    return failure(Options.Build + ": cannot be made: " + Reason.message() +
                   "; name another build folder with -p");
  llvm::SmallString<256> Real;
  Reason = fs::real_path(Options.Build, Real);
  if (Reason)
    return failure(Options.Build + ": " + Reason.message());
  Build = Real.str().str();
  bool IsEmpty =
      fs::directory_iterator(Build, Reason) == fs::directory_iterator();
  if (!IsEmpty && Build != Kernel && !fs::exists(Build + "/.config") &&
      !fs::exists(Build + "/cocodma-make.log"))
    return failure(Options.Build +
                   ": is not empty, and no build folder of a kernel; name a "
                   "new or empty one with -p");
  if (fs::access(Build, fs::AccessMode::Write))
    return failure(Options.Build +
                   ": cannot be written to; name another build folder with -p");
  return Error::success();
}

Error Preparation::chooseTargets() {
  for (const std::string &Given : Options.Paths) {
    llvm::SmallString<256> Real;
    StringRef Relative = StringRef(Given).rtrim('/');
    if (!fs::real_path(Given, Real) && Real.starts_with(Kernel + "/"))
      Relative = Real.str().drop_front(Kernel.size() + 1);
    std::string Source = (Kernel + "/" + Relative).str();
    if (!Relative.empty() && fs::is_directory(Source))
      Asked.emplace_back(Given, (Relative + "/").str());
    else if (Relative.ends_with(".c") && fs::exists(Source))
      Asked.emplace_back(Given, (Relative.drop_back() + "o").str());
    else
      return failure(Given +
                     ": no folder or C source of the kernel; PATHs are "
                     "relative to its root (" +
                     Kernel + ")");
  }
  if (Options.All)
    return Error::success();
  for (const std::string &Target : guestTargets()) {
    StringRef Source = Target;
    bool IsThere = Source.ends_with("/")
                       ? fs::is_directory(Kernel + "/" + Source)
                       : fs::exists(Kernel + "/" + Source.drop_back() + "c");
    if (IsThere && !isOfOther(Target, Options.Architecture))
      Targets.push_back(Target);
  }
  for (const auto &[Given, Target] : Asked)
    if (!llvm::is_contained(Targets, Target))
      Targets.push_back(Target);
  return Error::success();
}

/// Puts what to begin with into the new configuration.
Error Preparation::startConfiguration(const KernelMake &Make, bool &AddGuest) {
  std::string New = Build + "/" + NewConfig;
  std::string From = Options.Config;
  if (From.empty() && fs::exists(Build + "/.config")) {
    From = Build + "/.config";
    Result.Notes.push_back(From + " is what the configuration began with");
  }
  AddGuest = Options.GuestOptions || From.empty();
  if (From.empty())
    return Make.run({std::string("KCONFIG_CONFIG=") + NewConfig, "defconfig"});
  Expected<std::string> Text = read(From);
  if (!Text)
    return Text.takeError();
  if (!StringRef(*Text).contains("CONFIG_"))
    return failure(From + ": no configuration of a kernel");
  return write(New, *Text);
}

Error Preparation::configure(const KernelMake &Make) {
  // Under a name of its own, so that a run that is stopped leaves no half of
  // a configuration behind for the next one to begin with.
  std::string New = Build + "/" + NewConfig, Final = Build + "/.config";
  (void)fs::remove(New);
  bool AddGuest = false;
  if (Error E = startConfiguration(Make, AddGuest))
    return E;
  if (AddGuest) {
    Expected<std::string> Text = read(New);
    if (!Text)
      return Text.takeError();
    if (Error E = write(New, *Text + "\n" + guestFragment().str()))
      return E;
  }
  if (Error E = Make.run(
          {std::string("KCONFIG_CONFIG=") + NewConfig, "olddefconfig"}))
    return E;
  (void)fs::remove(New + ".old");
  Expected<std::string> Text = read(New);
  if (!Text)
    return Text.takeError();
  if (!Options.GuestSwitches.empty() && !anySet(*Text, Options.GuestSwitches)) {
    (void)fs::remove(New);
    return failure(
        "this configuration has none of " +
        llvm::join(Options.GuestSwitches, ", ") +
        ": the code for confidential guests would not be compiled; " +
        (AddGuest ? "this kernel may have none for the architecture "
                    "(--arch)"
                  : "set what it needs too with --guest-options"));
  }
  if (std::vector<std::string> Off = notTaken(guestFragment(), *Text);
      AddGuest && !Off.empty())
    Result.Notes.push_back("not in this kernel, or not with this "
                           "configuration: " +
                           llvm::join(Off, ", "));
  // The same again: its time is what make compares.
  if (Expected<std::string> Old = read(Final); Old && *Old == *Text) {
    (void)fs::remove(New);
    return Error::success();
  } else if (!Old) {
    llvm::consumeError(Old.takeError());
  }
  if (std::error_code Reason = fs::rename(New, Final))
    return failure(Final + ": cannot be written: " + Reason.message());
  return Error::success();
}

bool Preparation::isWanted(StringRef Object) const {
  return Options.All || llvm::any_of(Targets, [&](const std::string &Target) {
           return isPartOf(Object, Target);
         });
}

/// In a folder where the kernel was built, make would do nothing: there the
/// commands are those that it noted.
void Preparation::addSavedCommands() {
  std::error_code Reason;
  for (fs::recursive_directory_iterator It(Build, Reason, false), End;
       It != End && !Reason; It.increment(Reason)) {
    StringRef Name = path::filename(It->path());
    if (!Name.starts_with(".") || !Name.ends_with(".o.cmd"))
      continue;
    StringRef Folder = path::parent_path(It->path()).drop_front(Build.size());
    Folder.consume_front("/");
    std::string Object =
        (Folder + "/" + Name.drop_front().drop_back(strlen(".cmd"))).str();
    if (!isWanted(Object) || Planned.Commands.count(Object) ||
        !fs::exists(Build + "/" + Object))
      continue;
    Expected<std::string> Text = read(It->path());
    if (!Text) {
      llvm::consumeError(Text.takeError());
      continue;
    }
    if (auto [Made, Found] = unitCommand(savedCommand(*Text)); !Made.empty())
      Planned.Commands.try_emplace(Object, Found);
  }
}

/// Has make generate what its rules generate only on the way to an object.
void Preparation::generate(const KernelMake &Make) {
  auto IsThere = [&](StringRef File) {
    return fs::exists(Build + "/" + File) || fs::exists(Kernel + "/" + File);
  };
  std::set<std::string> Objects;
  for (const auto &[File, Users] : Planned.Generated)
    if (!Users.empty() && !IsThere(File))
      Objects.insert(*Users.begin());
  if (Objects.empty())
    return;
  Options.Progress("building " + std::to_string(Objects.size()) +
                   " objects, for the files that are generated for them");
  Result.Built = {Objects.begin(), Objects.end()};
  Make.tryAll(Result.Built);
  for (const auto &[File, Users] : Planned.Generated)
    if (!Users.empty() && !IsThere(File))
      Result.Missing.push_back(File);
  if (!Result.Missing.empty())
    Result.Notes.push_back("what make said of it: " + Make.log());
}

std::string Preparation::absolute(StringRef Unit) const {
  llvm::SmallString<256> Path(Unit);
  path::make_absolute(Build, Path);
  path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

Error Preparation::checkPaths() const {
  for (const auto &[Given, Target] : Asked)
    if (llvm::none_of(Planned.Commands, [&](const auto &Entry) {
          return isPartOf(Entry.first, Target);
        }))
      return failure(Given + ": this configuration compiles nothing there; "
                             "switch on its options in a configuration, and "
                             "give that with --config");
  return Error::success();
}

Error Preparation::writeDatabase() {
  std::map<std::pair<std::string, std::string>, nlohmann::ordered_json> Entries;
  for (const auto &[Object, Command] : Planned.Commands) {
    std::string File = absolute(Command.Unit);
    Entries[{File, Object}] = {
        {"command", Command.Text}, {"directory", Build}, {"file", File}};
  }
  if (Entries.empty())
    return failure("make -n named no unit that it would compile in " + Kernel +
                   "; is it a kernel that can be built with clang (5.18 or "
                   "newer), and is its make GNU make 4.3 or newer?");
  nlohmann::ordered_json All = nlohmann::ordered_json::array();
  for (auto &[Key, Entry] : Entries)
    All.push_back(std::move(Entry));
  Result.Units = All.size();
  Result.Database = Build + "/compile_commands.json";
  return write(Result.Database,
               All.dump(1, ' ', false,
                        nlohmann::ordered_json::error_handler_t::replace) +
                   "\n");
}

Expected<Prepared> Preparation::run() {
  if (Error E = checkTree())
    return std::move(E);
  if (Error E = chooseTargets())
    return std::move(E);
  std::string Suffix = llvmSuffix();
  if (Error E = checkPrograms(Suffix))
    return std::move(E);
  if (Error E = makeFolder())
    return std::move(E);
  unsigned Jobs = Options.Jobs
                      ? Options.Jobs
                      : llvm::hardware_concurrency().compute_thread_count();
  KernelMake Make(Kernel, Build, Options.Architecture, Suffix, Jobs);
  Options.Progress("configuring");
  if (Error E = configure(Make))
    return std::move(E);
  Options.Progress("generating headers (make prepare)");
  if (Error E = Make.run({"prepare"}))
    return std::move(E);
  Options.Progress("asking make for the commands (make -n)");
  std::vector<std::string> Goals = Targets;
  if (Options.All)
    Goals = {"vmlinux", "modules"};
  Expected<std::string> Text = Make.dryRun(Goals);
  if (!Text)
    return Text.takeError();
  Planned = readDryRun(*Text);
  addSavedCommands();
  if (Error E = checkPaths())
    return std::move(E);
  generate(Make);
  if (Error E = writeDatabase())
    return std::move(E);
  return std::move(Result);
}

} // namespace

Expected<Prepared> prepareKernel(const PrepareOptions &Options) {
  return Preparation(Options).run();
}

} // namespace cocodma
