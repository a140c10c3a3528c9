// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Compare.h"

#include "gate/Renames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace cocodma {
namespace {

class Comparison {
public:
  Comparison(const Report &Old, Report &New, const CompareInput &How)
      : Old(Old), New(New), How(How), Taken(Old.Findings.size()) {}

  void run() {
    New.Gate.emplace();
    New.Gate->Hunks = How.Hunks;
    for (Finding &F : New.Findings) {
      F.Change.reset();
      F.ChangeNote.clear();
    }
    match([](const Finding &A, const Finding &B) {
      return A.Fingerprint == B.Fingerprint;
    });
    Renames Names(Old, New, How);
    match([&](const Finding &A, const Finding &B) {
      return sameKind(A, B) && Names.fileMoved(A.Location, B.Location);
    });
    match([&](const Finding &A, const Finding &B) {
      return sameKind(A, B) && Names.functionRenamed(A.Location, B.Location);
    });
    for (Finding &F : New.Findings)
      if (!F.Change)
        F.Change = Change::Introduced;
    for (size_t I = 0; I < Old.Findings.size(); ++I)
      if (!Taken[I])
        gone(Old.Findings[I]);
  }

private:
  template <typename Predicate> void match(Predicate Same) {
    for (Finding &F : New.Findings) {
      if (F.Change)
        continue;
      for (size_t I = 0; I < Old.Findings.size(); ++I)
        if (!Taken[I] && Same(Old.Findings[I], F)) {
          Taken[I] = true;
          classify(Old.Findings[I], F);
          break;
        }
    }
  }

  static bool sameKind(const Finding &A, const Finding &B) {
    return A.Check == B.Check && A.Message == B.Message &&
           A.DeviceClass == B.DeviceClass && A.DataClass == B.DataClass;
  }

  void classify(const Finding &Before, Finding &After) {
    std::set<std::string> OldProfiles(Before.Profiles.begin(),
                                      Before.Profiles.end());
    std::set<std::string> NewProfiles(After.Profiles.begin(),
                                      After.Profiles.end());
    std::vector<std::string> Added, Gone, Notes;
    std::ranges::set_difference(NewProfiles, OldProfiles,
                                std::back_inserter(Added));
    std::ranges::set_difference(OldProfiles, NewProfiles,
                                std::back_inserter(Gone));
    After.Change = Change::Preexisting;
    if (!Gone.empty()) {
      After.Change = Change::Changed;
      Notes.push_back("no longer on " + llvm::join(Gone, ", "));
    }
    if (Before.Verdict != After.Verdict) {
      After.Change =
          Before.Verdict < After.Verdict ? Change::Changed : Change::Introduced;
      Notes.push_back("was " + nameOf(Before.Verdict).str());
    }
    if (!Added.empty()) {
      After.Change = Change::Introduced;
      Notes.push_back("new on " + llvm::join(Added, ", ") + ", was on " +
                      llvm::join(Before.Profiles, ", "));
    }
    if (Before.Suppression && !After.Suppression) {
      After.Change = Change::Introduced;
      Notes.push_back("was suppressed");
    }
    if (Before.Location.File != After.Location.File)
      Notes.push_back("was in " + Before.Location.File);
    if (Before.Location.Function != After.Location.Function)
      Notes.push_back("was in " + Before.Location.Function + "()");
    After.ChangeNote = llvm::join(Notes, "; ");
  }

  /// The unit of a finding could not be analyzed on the new side.
  bool unitFailed(const Finding &F) const {
    return llvm::any_of(New.Skipped, [&](const Skipped &S) {
      return S.Kind == "unit" && S.What == F.Location.File;
    });
  }

  void gone(const Finding &F) {
    std::string Why;
    for (const Site &S : New.Sites)
      if (S.Verdict == Verdict::Unknown && llvm::is_contained(F.SiteIds, S.Id))
        Why = "cannot be told any more";
    if (unitFailed(F))
      Why = "its file could not be analyzed on the new side";
    Finding Copy = F;
    if (Why.empty()) {
      Copy.Change = Change::Fixed;
      New.Gate->Fixed.push_back(std::move(Copy));
      return;
    }
    Copy.Verdict = Verdict::Unknown;
    Copy.Change = Change::Changed;
    Copy.ChangeNote = Why;
    llvm::erase_if(Copy.SiteIds, [&](const std::string &Id) {
      return llvm::none_of(New.Sites,
                           [&](const Site &S) { return S.Id == Id; });
    });
    New.Findings.push_back(std::move(Copy));
  }

