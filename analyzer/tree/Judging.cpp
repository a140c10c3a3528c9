// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tree/Judging.h"

#include "judge/Judge.h"
#include "lifecycle/PageLife.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace cocodma {

FrontEndVocabulary vocabularyOf(const Spec &S) {
  FrontEndVocabulary Result;
  for (const Profile &P : S.Profiles)
    for (const Fact &F : P.Facts) {
      for (const std::string &Name : F.Arguments)
        Result.Constants.push_back(Name);
      if (const std::string *Name = std::get_if<std::string>(&F.Is))
        Result.Constants.push_back(*Name);
    }
  for (const Primitive &P : S.Primitives) {
    if (!P.ToDevice.empty())
      Result.Constants.push_back(P.ToDevice);
    if (!P.Flag.empty())
      Result.Constants.push_back(P.Flag);
  }
  Result.Constants.push_back("___GFP_ZERO_BIT");
  for (const DeviceClass &C : S.Classes)
    for (const Marker &M : C.Markers)
      if (!M.Field.empty())
        Result.Fields.push_back(C.markerField(M));
  llvm::sort(Result.Constants);
  Result.Constants.erase(llvm::unique(Result.Constants),
                         Result.Constants.end());
  return Result;
}

namespace {

bool hasMarkers(const Spec &S, const Program &Linked) {
  for (const DeviceClass &C : S.Classes)
    for (const Marker &M : C.Markers)
      if (!M.Field.empty() && Linked.hasField(C.markerField(M)))
        return true;
  return false;
}

bool hasDmaCore(const Spec &S, const Program &Linked) {
  for (const Primitive &P : S.Primitives)
    if (P.Effect == Effect::Bounce && Linked.anyFunction(P.Function) != None)
      return true;
  return false;
}

void noteLimits(const UnitSummary &Unit, llvm::StringRef Root, Report &Into) {
  for (const std::string &Limit : Unit.Limits) {
    cocodma::Skipped New;
    New.Kind = "construct";
    New.What = pathBelow(Root, Limit);
    New.Reason = "the front end does not lower it";
    New.Effect = "what depends on it is open";
    Into.Skipped.push_back(std::move(New));
  }
}

void noteDmaCore(Report &Into) {
  if (Into.Kernel.HasDmaCore)
    return;
  cocodma::Skipped New;
  New.Kind = "dma-core";
  New.What = "the DMA core (kernel/dma)";
  New.Reason = "the compile database has no unit of it";
  New.Effect = "whether a mapping bounces is not known: the spec says what "
               "may, and such sites are unknown";
  Into.Skipped.push_back(std::move(New));
}

std::set<std::string> missingOptions(const Configuration &Known) {
  std::set<std::string> Result;
  for (const auto &[Option, Value] : Known.Options)
    if (Value == "n")
      Result.insert(Option);
  return Result;
}

/// Whether a check is asked for.
bool isAskedFor(const JudgingOptions &Options, llvm::StringRef Check) {
  return Options.Checks.empty() || llvm::is_contained(Options.Checks, Check);
}

/// Whether one of the checks that judge sites of this kind is asked for.
bool isKindAskedFor(const JudgingOptions &Options, llvm::StringRef Kind) {
  return isAskedFor(Options, Judge::checkOf(Kind)) ||
         (Kind == "map" && isAskedFor(Options, "coco-fails-closed"));
}

/// Leaves in the report what was asked for, and says that this is not all.
void dropOthers(const JudgingOptions &Options, Report &Into) {
  if (Options.Checks.empty())
    return;
  llvm::erase_if(Into.Findings, [&](const Finding &F) {
    return !isAskedFor(Options, F.Check);
  });
  llvm::erase_if(Into.Sites, [&](const Site &S) {
    return !isKindAskedFor(Options, S.Kind);
  });
  cocodma::Skipped New;
  New.Kind = "check";
  New.What = "all checks but " + llvm::join(Options.Checks, ", ");
  New.Reason = "not asked for (--check)";
  New.Effect = "nothing is said about what they find";
  Into.Skipped.push_back(std::move(New));
}

} // namespace

void judgeUnits(std::vector<UnitSummary> Units, const JudgingOptions &Options,
                Report &Into) {
  const Spec &Vocabulary = Options.Vocabulary;
  Program Linked;
  for (UnitSummary &Unit : Units) {
    noteLimits(Unit, Options.Root, Into);
    Linked.add(std::move(Unit));
  }
  Linked.link();
  Facts Known(Vocabulary, Linked);
  TermTable Terms(Linked);
  Guards Conditions(Terms);
  Reach Reachable(Linked, Vocabulary);
  Evaluator Engine(Linked, Vocabulary, Known, Terms, Conditions);
  bool Markers = hasMarkers(Vocabulary, Linked);
  Into.Kernel.HasMarkers = Markers;
  Into.Kernel.HasDmaCore = hasDmaCore(Vocabulary, Linked);
  noteDmaCore(Into);
  const bool Lifetime =
      isKindAskedFor(Options, "free") || isKindAskedFor(Options, "subpage");
  JudgeInput Input{Linked,
                   Vocabulary,
                   Known,
                   Reachable,
                   Engine,
                   Options.Profiles,
                   Options.Root,
                   Options.Paths,
                   Markers,
                   Lifetime,
                   missingOptions(Into.Configuration)};
  Judge Verdicts(std::move(Input));
  for (unsigned C = 0; C < Vocabulary.Classes.size(); ++C)
    if (!Reachable.registrarsOf(C).empty() || !Reachable.driversOf(C).empty())
      WorldBuilder(Engine, Reachable, Vocabulary, C, Verdicts).run();
  if (Lifetime)
    PageLife(Engine, Reachable, Vocabulary, Verdicts).run();
  Verdicts.report(Into);
  dropOthers(Options, Into);
}

} // namespace cocodma
