// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/Gate.h"

#include "gate/Compare.h"
#include "gate/HunkPlaces.h"
#include "gate/PatchReader.h"
#include "gate/Protections.h"
#include "report/Escape.h"
#include "spec/SpecReader.h"
#include "tool/GitRange.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using llvm::Expected;
using llvm::StringRef;

namespace cocodma {
namespace {

/// Hunks of files that are in the end what they are on the disk say nothing
/// about the series as a whole.
void dropUndone(const std::string &Root, const Overlay &Changes,
                std::vector<Hunk> &Hunks) {
  std::set<std::string> Undone;
  for (const auto &[Name, Text] : Changes) {
    auto OnDisk = llvm::MemoryBuffer::getFile(llvm::Twine(Root) + "/" + Name);
    if (OnDisk ? Text && *Text == (*OnDisk)->getBuffer() : !Text)
      Undone.insert(Name);
  }
  llvm::erase_if(Hunks, [&](const Hunk &H) { return Undone.count(H.File); });
}

/// Says of each state which of the touched files it lacks, also where the one
/// on the disk lacks them as well: the compile database may have them still.
void nameMissing(const std::string &Root, TreeHistory &History) {
  std::set<std::string> Files;
  for (const TreeStep &Step : History.Steps)
    Files.insert(Step.Files.begin(), Step.Files.end());
  for (TreeStep &Step : History.Steps)
    for (const std::string &File : Files)
      if (!File.empty() &&
          !llvm::sys::fs::exists(llvm::Twine(Root) + "/" + File))
        Step.Tree.Changes.try_emplace(File, std::nullopt);
}

/// The states of a tree that a patch file leads through. The first is the tree
/// as it is on the disk.
Expected<TreeHistory> readHistory(const GateOptions &Options,
                                  const std::string &Root) {
  if (!Options.Range.empty()) {
    Expected<TreeHistory> Result =
        readRange(Root, Options.Range, Options.Whole);
    if (Result)
      nameMissing(Root, *Result);
    return Result;
  }
  Expected<PatchSeries> Series = readPatchFile(Options.Patch);
  if (!Series)
    return Series.takeError();
  TreeHistory Result;
  Result.Steps.resize(1);
  PatchedTree Tree;
  // Beyond a hundred patches each by itself would take too long and too much.
  constexpr size_t MostPatches = 100;
  bool Each = !Options.Whole && Series->Patches.size() <= MostPatches;
  std::set<std::string> Files;
  for (const Patch &One : Series->Patches) {
    if (Series->Patches.size() > 1)
      ++Tree.PatchNumber;
    if (llvm::Error E = applyPatch(One, Root, Tree)) {
      std::string Which =
          One.Subject.empty() ? Options.Patch : "'" + One.Subject + "'";
      return llvm::createStringError(
          Which + " does not apply: " + llvm::toString(std::move(E)));
    }
    for (const FilePatch &File : One.Files) {
      Files.insert(File.OldPath);
      Files.insert(File.NewPath);
    }
    if (!Each && &One != &Series->Patches.back())
      continue;
    Result.Steps.push_back({One.Subject, Tree, std::move(Files)});
    if (Each)
      llvm::erase_if(Result.Steps.back().Tree.Hunks, [&](const Hunk &H) {
        return H.Patch != Tree.PatchNumber;
      });
    Files.clear();
  }
  Result.Hunks = std::move(Tree.Hunks);
  dropUndone(Root, Tree.Changes, Result.Hunks);
  Result.RenamedFrom = Tree.RenamedFrom;
  Result.Notes = std::move(Tree.Notes);
  Result.Notes.insert(Result.Notes.end(), Series->Notes.begin(),
                      Series->Notes.end());
  return Result;
}

/// Says what neither side covers.
void noteIncompleteBefore(const Report &Old, const Report &New,
                          CompareInput &How) {
  if (!Old.Summary.Complete && !New.Summary.Complete)
    How.Notes.push_back("not all of the tree could be analyzed, with or "
                        "without the change: nothing is said about the rest");
}

/// One run of the gate.
class Gate {
public:
  Gate(const GateOptions &Options, TreeHistory History, std::string Root)
      : Options(Options), History(std::move(History)),
        Steps(this->History.Steps), Root(std::move(Root)) {}

