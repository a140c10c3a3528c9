//===- Report.cpp - What an analysis has to say ---------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <tuple>

using namespace cocodma;
using llvm::StringRef;

StringRef cocodma::nameOf(Verdict Value) {
  switch (Value) {
  case Verdict::Leak:
    return "leak";
  case Verdict::Crashes:
    return "crashes";
  case Verdict::Unknown:
    return "unknown";
  case Verdict::FailsClosed:
    return "fails-closed";
  case Verdict::Private:
    return "private";
  case Verdict::SharedByDesign:
    return "shared-by-design";
  case Verdict::Unreachable:
    return "unreachable";
  }
  llvm_unreachable("covered switch");
}

StringRef cocodma::nameOf(Severity Value) {
  switch (Value) {
  case Severity::High:
    return "high";
  case Severity::Medium:
    return "medium";
  case Severity::Low:
    return "low";
  }
  llvm_unreachable("covered switch");
}

StringRef cocodma::nameOf(ValidationStatus Value) {
  switch (Value) {
  case ValidationStatus::NotRun:
    return "not-run";
  case ValidationStatus::Confirmed:
    return "confirmed";
  case ValidationStatus::Refuted:
    return "refuted";
  case ValidationStatus::NotReplayed:
    return "not-replayed";
  case ValidationStatus::NoCounterexample:
    return "no-counterexample";
  }
  llvm_unreachable("covered switch");
}

StringRef cocodma::nameOf(Change Value) {
  switch (Value) {
  case Change::Introduced:
    return "introduced";
  case Change::Fixed:
    return "fixed";
  case Change::Preexisting:
    return "preexisting";
  case Change::Changed:
    return "changed";
  }
  llvm_unreachable("covered switch");
}

/// The one of \p Values that has that name.
template <typename Value>
static std::optional<Value> byName(std::initializer_list<Value> Values,
                                   StringRef Name) {
  for (Value Candidate : Values)
    if (nameOf(Candidate) == Name)
      return Candidate;
  return std::nullopt;
}

std::optional<Verdict> cocodma::verdictOf(StringRef Name) {
  for (Verdict Value : AllVerdicts)
    if (nameOf(Value) == Name)
      return Value;
  return std::nullopt;
}

std::optional<Severity> cocodma::severityOf(StringRef Name) {
  return byName({Severity::High, Severity::Medium, Severity::Low}, Name);
}

std::optional<ValidationStatus> cocodma::validationStatusOf(StringRef Name) {
  using enum ValidationStatus;
  return byName({NotRun, Confirmed, Refuted, NotReplayed, NoCounterexample},
                Name);
}

std::optional<Change> cocodma::changeOf(StringRef Name) {
  using enum Change;
  return byName({Introduced, Fixed, Preexisting, Changed}, Name);
}

bool cocodma::countsAgainst(const Finding &F) {
  if (F.Suppression || F.Action == "warn" || F.Action == "ignore")
    return false;
  return !F.Change || *F.Change == Change::Introduced;
}

unsigned cocodma::countChange(llvm::ArrayRef<Finding> Findings, Change Value) {
  return llvm::count_if(Findings,
                        [=](const Finding &F) { return F.Change == Value; });
}

std::array<unsigned, 7> cocodma::countByVerdict(llvm::ArrayRef<Site> Sites) {
  std::array<unsigned, 7> Counts = {};
  for (const Site &S : Sites)
    ++Counts[static_cast<size_t>(S.Verdict)];
  return Counts;
}

bool cocodma::isSaidIncomplete(const Report &R) {
  return !R.Summary.Complete && (!R.Gate || R.Gate->Verdict == "incomplete");
}

unsigned cocodma::countReported(llvm::ArrayRef<Finding> Findings) {
  return llvm::count_if(Findings,
                        [](const Finding &F) { return !F.Suppression; });
}

void cocodma::sortReport(Report &R) {
  auto PlaceOf = [](const SourceLocation &L) {
    return std::tie(L.File, L.Line, L.Column);
  };
  auto FindingKey = [&](const Finding &F) {
    return std::tuple_cat(PlaceOf(F.Location),
                          std::tie(F.Check, F.Fingerprint, F.Message, F.Guard,
                                   F.Profiles, F.SiteIds));
  };
  auto SiteKey = [&](const Site &S) {
    return std::tuple_cat(PlaceOf(S.Location),
                          std::tie(S.Kind, S.Id, S.Expression, S.DataClass));
  };
  auto SkippedKey = [](const Skipped &S) {
    return std::tie(S.Kind, S.What, S.Reason, S.Effect);
  };
  auto By = [](auto Key) {
    return [Key](const auto &A, const auto &B) { return Key(A) < Key(B); };
  };
  llvm::sort(R.Findings, By(FindingKey));
  if (R.Gate)
    llvm::sort(R.Gate->Fixed, By(FindingKey));
  llvm::sort(R.Sites, By(SiteKey));
  llvm::sort(R.Skipped, By(SkippedKey));
}
