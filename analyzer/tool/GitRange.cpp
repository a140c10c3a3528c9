// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/GitRange.h"

#include "gate/DiffParser.h"
#include "gate/HunkPlaces.h"
#include "report/Escape.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <set>

using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace cocodma {
namespace {

constexpr size_t MostCommits = 100;
constexpr size_t MostFiles = 2000;

/// git on one tree.
class Git {
public:
  explicit Git(StringRef Root) : Root(Root) {}

  /// The standard output of `git ARGUMENTS`. What a repository could make git
  /// run (hooks, monitors, drivers for diffs) is off.
  Expected<std::string> run(std::vector<std::string> Arguments) const {
    llvm::ErrorOr<std::string> Program = llvm::sys::findProgramByName("git");
    if (!Program)
      return llvm::createStringError("--range needs git, which is not in the "
                                     "PATH; use --patch");
    std::vector<std::string> All = {*Program,
                                    "--no-optional-locks",
                                    "--no-pager",
                                    "-C",
                                    Root.str(),
                                    "-c",
                                    "core.fsmonitor=false",
                                    "-c",
                                    "core.hooksPath=/dev/null",
                                    "-c",
                                    "core.quotePath=false"};
    All.insert(All.end(), Arguments.begin(), Arguments.end());
    llvm::SmallString<128> Out, Err;
    if (std::error_code Reason =
            llvm::sys::fs::createTemporaryFile("cocodma", "out", Out))
      return llvm::createStringError(Reason,
                                     "no temporary file: " + Reason.message());
    llvm::FileRemover RemoveOut(Out);
    if (std::error_code Reason =
            llvm::sys::fs::createTemporaryFile("cocodma", "err", Err))
      return llvm::createStringError(Reason,
                                     "no temporary file: " + Reason.message());
    llvm::FileRemover RemoveErr(Err);
    std::optional<StringRef> Redirects[] = {StringRef(""), StringRef(Out),
                                            StringRef(Err)};
    std::vector<StringRef> Words(All.begin(), All.end());
    int Status = llvm::sys::ExecuteAndWait(*Program, Words, std::nullopt,
                                           Redirects, /*SecondsToWait=*/300);
    if (Status)
      return llvm::createStringError(
          "git " + Arguments[0] + " in " + Root + ": " +
          plainText(StringRef(textOf(Err)).trim().take_front(500)) +
          "; is it a git tree, and are BASE and HEAD in it?");
    return textOf(Out);
  }

private:
  static std::string textOf(StringRef Path) {
    auto Buffer = llvm::MemoryBuffer::getFile(Path);
    return Buffer ? (*Buffer)->getBuffer().str() : "";
  }

  StringRef Root;
};

/// Parts that end with a NUL.
std::vector<std::string> split(StringRef Text) {
  std::vector<std::string> Result;
  while (!Text.empty()) {
    auto [Part, Rest] = Text.split('\0');
    Result.push_back(Part.str());
    Text = Rest;
  }
  return Result;
}

class RangeReader {
public:
  RangeReader(StringRef Root, StringRef Range) : Run(Root), Range(Range) {}

  Expected<TreeHistory> read(bool Whole) {
    auto [First, Last] = Range.split("..");
    if (First.empty() || Last.empty() || Last.starts_with("."))
      return llvm::createStringError(
          "--range " + Range +
          ": BASE..HEAD is wanted, as origin/master..HEAD");
    Expected<std::string> Base = commit(First);
    if (!Base)
      return Base.takeError();
    Expected<std::string> Head = commit(Last);
    if (!Head)
      return Head.takeError();
    Expected<std::string> List =
        Run.run({"rev-list", "--reverse", "--first-parent",
                 "--max-count=" + std::to_string(MostCommits + 1),
                 *Base + ".." + *Head});
    if (!List)
      return List.takeError();
    llvm::SmallVector<StringRef, 32> Commits;
    StringRef(*List).split(Commits, '\n', -1, /*KeepEmpty=*/false);
    if (Commits.empty())
      return llvm::createStringError("--range " + Range +
                                     ": no commits in between");
    if (Commits.size() > MostCommits)
      return llvm::createStringError("--range " + Range + ": more than " +
                                     Twine(MostCommits) +
                                     " commits; give a shorter range");
    if (Whole)
      Commits = {StringRef(*Head)};
    Commits.insert(Commits.begin(), StringRef(*Base));
    TreeHistory Result;
    StringRef Before;
    // Those of all commits, where they are in the end.
    std::vector<Hunk> Moved;
    for (StringRef Commit : Commits) {
      if (llvm::Error E = add(Commit, Result.Steps))
        return std::move(E);
      PatchedTree &Tree = Result.Steps.back().Tree;
      if (!Before.empty())
        if (llvm::Error E =
                describe(Before, Commit, Tree.Hunks, Tree.RenamedFrom, &Moved,
                         Result.Steps.size() - 1))
          return std::move(E);
      Before = Commit;
    }
    if (llvm::Error E =
            describe(*Base, *Head, Result.Hunks, Result.RenamedFrom))
      return std::move(E);
    if (Result.Steps.size() > 2)
      attribute(Moved, Result.Hunks);
    return Result;
  }

private:
  /// The hash of a commit.
  Expected<std::string> commit(StringRef Name) const {
    Expected<std::string> Found =
        Run.run({"rev-parse", "--verify", "--end-of-options",
                 (Name + "^{commit}").str()});
    if (!Found)
      return Found.takeError();
    return StringRef(*Found).trim().str();
  }

  llvm::Error add(StringRef Commit, std::vector<TreeStep> &Steps) {
    TreeStep New;
    Expected<std::string> Subject =
        Run.run({"log", "-1", "--format=%s", Commit.str()});
    if (!Subject)
      return Subject.takeError();
    New.Subject = plainText(StringRef(*Subject).trim());
    Expected<std::string> Names = Run.run(
        {"diff", "--name-status", "--relative", "--no-renames", "--no-ext-diff",
         "--ignore-submodules", "-z", Commit.str(), "--"});
    if (!Names)
      return Names.takeError();
    std::vector<std::string> Parts = split(*Names);
    if (Parts.size() / 2 > MostFiles)
      return llvm::createStringError(
          "--range " + Range + ": " + Twine(Parts.size() / 2) +
          " files differ from the working tree; check out the range's head");
    for (size_t I = 0; I + 1 < Parts.size(); I += 2) {
      // "A": the working tree has it, the commit has not.
      if (Parts[I] == "A") {
        New.Tree.Changes[Parts[I + 1]] = std::nullopt;
        continue;
      }
      Expected<std::string> Text =
          Run.run({"cat-file", "blob", (Commit + ":./" + Parts[I + 1]).str()});
      if (!Text)
        return Text.takeError();
      New.Tree.Changes[Parts[I + 1]] = std::move(*Text);
    }
    if (!Steps.empty())
      for (const Overlay *Side :
           {&Steps.back().Tree.Changes, &New.Tree.Changes})
        for (const auto &[Name, Text] : *Side)
          if (!same(Steps.back().Tree.Changes, New.Tree.Changes, Name))
            New.Files.insert(Name);
    Steps.push_back(std::move(New));
    return llvm::Error::success();
  }

  static bool same(const Overlay &A, const Overlay &B,
                   const std::string &Name) {
    auto InA = A.find(Name), InB = B.find(Name);
    return InA != A.end() && InB != B.end() && InA->second == InB->second;
  }

  /// Hunks of what the range changes in the end, by their commits.
  static void attribute(std::vector<Hunk> &Moved, std::vector<Hunk> &Hunks) {
    std::set<std::string> Files;
    for (const Hunk &H : Hunks)
      Files.insert(H.File);
    llvm::erase_if(Moved, [&](const Hunk &H) { return !Files.count(H.File); });
    Hunks = std::move(Moved);
  }

  /// Hunks and renames between two commits. \p Moved, if it is not null, has
  /// those of earlier commits, and gets them with \p Number.
  llvm::Error describe(StringRef Before, StringRef After,
                       std::vector<Hunk> &Hunks,
                       std::map<std::string, std::string> &RenamedFrom,
                       std::vector<Hunk> *Moved = nullptr,
                       unsigned Number = 0) {
    Expected<std::string> Text =
        Run.run({"diff", "--relative", "-M", "--no-ext-diff", "--no-textconv",
                 "--no-color", "--src-prefix=a/", "--dst-prefix=b/",
                 "--ignore-submodules", Before.str(), After.str(), "--"});
    if (!Text)
      return Text.takeError();
    *Text += '\n';
    std::vector<FilePatch> Files;
    if (llvm::Error E = parseDiffs(*Text, "git diff", Files))
      return E;
    for (const FilePatch &File : Files) {
      if (File.What == FilePatch::Action::Rename)
        RenamedFrom[File.NewPath] = File.OldPath;
      std::vector<unsigned> Starts;
      size_t Known = Hunks.size();
      for (const PatchHunk &Given : File.Hunks) {
        Starts.push_back(Given.NewStart);
        Hunks.push_back({File.NewPath, Given.NewStart, Given.NewCount,
                         (Given.Header + "\n" + Given.Body).str()});
      }
      if (!Moved)
        continue;
      moveHunks(File, Starts, *Moved);
      for (const Hunk &New : llvm::ArrayRef(Hunks).drop_front(Known)) {
        Moved->push_back(New);
        Moved->back().Patch = Number;
      }
    }
    return llvm::Error::success();
  }

  Git Run;
  StringRef Range;
};

} // namespace

Expected<TreeHistory> readRange(StringRef Root, StringRef Range, bool Whole) {
  return RangeReader(Root, Range).read(Whole);
}

} // namespace cocodma