  Expected<GateOutcome> run() {
    for (const TreeStep &Step : Steps)
      Touched.insert(Step.Files.begin(), Step.Files.end());
    Expected<Report> Base = side(Steps.front());
    if (!Base)
      return Base.takeError();
    std::vector<PatchResult> Patches;
    Report Before = *Base, Last;
    for (size_t I = 1; I < Steps.size(); ++I) {
      Expected<Report> After = next(Before, Steps[I]);
      if (!After)
        return After.takeError();
      Last = std::move(*After);
      if (Steps.size() > 2)
        Patches.push_back(alone(Before, Last, Steps[I]));
      Before = Last;
    }
    return finish(*Base, std::move(Last), std::move(Patches));
  }

private:
  Expected<Report> side(const TreeStep &Step) {
    AnalyzeOptions How = Options.Analyze;
    How.Changes = Step.Tree.Changes;
    How.RenamedFrom = Step.Tree.RenamedFrom;
    How.ReuseReports = true;
    AnalyzeDetails Details;
    Details.Touched = Touched;
    Expected<Report> Result = analyze(How, &Details);
    Units.insert(Details.AffectedUnits.begin(), Details.AffectedUnits.end());
    Used.insert(Details.Used.begin(), Details.Used.end());
    AnyFailed |= Details.AnyFailed;
    if (!OldFiles)
      OldFiles = Details.Files;
    Files = Details.Files;
    return Result;
  }

  /// The report after a step; that before it, if the step concerns no unit.
  Expected<Report> next(const Report &Before, const TreeStep &Step) {
    bool Concerns = AnyFailed;
    for (const std::string &File : Step.Files) {
      auto Change = Step.Tree.Changes.find(File);
      bool Added = Change != Step.Tree.Changes.end() && Change->second &&
                   !llvm::sys::fs::exists(Root + "/" + File);
      Concerns |= Used.count(File) || (Added && isSource(File));
    }
    if (Concerns)
      return side(Step);
    return Before;
  }

  static bool isSource(StringRef File) {
    return File.ends_with(".c") || File.ends_with(".h");
  }

  /// True if the tree has the file after \p Step.
  bool isThere(const TreeStep &Step, const std::string &File) const {
    auto Change = Step.Tree.Changes.find(File);
    return Change == Step.Tree.Changes.end()
               ? llvm::sys::fs::exists(llvm::Twine(Root) + "/" + File)
               : Change->second.has_value();
  }

  /// How to compare with the tree after \p Step, where \p Hunks led and files
  /// were renamed.
  CompareInput inputFor(const Report &Old, const TreeStep &Step,
                        const std::vector<Hunk> &Hunks,
                        const std::map<std::string, std::string> &Renamed) {
    CompareInput How;
    How.RenamedFrom = Renamed;
    for (const std::string &File : Touched)
      if (!File.empty() && !isThere(Step, File))
        How.Removed.insert(File);
    for (const auto &[New, Before] : Renamed)
      How.Removed.erase(Before);
    How.Hunks = Hunks;
    if (Words.empty()) {
      SourceText Sources(Root);
      if (Expected<Spec> Vocabulary = loadSpec(Options.Analyze.Specs))
        Words = protectionWords(*Vocabulary, Old, Sources);
      else
        llvm::consumeError(Vocabulary.takeError());
    }
    How.TouchesProtection = touchesProtection(How.Hunks, Words);
    return How;
  }

  PatchResult alone(const Report &Before, const Report &After,
                    const TreeStep &Step) {
    Report Copy = After;
    CompareInput How =
        inputFor(Before, Step, Step.Tree.Hunks, Step.Tree.RenamedFrom);
    addUnseen(Step.Files, How);
    compareReports(Before, Copy, How);
    if (Options.ApplyProjectFiles && !Options.ApplyProjectFiles(Copy))
      Stopped = true;
    settleVerdict(Before, Copy, How);
    PatchResult Result;
    Result.Subject = Step.Subject;
    Result.Verdict = Copy.Gate->Verdict;
    Result.Introduced = countChange(Copy.Findings, Change::Introduced);
    Result.Fixed = Copy.Gate->Fixed.size();
    Result.Changed = countChange(Copy.Findings, Change::Changed);
    Result.Reasons = Copy.Gate->Reasons;
    return Result;
  }

