// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/Verdicts.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace cocodma {

namespace {

CodeLine lineOf(const SourceLocation &At) { return {At.File, At.Line}; }

/// The kinds of data whose sighting is what a check is about.
std::vector<std::string> kindsOf(StringRef Check) {
  if (Check == "coco-decrypted-free")
    return {"next-owner"};
  if (Check == "coco-subpage-sharing")
    return {"neighbour"};
  if (Check == "coco-bounce" || Check == "coco-shared-buffer" ||
      Check == "coco-copy-to-shared")
    return {"buffer", "device"};
  return {};
}

std::string times(unsigned Count, const char *What) {
  return std::to_string(Count) + " " + What + (Count == 1 ? "" : "s");
}

/// What its runs came to instead, if none got there.
std::string whyNotThere(const Evidence &Shown) {
  std::string Text =
      "its line did not run in any of " + times(Shown.runs(), "run");
  unsigned Most = 0;
  std::string Why;
  for (const auto &[Reason, Count] : Shown.stops())
    if (Count > Most) {
      Most = Count;
      Why = Reason;
    }
  return Most
             ? Text + "; " + std::to_string(Most) + " ended early (" + Why + ")"
             : Text;
}

/// The calls of a finding's path from the entry point on; nothing if the path
/// depends on more than calls.
std::vector<CodeLine> callsOf(const Finding &F) {
  std::vector<CodeLine> Calls;
  for (const TraceStep &Step : F.Trace) {
    if (Step.Kind == "entry")
      Calls.clear();
    else if (Step.Kind == "branch")
      return {};
    else if (Step.Kind == "call" || Step.Kind == "sink" ||
             Step.Kind == "effect")
      Calls.push_back(lineOf(Step.Location));
  }
  return Calls;
}

bool tookPath(const Finding &F, const SiteEvidence &Here) {
  std::vector<CodeLine> Calls = callsOf(F);
  if (Calls.empty())
    return false;
  for (const std::string &Profile : F.Profiles)
    if (auto At = Here.Stacks.find(Profile); At != Here.Stacks.end())
      for (const std::vector<CodeLine> &Stack : At->second)
        if (all_of(Calls,
                   [&](const CodeLine &C) { return is_contained(Stack, C); }))
          return true;
  return false;
}

Validation judgeLeak(const Finding &F, const std::vector<std::string> &Kinds,
                     const SiteEvidence &Here, const Evidence &Shown) {
  std::string First;
  unsigned Count = 0, InProbe = 0;
  for (const auto &[Key, Seen] : Here.Seen) {
    if (!is_contained(F.Profiles, Key.first) ||
        !is_contained(Kinds, Key.second))
      continue;
    First = First.empty() ? Seen.First : First;
    Count += Seen.Count;
    InProbe += Seen.InProbe;
  }
  if (Count)
    return {ValidationStatus::Confirmed,
            First + "; " + times(Count, "sighting") +
                (InProbe ? ", " + std::to_string(InProbe) + " of them in probe"
                         : ""),
            Here.Runs};
  if (!Here.Runs)
    return {ValidationStatus::NotReplayed, whyNotThere(Shown), 0};
  if (!Here.SecretRuns)
    return {ValidationStatus::NotReplayed,
            "its line ran, but never for a device whose data is confidential",
            Here.Runs};
  if (tookPath(F, Here))
    return {ValidationStatus::Refuted,
            "its path was taken, and the host saw nothing", Here.Runs};
  return {ValidationStatus::NotReplayed,
          "its line ran and the host saw nothing, but the runs may have come "
          "another way",
          Here.Runs};
}

Validation judgeFailure(const SiteEvidence &Here, const Evidence &Shown) {
  if (!Here.SecretRuns)
    return {ValidationStatus::NotReplayed, whyNotThere(Shown), Here.Runs};
  if (Here.FailedSecret && !Here.WorkedSecret)
    return {ValidationStatus::Confirmed,
            "operations failed in all " + times(Here.FailedSecret, "run") +
                " for a confidential device; " +
                times(Here.WorkedOrdinary, "run") + " for others worked",
            Here.Runs};
  return {ValidationStatus::NotReplayed,
          "its line ran, and operations did not fail in " +
              times(Here.WorkedSecret, "run"),
          Here.Runs};
}

} // namespace

Validation judgeFinding(const Finding &F, const Evidence &Shown) {
  const SiteEvidence &Here = Shown.at(lineOf(F.Location));
  if (F.Verdict == Verdict::FailsClosed)
    return judgeFailure(Here, Shown);
  std::vector<std::string> Kinds = kindsOf(F.Check);
  if (F.Verdict != Verdict::Leak || Kinds.empty())
    return {ValidationStatus::NotReplayed,
            "what this rule says cannot be seen by running", 0};
  return judgeLeak(F, Kinds, Here, Shown);
}

Validation judgeSite(const Site &S, const Evidence &Shown) {
  const SiteEvidence &Here = Shown.at(lineOf(S.Location));
  for (const auto &[Key, Seen] : Here.Seen)
    if (auto At = S.ByProfile.find(Key.first);
        At != S.ByProfile.end() && (At->second.Verdict == Verdict::Private ||
                                    At->second.Verdict == Verdict::FailsClosed))
      return {ValidationStatus::Refuted, "a missed leak: " + Seen.First,
              Here.Runs};
  if (!Here.Runs)
    return {ValidationStatus::NotReplayed, whyNotThere(Shown), 0};
  return {ValidationStatus::NoCounterexample,
          std::to_string(Here.SecretRuns) +
              " of them for a confidential device",
          Here.Runs};
}

} // namespace cocodma