  const Report &Old;
  Report &New;
  const CompareInput &How;
  std::vector<bool> Taken;
};

/// The units that failed on the new side only.
std::vector<std::string> newlyFailed(const Report &Old, const Report &New,
                                     const CompareInput &How) {
  std::set<std::string> Before;
  for (const Skipped &S : Old.Skipped)
    if (S.Kind == "unit")
      Before.insert(S.What);
  Renames Names(Old, New, How);
  std::vector<std::string> Result;
  for (const Skipped &S : New.Skipped)
    if (S.Kind == "unit" && !Before.count(Names.oldName(S.What)))
      Result.push_back("the patched " + S.What +
                       " could not be analyzed: " + S.Reason);
  return Result;
}

/// Sites that are unknown on the new side only.
std::vector<const Site *> newlyUnknown(const Report &Old, const Report &New,
                                       const CompareInput &How) {
  std::vector<const Site *> Before = Renames(Old, New, How).sitesBefore();
  std::vector<const Site *> Result;
  for (size_t I = 0; I < New.Sites.size(); ++I)
    if (New.Sites[I].Verdict == Verdict::Unknown &&
        (!Before[I] || Before[I]->Verdict != Verdict::Unknown))
      Result.push_back(&New.Sites[I]);
  return Result;
}

/// Whether a site has the verdicts that it had.
bool sameVerdicts(const Site &A, const Site &B) {
  return llvm::equal(A.ByProfile, B.ByProfile,
                     [](const auto &Left, const auto &Right) {
                       return Left.first == Right.first &&
                              Left.second.Verdict == Right.second.Verdict;
                     });
}

std::string placeOf(const SourceLocation &L) {
  return L.File + ":" + std::to_string(L.Line);
}

/// The reasons that a verdict has, and the verdict.
class Settlement {
public:
  Settlement(const Report &Old, Report &New, const CompareInput &How)
      : Old(Old), New(New), How(How), Gate(*New.Gate) {}

  void run() {
    Gate.Reasons.clear();
    Gate.Verdict = decide();
    counts();
  }

private:
  std::string decide() {
    std::vector<const Finding *> Introduced = where([](const Finding &F) {
      return countsAgainst(F) && F.Change == Change::Introduced;
    });
    bool OnlyFailing = true, OnlyVain = true;
    for (const Finding *F : Introduced) {
      OnlyFailing &= F->Check == "coco-fails-closed";
      OnlyVain &= F->Check == "coco-ineffective-protection";
      say("introduces " + F->Check + " at " + placeOf(F->Location) + ": " +
          F->Message);
    }
    incomplete();
    for (const Finding &F : Gate.Fixed)
      say((isRemoved(F) ? "gone with its file: " : "fixes ") + F.Check +
          " at " + placeOf(F.Location));
    if (!Introduced.empty())
      return OnlyFailing ? "fails-closed"
             : OnlyVain  ? "ineffective"
                         : "introduces";
    if (isNewlyIncomplete(Old, New, How) || !How.Unseen.empty())
      return "incomplete";
    return harmless();
  }

  std::string harmless() {
    std::vector<const Finding *> Left = where([](const Finding &F) {
      return !F.Suppression && F.Change != Change::Introduced;
    });
    std::vector<const Finding *> Less =
        where([](const Finding &F) { return F.Change == Change::Changed; });
    if (!Gate.Fixed.empty() || !Less.empty())
      return rest(Left) ? "partial" : "fixes";
    if (unsigned Changed = siteChanges()) {
      say("the verdict of " + std::to_string(Changed) +
          " site(s) changes, no finding does");
      return "changes";
    }
    if (How.TouchesProtection && !Left.empty()) {
      say("it changes what protections are made of, but no verdict; " +
          std::to_string(Left.size()) + " finding(s) remain");
      for (const Finding *F : Left)
        say("remains: " + F->Check + " at " + placeOf(F->Location));
      return "ineffective";
    }
    return "no-effect";
  }