  /// What is touched and was not seen by the analysis.
  void addUnseen(const std::set<std::string> &Changed, CompareInput &How) {
    const std::set<std::string> &NotApplied = Steps.back().Tree.NotApplied;
    for (const std::string &File : Changed) {
      // A change of code could hide there.
      if (NotApplied.count(File) && (Used.count(File) || isSource(File)))
        How.Unseen.push_back(File + ": its binary hunk is not applied: nothing "
                                    "is said about it");
      if (Used.count(File) || Units.count(File))
        continue;
      StringRef Name = llvm::sys::path::filename(File);
      if (StringRef(File).ends_with(".c"))
        How.Unseen.push_back(File + " is not in the compile database: nothing "
                                    "is said about it");
      else if (StringRef(File).ends_with(".h"))
        How.Notes.push_back(File + ": no analyzed unit includes it");
      else if (Name.starts_with("Kconfig") || Name.starts_with("Makefile") ||
               Name == "Kbuild")
        How.Notes.push_back(File + ": what it does to the configuration and "
                                   "the build is seen only when the compile "
                                   "database is made again");
      else if (StringRef(File).ends_with(".S"))
        How.Notes.push_back(File + ": assembly is not analyzed");
    }
  }

  Expected<GateOutcome> finish(const Report &Base, Report Last,
                               std::vector<PatchResult> Patches) {
    CompareInput How =
        inputFor(Base, Steps.back(), History.Hunks, History.RenamedFrom);
    addUnseen(Touched, How);
    How.Notes.insert(How.Notes.end(), History.Notes.begin(),
                     History.Notes.end());
    noteIncompleteBefore(Base, Last, How);
    GateOutcome Outcome;
    Outcome.Result = std::move(Last);
    compareReports(Base, Outcome.Result, How);
    if (Options.ApplyProjectFiles &&
        (Stopped || !Options.ApplyProjectFiles(Outcome.Result)))
      return llvm::createStringError("stopped");
    settleVerdict(Base, Outcome.Result, How);
    GateResult &Result = *Outcome.Result.Gate;
    Result.Files = {Touched.begin(), Touched.end()};
    Result.Units = {Units.begin(), Units.end()};
    Result.Patches = std::move(Patches);
    Outcome.Incomplete =
        isNewlyIncomplete(Base, Outcome.Result, How) || !How.Unseen.empty();
    Outcome.Sources = {SourceText(Root, Files), SourceText(Root, OldFiles)};
    return Outcome;
  }

  const GateOptions &Options;
  TreeHistory History;
  const std::vector<TreeStep> &Steps;
  std::string Root;
  std::set<std::string> Touched, Used, Units, Words;
  bool AnyFailed = false;
  bool Stopped = false;
  /// What the analysis of the first and of the last side saw.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> OldFiles, Files;
};

} // namespace

Expected<GateOutcome> runGate(const GateOptions &Options) {
  llvm::SmallString<256> Root;
  std::string Given = kernelRoot(Options.Analyze);
  if (llvm::sys::fs::real_path(Given, Root) ||
      !llvm::sys::fs::is_directory(Root))
    return llvm::createStringError(
        Given + ": not a folder; name the kernel's source tree with --kernel");
  Expected<TreeHistory> History = readHistory(Options, Root.str().str());
  if (!History)
    return History.takeError();
  return Gate(Options, std::move(*History), Root.str().str()).run();
}

ReportSources sourcesAt(const std::string &Kernel, const Report &R) {
  ReportSources Result = {SourceText(Kernel), SourceText()};
  // Two reports do not say which files differ.
  if (!R.Gate || R.Gate->Files.empty())
    return Result;
  Result.Before = SourceText(Kernel);
  for (const std::string &File : R.Gate->Files)
    Result.Before.leaveOut(File);
  if (Kernel.empty())
    return Result;
  for (const std::string &File : filesNotPatched(R.Gate->Hunks, Result.After)) {
    llvm::errs() << "cocodma: note: " << plainText(File)
                 << " is not there as the patch leaves it; its lines are not "
                    "quoted\n";
    Result.After.leaveOut(File);
  }
  return Result;
}

GateOutcome compareFiles(const Report &Old, Report New,
                         const GateOptions &Options) {
  GateOutcome Outcome;
  Outcome.Result = std::move(New);
  CompareInput How;
  noteIncompleteBefore(Old, Outcome.Result, How);
  compareReports(Old, Outcome.Result, How);
  if (Options.ApplyProjectFiles)
    Options.ApplyProjectFiles(Outcome.Result);
  settleVerdict(Old, Outcome.Result, How);
  Outcome.Incomplete = isNewlyIncomplete(Old, Outcome.Result, How);
  Outcome.Sources.After = SourceText(kernelRoot(Options.Analyze));
  return Outcome;
}

} // namespace cocodma
