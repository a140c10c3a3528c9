// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The life of memory whose visibility changes: what goes back to an allocator
// while it is, or may be, host-visible, and what shares its pages with others
// when it becomes so. These rules protect all of the guest, channel or not.
#include "judge/Judge.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace cocodma {

Judge::SiteRecord *Judge::placeOf(const WorldEvent &Seen,
                                  const std::string &Kind) {
  if (SiteRecord *Site = siteOf(Seen, Kind))
    return Site;
  InstIndex At = Seen.What.At;
  for (const Frame *F = Seen.What.Where.get(); F; F = F->Caller.get()) {
    if (!In.Linked.function(F->Function).Body->Inline)
      return &record(F->Function, At, Kind, "");
    At = F->CallSite;
  }
  return nullptr;
}

void Judge::addFree(const WorldEvent &Seen, const ClassHistory &History) {
  // Memory that was never converted is none of this rule's business.
  if (!In.Lifetime || !Seen.What.Converted)
    return;
  SiteRecord *Site = placeOf(Seen, "free");
  if (!Site)
    return;
  Sighting New;
  New.Seen = &Seen;
  New.Confidential = B.disj(Seen.What.Shared, Seen.What.Unknown);
  New.Leak = B.conj(Seen.What.When, New.Confidential);
  Site->Sightings.push_back(New);
}

bool Judge::sharesPages(TermId Address) const {
  const Term &T = Terms.term(Address);
  std::optional<Cell> Where = In.Engine.target(Address);
  if (T.Kind != TermKind::Pointer || !Where)
    return false;
  const Object &O = Terms.object(Where->Object);
  switch (O.Kind) {
  case ObjectKind::Local:
    return true; // The stack.
  case ObjectKind::Global:
    return !O.WholePages;
  case ObjectKind::Heap:
    return !O.WholePages && llvm::is_contained({uint8_t(Unit::Slab) + 1,
                                                uint8_t(Unit::PerCpu) + 1,
                                                uint8_t(Unit::Fragment) + 1},
                                               int(O.Unit));
  default:
    return false;
  }
}

bool Judge::isSubpage(const Value &Subject) const {
  for (const Guarded &G : Subject)
    if (!sharesPages(G.What))
      return false;
  return !Subject.empty();
}

Bdd Judge::sharesNeighbours(const Event &Seen, const Guarded &Which) const {
  if (sharesPages(Which.What))
    return Which.When;
  // More pages than the memory has.
  Bdd Result = Conditions.no();
  std::optional<Cell> Where = In.Engine.target(Which.What);
  uint64_t Own = Where ? Terms.object(Where->Object).Pages : 0;
  for (const Guarded &Count : Seen.Source)
    if (std::optional<int64_t> N = Terms.constantOf(Count.What);
        Own && N && *N > int64_t(Own))
      Result = B.disj(Result, B.conj(Which.When, Count.When));
  return Result;
}

void Judge::addSubpage(const WorldEvent &Seen, const ClassHistory &History) {
  if (!In.Lifetime)
    return;
  for (const Guarded &G : Seen.What.Subject) {
    Bdd When = sharesNeighbours(Seen.What, G);
    if (When.isFalse())
      continue;
    SiteRecord *Site = placeOf(Seen, "subpage");
    if (!Site)
      continue;
    Sighting New;
    New.Seen = &Seen;
    New.Confidential = When;
    New.Leak = B.conj(Seen.What.When, When);
    Site->Sightings.push_back(New);
  }
}

static std::optional<bool> notFixed(uint32_t) { return std::nullopt; }

bool Judge::areImpossible(llvm::ArrayRef<Bdd> All) {
  if (!OnNoPlatform)
    OnNoPlatform.emplace(Conditions, notFixed);
  return OnNoPlatform->areImpossible(All);
}

bool Judge::isImpossible(const Sighting &S) {
  if (!S.Impossible)
    S.Impossible = areImpossible(S.Leak);
  return *S.Impossible;
}

void Judge::refuteTogether(const SiteRecord &Record) {
  // Mostly what happened last excludes it: then putting back a few definitions
  // shows it in a fraction of the time. And mostly for the same reason: of what
  // is left one proof is shorter than many.
  if (llvm::any_of(Record.Sightings,
                   [](const Sighting &S) { return S.Impossible.has_value(); }))
    return; // Asked for another platform already.
  std::vector<Bdd> Leaks;
  constexpr size_t Nodes = 50'000;
  for (const Sighting &S : Record.Sightings) {
    if (Conditions.isImpossible(S.Leak, Conditions.yes(), Nodes))
      S.Impossible = true;
    else
      Leaks.push_back(S.Leak);
  }
  if (Leaks.size() < 2)
    return;
  if (areImpossible(Leaks))
    for (const Sighting &S : Record.Sightings)
      S.Impossible = S.Impossible.value_or(true);
}

