// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tree/Judging.h"

#include "judge/Judge.h"
#include "lifecycle/PageLife.h"
#include "support/FreeMemory.h"
#include "tree/PartCache.h"

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
  if (!S.ZeroingFlag.Constant.empty())
    Result.Constants.push_back(S.ZeroingFlag.Constant);
  for (const DeviceClass &C : S.Classes)
    for (const Marker &M : C.Markers)
      if (!M.Field.empty())
        Result.Fields.push_back(C.markerField(M));
  Result.CallTrampoline = S.StaticCalls.Trampoline;
  Result.CallKey = S.StaticCalls.Key;
  Result.CallTarget = S.StaticCalls.Target;
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

/// What is found out about all functions before one is executed.
KnownBeforehand knownBeforehand(const Reach &Reachable, const Evaluator &Engine,
                                const Judge &Verdicts, const PageLife &Pages) {
  KnownBeforehand Result;
  Result.OfFunction = [&](FunctionId Id) {
    return Reachable.of(Id) | uint64_t(Reachable.isIrrelevant(Id)) << 8 |
           Verdicts.knownOf(Id) << 9 | Pages.knownOf(Id) << 16;
  };
  Result.OfModule = [&](llvm::StringRef Module) {
    uint64_t Classes = Reachable.isDriverModule(Module);
    for (unsigned Class : Reachable.classesOf(Module))
      Classes |= uint64_t(2) << Class % 63;
    return Classes;
  };
  Result.Awaited = [&](StringIndex Field) {
    const std::set<StringIndex> &Written = Engine.wakers().written(Field);
    return std::vector<StringIndex>(Written.begin(), Written.end());
  };
  return Result;
}

/// All that parts depend on besides units: also how the program says of a few
/// names of the spec who they are.
std::string partKey(const JudgingOptions &Options, const Program &Linked,
                    UnitFingerprints &Units) {
  std::string Result = Options.CacheKey;
  auto Add = [&](llvm::StringRef Function) {
    FunctionId Id = Linked.anyFunction(Function);
    Result += "\n" + Function.str() + " " +
              std::to_string(Id == None ? 0 : Units.identity(Id));
  };
  for (const Primitive &P : Options.Vocabulary.Primitives)
    Add(P.Function);
  for (const DeviceClass &C : Options.Vocabulary.Classes)
    for (const Marker &M : C.Markers)
      Add(M.Function);
  for (const std::string &Name : vocabularyOf(Options.Vocabulary).Constants)
    if (std::optional<int64_t> Value = Linked.namedConstant(Name))
      Result += "\n" + Name + "=" + std::to_string(*Value);
  return Result;
}

} // namespace

void judgeUnits(std::vector<UnitSummary> Units, const JudgingOptions &Options,
                Report &Into) {
  const Spec &Vocabulary = Options.Vocabulary;
  Program Linked;
  std::vector<uint64_t> Contents;
  for (UnitSummary &Unit : Units) {
    noteLimits(Unit, Options.Root, Into);
    Contents.push_back(Options.CacheFolder.empty() ? 0 : contentHash(Unit));
    Linked.add(std::move(Unit));
  }
  Linked.link();
  releaseFreeMemory();
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
  PageLife Pages(Engine, Reachable, Vocabulary, Verdicts);
  UnitFingerprints Fingerprints(
      Linked, std::move(Contents),
      knownBeforehand(Reachable, Engine, Verdicts, Pages));
  PartCache Parts(Options.CacheFolder, partKey(Options, Linked, Fingerprints),
                  Linked, Engine, Verdicts, Fingerprints);
  for (unsigned C = 0; C < Vocabulary.Classes.size(); ++C)
    if (!Reachable.registrarsOf(C).empty() || !Reachable.driversOf(C).empty())
      WorldBuilder(Engine, Reachable, Vocabulary, C, Verdicts, Parts).run();
  if (Lifetime)
    Pages.run(Parts);
  Verdicts.report(Into);
  dropOthers(Options, Into);
}

} // namespace cocodma
