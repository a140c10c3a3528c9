// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Judge.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

namespace cocodma {

Judge::KindText Judge::textOf(llvm::StringRef Kind) {
  if (Kind == "map")
    return {"coco-bounce",
            "private data of a confidential channel is bounced through swiotlb",
            "channel", false};
  if (Kind == "copy")
    return {"coco-copy-to-shared",
            "private data of a confidential channel is copied to shared memory",
            "channel", false};
  if (Kind == "alias")
    return {"coco-shared-buffer",
            "private memory of a confidential channel gets a decrypted mapping",
            "channel", false};
  if (Kind == "free")
    return {"coco-decrypted-free",
            "memory that is or may be host-visible goes back to its allocator",
            "next-owner", true};
  if (Kind == "subpage")
    return {"coco-subpage-sharing",
            "memory that shares its pages with other data is made host-visible",
            "neighbour", true};
  return {"coco-shared-buffer",
          "private memory of a confidential channel is made host-visible",
          "channel", false};
}

Judge::Judge(JudgeInput Input)
    : In(std::move(Input)), Conditions(In.Engine.conditions()),
      Terms(In.Engine.terms()), B(Conditions.bdd()),
      Traces(In.Linked, Conditions, In.KernelRoot),
      Mappings(In.Linked, In.Vocabulary, Conditions, Terms, Traces, Platforms) {
  for (const Profile *P : In.Profiles) {
    Platforms.push_back(
        std::make_unique<ProfileJudge>(Conditions, Terms, In.Known, *P));
    if (In.MissingOptions.count(P->Option))
      Platforms.back()->setMissingOption(P->Option);
  }
}

bool Judge::selected(const SourceLocation &Where) const {
  if (In.Paths.empty())
    return true;
  for (const std::string &Path : In.Paths)
    if (Where.File == Path ||
        llvm::StringRef(Where.File).starts_with(Path + "/"))
      return true;
  return false;
}

ProfileVerdict Judge::verdictOn(size_t Profile, const Place &Where) const {
  if (const std::string &Option = Platforms[Profile]->missingOption();
      !Option.empty())
    return {Verdict::Unreachable,
            "this configuration has no " + Option + ": no such guest"};
  if (!Platforms[Profile]->isGuest())
    return {Verdict::Unreachable, "not a confidential guest"};
  KindText Text = textOf(Where.Kind);
  if (Text.Lifetime)
    return lifetimeVerdict(Profile, Where);
  if (!In.HasMarkers)
    return {Verdict::SharedByDesign,
            "this tree marks no channel as confidential"};
  if (!In.Vocabulary.deviceClass(Where.DeviceClass))
    return {Verdict::SharedByDesign,
            "devices of this bus have no marker of confidential data"};
  const Tally &Now = Where.ByProfile[Profile];
  if (Now.Leak)
    return {Verdict::Leak, Text.What};
  if (Now.Crashes)
    return {Verdict::Crashes, "an operation of the device that is NULL is "
                              "called"};
  if (Now.Lost)
    return {Verdict::Unknown, "depends on what the analysis lost: " +
                                  llvm::join(Now.Reasons, "; ")};
  if (Now.Fails && !Now.Succeeds)
    return {Verdict::FailsClosed,
            "every mapping on the confidential path fails"};
  if (Now.Meant)
    return {Verdict::SharedByDesign,
            "shared whatever the marker, and no data is copied into it"};
  if (Now.Unbound)
    return {Verdict::Unreachable,
            "the bus registers no confidential device for the ids of this "
            "driver"};
  auto Possible = ClassPossible.find(Where.DeviceClass);
  if (Possible == ClassPossible.end())
    return {Verdict::Unknown, "nothing that registers devices of this class "
                              "was given: their state is not known"};
  if (!Possible->second[Profile])
    return {Verdict::Unreachable,
            "no confidential channel exists on this profile"};
  if (!Where.Executed) {
    // Not having got there proves nothing if the execution was cut short.
    if (mayBeCutOff(Where))
      return {
          Verdict::Unknown,
          "it was not reached, but the execution was cut short (skipped[])"};
    if (Total.Mappings.Reached.count({Where.Function, Where.At}))
      return {Verdict::Private, "executed, and nothing is copied there"};
    return {Verdict::Unreachable, "no path that was executed gets there"};
  }
  if (!Where.Barrier)
    return {Verdict::Private, "no confidential valuation reaches it"};
  const SourceLocation &At = Where.Barrier->Location;
  return {Verdict::Private,
          "reached only by " + Where.Barrier->Message + " at " + At.File + ":" +
              std::to_string(At.Line) + ", which confidential data excludes"};
}

std::string Judge::fingerprint(const std::string &Check, const Place &Where,
                               const std::string &DataClass) {
  std::string Key = Check + "\n" + Where.Location.File + "\n" +
                    Where.Location.Function + "\n" + Where.Expression + "\n" +
                    Where.DeviceClass + "\n" + DataClass;
  Key += "\n" + std::to_string(FingerprintUses[Key]++);
  return llvm::utohexstr(llvm::xxh3_64bits(Key), /*LowerCase=*/true, 16);
}

void Judge::addSite(Place &Where, Report &Into) {
  if (!selected(Where.Location))
    return;
  Site New;
  New.Kind = Where.Kind;
  New.Location = Where.Location;
  New.Expression = Where.Expression;
  New.DeviceClass = Where.DeviceClass;
  New.DataClass = Where.DataClass;
  New.Id = fingerprint("site:" + Where.Kind, Where, New.DataClass);
  Where.Id = New.Id;
  New.Verdict = Verdict::Unreachable;
  std::map<Verdict, std::vector<std::string>> ByVerdict;
  for (size_t Profile = 0; Profile < Platforms.size(); ++Profile) {
    const std::string &Name = Platforms[Profile]->platform().Name;
    ProfileVerdict V = verdictOn(Profile, Where);
    New.ByProfile[Name] = V;
    New.Verdict = worse(New.Verdict, V.Verdict);
    ByVerdict[V.Verdict].push_back(Name);
  }
  std::optional<Finding> Found =
      New.Verdict == Verdict::Leak          ? std::move(Where.Leak)
      : New.Verdict == Verdict::FailsClosed ? std::move(Where.FailsClosed)
                                            : std::nullopt;
  if (Found) {
    Found->Profiles = ByVerdict[New.Verdict];
    Found->SiteIds = {New.Id};
    Found->Fingerprint = fingerprint(Found->Check, Where, Found->DataClass);
    Into.Findings.push_back(std::move(*Found));
  }
  Into.Sites.push_back(std::move(New));
}

void Judge::addLosses(Report &Into) {
  for (const auto &[What, Count] : In.Engine.losses()) {
    cocodma::Skipped New;
    New.Kind = "unresolved";
    New.What = What;
    New.Reason = "met " + std::to_string(Count) + " time(s) in the execution";
    New.Effect = "its result is open: a verdict that depends on it is unknown";
    Into.Skipped.push_back(std::move(New));
  }
}

void Judge::forgetFormulas() {
  for (auto &Platform : Platforms)
    Platform->forget();
  OnNoPlatform.reset();
}

void Judge::dropFormulas(const Evaluator::Checkpoint &To, size_t Many) {
  // What was made in order to decide is of no use to what comes next, which
  // would be slower in large tables. A few formulas more cost less than that.
  if (B.nodeCount() < To.Conditions.Nodes + Many)
    return;
  forgetFormulas();
  In.Engine.rollBack(To);
}

void Judge::observe(const ClassHistory &History, size_t First) {
  if (First == History.Events.size())
    return;
  const Evaluator::Checkpoint Before = In.Engine.checkpoint();
  for (size_t I = First; I < History.Events.size(); ++I)
    addEvent(History.Events[I], History);
  for (size_t I = First; I < History.Events.size(); ++I)
    if (History.Events[I].What.Kind == EventKind::DeviceWrite &&
        History.Events[I].When == Phase::Probe)
      addOverwritten(History.Events[I], History);
  const Evaluator::Checkpoint Ready = In.Engine.checkpoint();
  for (const Place *Where : CurrentOrder) {
    weigh(Current[Where], History);
    dropFormulas(Ready, 100'000);
  }
  Mappings.add(Mapped, Gathered->Mappings);
  Mapped.clear();
  Current.clear();
  CurrentOrder.clear();
  if (!refersTo(Before.Terms.Objects.size()))
    dropFormulas(Before, 10'000);
}

bool Judge::refersTo(ObjectId First) const {
  return llvm::any_of(
             Gathered->CopyTargets,
             [&](const auto &Copied) { return Copied.first >= First; }) ||
         llvm::any_of(Gathered->Undecided, [&](const PendingShare &P) {
           return llvm::any_of(
               P.Shared, [&](ObjectId Object) { return Object >= First; });
         });
}

void Judge::registered(const ClassHistory &History) {
  // Of devices that nothing registers it is not known which ones there are.
  if (History.Registrations.empty())
    return;
  findOffered(History);
  const std::string &Name = In.Vocabulary.Classes[History.Class].Name;
  std::vector<bool> &Possible = ClassPossible[Name];
  Possible.assign(Platforms.size(), false);
  for (const auto *Devices : {&History.Registrations, &History.Later})
    for (const Registration &Device : *Devices) {
      ObjectId Owner = Device.Channel != None ? Device.Channel : Device.Device;
      Bdd Confidential = Conditions.no();
      for (const Marker &M : In.Vocabulary.Classes[History.Class].Markers)
        if (M.Function.empty())
          Confidential =
              B.disj(Confidential, marker(History.Class, M.DataClass, Owner,
                                          Device.State, Device.Assume));
      Confidential = B.conj(Device.Assume, Confidential);
      for (size_t Profile = 0; Profile < Platforms.size(); ++Profile)
        if (!Platforms[Profile]->isNever(Confidential))
          Possible[Profile] = true;
    }
  addProtectionFindings(History);
}

void Judge::forget(ObjectId First) {
  auto IsGone = [&](ObjectId Object) { return Object >= First; };
  llvm::erase_if(Gathered->Undecided, [&](PendingShare &P) {
    return llvm::any_of(P.Shared, IsGone) && settle(P, First);
  });
  Gathered->CopyTargets.erase(Gathered->CopyTargets.lower_bound({First, 0}),
                              Gathered->CopyTargets.end());
  Offered.erase(Offered.lower_bound({First, ""}), Offered.end());
  forgetFormulas();
}

void Judge::finished(const ClassHistory &History) {
  // Objects of the class are about to go, and nobody else knows them.
  for (PendingShare &P : Gathered->Undecided)
    settle(P, 0);
  Gathered->Undecided.clear();
  Gathered->CopyTargets.clear();
  Bound.clear();
}

void Judge::problem(const ClassHistory &History, std::string Text) {
  std::vector<std::string> &Known =
      Gathered->Problems[In.Vocabulary.Classes[History.Class].Name];
  if (!llvm::is_contained(Known, Text))
    Known.push_back(std::move(Text));
}

void Judge::spent(const ClassHistory &History, FunctionId Entry,
                  const std::set<FunctionId> &CutOff) {
  const std::string &Class = In.Vocabulary.Classes[History.Class].Name;
  Gathered->CutOff[Class][Entry].insert(CutOff.begin(), CutOff.end());
}

bool Judge::mayBeCutOff(const Place &Where) const {
  if (Total.Problems.count(Where.DeviceClass))
    return true;
  auto Found = Total.CutOff.find(Where.DeviceClass);
  return Found != Total.CutOff.end() &&
         llvm::any_of(Found->second, [&](const auto &Operation) {
           return In.Reachable.isWithin(Where.Function, Operation.second);
         });
}

void Judge::beginPart() {
  OfPart = Contribution();
  Gathered = &OfPart;
}

Contribution Judge::endPart() {
  Gathered = &Total;
  return std::exchange(OfPart, Contribution());
}

void Judge::report(Report &Into) {
  for (const auto &[Class, Texts] : Total.Problems)
    for (const std::string &Text : Texts)
      Problems.push_back(
          {"class", Class, Text,
           "sites of its drivers may be missing from the ledger"});
  for (const auto &[Class, Operations] : Total.CutOff)
    for (const auto &[Operation, Functions] : Operations)
      Problems.push_back({"class", Class,
                          "the execution budget was spent in " +
                              In.Linked.functionName(Operation).str() + "()",
                          "sites that it leads to may be missing from the "
                          "ledger"});
  for (LooseFinding &Found : Total.Loose) {
    Place Where;
    Where.Location = Found.What.Location;
    Where.Expression = Found.Expression;
    Where.DeviceClass = Found.What.DeviceClass;
    Found.What.Fingerprint =
        fingerprint(Found.What.Check, Where, Found.What.DataClass);
  }
  addStaticSites();
  for (auto &[Key, Where] : Total.Places)
    addSite(Where, Into);
  addImbalances(Into);
  addDesign(Into);
  for (LooseFinding &Found : Total.Loose)
    Into.Findings.push_back(std::move(Found.What));
  addLosses(Into);
  Into.Summary.Complete &= Problems.empty();
  llvm::append_range(Into.Skipped, Problems);
}

} // namespace cocodma