void Judge::weighLifetime(size_t Profile, const SiteRecord &Record,
                          const ClassHistory &History) {
  // So many ways that could not be decided are enough to say so.
  constexpr unsigned Undecidable = 4;
  ProfileJudge &Platform = *Platforms[Profile];
  Place &Where = *Record.Where;
  Tally &Now = Where.ByProfile[Profile];
  refuteTogether(Record);
  // Short conditions first: they are decided best.
  std::vector<const Sighting *> Order;
  Order.reserve(Record.Sightings.size());
  for (const Sighting &S : Record.Sightings)
    Order.push_back(&S);
  llvm::sort(Order, [&](const Sighting *L, const Sighting *R) {
    return std::pair(B.size(L->Leak), L->Seen->What.Sequence) <
           std::pair(B.size(R->Leak), R->Seen->What.Sequence);
  });
  for (const Sighting *S : Order) {
    Now.Reached |= !Platform.onPlatform(S->Seen->What.When).isFalse();
    if (Now.Lost >= Undecidable)
      continue;
    // Most are impossible, and so on all platforms.
    if (isImpossible(*S))
      continue;
    Possibility How = Platform.possibility(S->Leak, /*Strict=*/true);
    if (How == Possibility::Never)
      continue;
    if (How == Possibility::Possible) {
      Now.Leak = true;
      if (!Where.Leak)
        Where.Leak = draft(Where, *S, Verdict::Leak, History);
      return;
    }
    if (Now.Lost++ > 0)
      continue;
    Now.Reasons = Platform.lost(S->Leak, /*Strict=*/true);
    llvm::sort(Now.Reasons);
    Now.Reasons.erase(llvm::unique(Now.Reasons), Now.Reasons.end());
  }
}

std::set<FunctionId> Judge::reopenUndecidedFrees() {
  std::set<FunctionId> Result;
  auto IsShown = [](const Contribution &By, const std::string &Key) {
    auto Found = By.Places.find(Key);
    return Found != By.Places.end() && Found->second.Leak;
  };
  for (Contribution *By : {&Total, &OfPart})
    for (auto &[Key, Where] : By->Places) {
      if (Where.Kind != "free" || IsShown(Total, Key) || IsShown(OfPart, Key))
        continue;
      for (Tally &Known : Where.ByProfile)
        if (Known.Lost) {
          Known.Lost = 1; // What comes now is looked at again.
          Result.insert(Where.Function);
        }
    }
  return Result;
}

ProfileVerdict Judge::lifetimeVerdict(size_t Profile,
                                      const Place &Where) const {
  const Tally &Now = Where.ByProfile[Profile];
  if (Now.Leak)
    return {Verdict::Leak, textOf(Where.Kind).What};
  if (Now.Lost)
    return {Verdict::Unknown, "depends on what the analysis lost: " +
                                  llvm::join(Now.Reasons, "; ")};
  if (!Now.Reached)
    return {Verdict::Unreachable, "no path that was executed gets there"};
  return {Verdict::Private, "freed only where it was never made host-visible "
                            "or is known to be private again"};
}

std::string Judge::remedy(const Place &Where, const Sighting &Worst) const {
  if (Where.Kind == "subpage")
    return ": give it whole pages of its own";
  if (Where.Kind != "free")
    return "";
  const Event &E = Worst.Seen->What;
  return B.disjoint(E.Unknown, Worst.Leak)
             ? ": it is shared still, make it private first"
             : ": a conversion may have failed before, test its result and "
               "leak the memory then";
}

void Judge::addConversions(const Sighting &Worst, const ClassHistory &History,
                           Finding &New) {
  // Where the memory was made host-visible, and where it should have become
  // private again.
  for (const WorldEvent &Past : History.Events) {
    const Event &E = Past.What;
    if ((E.Kind != EventKind::Share && E.Kind != EventKind::Unshare) ||
        E.Sequence > Worst.Seen->What.Sequence ||
        B.disjoint(E.When, Worst.Leak))
      continue;
    bool Same = false;
    for (const Guarded &G : E.Subject)
      for (const Guarded &F : Worst.Seen->What.Subject) {
        auto Left = In.Engine.target(G.What), Right = In.Engine.target(F.What);
        Same |= Left && Right && Left->Object == Right->Object;
      }
    if (!Same)
      continue;
    TraceStep Step;
    Step.Kind = "effect";
    Step.Location = Traces.locationOf(E.Where->Function, E.At);
    Step.Message =
        E.Kind == EventKind::Share
            ? "the memory is made host-visible here; the host decides whether "
              "that succeeds, and half of it may be converted if it fails"
            : "it is to become private again here; if that fails its state is "
              "unknown";
    New.Trace.push_back(std::move(Step));
  }
}

} // namespace cocodma