  /// True if the code of a finding was taken away with its file.
  bool isRemoved(const Finding &Fixed) const {
    return How.Removed.count(Fixed.Location.File) != 0;
  }

  /// True if a patch that fixes one of them is expected to fix the other one:
  /// devices of a class are protected alike. Code of no class has nothing in
  /// common with that of another folder.
  static bool belongTogether(const Finding &A, const Finding &B) {
    auto Folder = [](const Finding &F) {
      return llvm::sys::path::parent_path(F.Location.File);
    };
    return A.Check == B.Check && A.DeviceClass == B.DeviceClass &&
           (!A.DeviceClass.empty() || Folder(A) == Folder(B));
  }

  /// Lists what remains of the kind that was fixed.
  bool rest(const std::vector<const Finding *> &Left) {
    bool Any = false;
    for (const Finding *F : Left) {
      bool Same = F->Change == Change::Changed ||
                  llvm::any_of(Gate.Fixed, [&](const Finding &Fixed) {
                    return belongTogether(Fixed, *F) && !isRemoved(Fixed);
                  });
      if (!Same)
        continue;
      Any = true;
      say("remains: " + F->Check + " at " + placeOf(F->Location) + " on " +
          llvm::join(F->Profiles, ", "));
    }
    return Any;
  }

  void incomplete() {
    for (const std::string &Text : How.Unseen)
      say(Text);
    for (const std::string &Text : How.Notes)
      say(Text);
    for (const std::string &Text : newlyFailed(Old, New, How))
      say(Text);
    for (const Site *S : newlyUnknown(Old, New, How))
      say("cannot be told: " + S->Kind + " at " + placeOf(S->Location));
    if (Old.Summary.Complete && !New.Summary.Complete)
      say("the analysis of the patched side is incomplete");
  }

  unsigned siteChanges() {
    std::vector<const Site *> Before = Renames(Old, New, How).sitesBefore();
    unsigned Kept = 0, Changed = 0;
    for (size_t I = 0; I < New.Sites.size(); ++I) {
      Kept += Before[I] != nullptr;
      Changed += !Before[I] || !sameVerdicts(*Before[I], New.Sites[I]);
    }
    return Changed + (Old.Sites.size() - Kept);
  }

  void counts() {
    unsigned Preexisting = countChange(New.Findings, Change::Preexisting);
    say(std::to_string(countChange(New.Findings, Change::Introduced)) +
        " introduced, " + std::to_string(Gate.Fixed.size()) + " fixed, " +
        std::to_string(countChange(New.Findings, Change::Changed)) +
        " changed, " + std::to_string(Preexisting) + " preexisting");
  }

  template <typename Predicate>
  std::vector<const Finding *> where(Predicate Want) {
    std::vector<const Finding *> Result;
    for (const Finding &F : New.Findings)
      if (Want(F))
        Result.push_back(&F);
    return Result;
  }

  /// A hundred reasons are enough.
  void say(std::string Reason) {
    constexpr size_t Most = 100;
    if (Gate.Reasons.size() < Most)
      Gate.Reasons.push_back(std::move(Reason));
  }

  const Report &Old;
  Report &New;
  const CompareInput &How;
  GateResult &Gate;
};

} // namespace

bool isNewlyIncomplete(const Report &Old, const Report &New,
                       const CompareInput &How) {
  return !newlyFailed(Old, New, How).empty() ||
         (Old.Summary.Complete && !New.Summary.Complete) ||
         !newlyUnknown(Old, New, How).empty();
}

void settleVerdict(const Report &Old, Report &New, const CompareInput &How) {
  Settlement(Old, New, How).run();
}

void compareReports(const Report &Old, Report &New, const CompareInput &How) {
  Comparison(Old, New, How).run();
  settleVerdict(Old, New, How);
  sortReport(New);
}

} // namespace cocodma
