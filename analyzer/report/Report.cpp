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

std::optional<Verdict> cocodma::verdictOf(StringRef Name) {
  for (Verdict Value : AllVerdicts)
    if (nameOf(Value) == Name)
      return Value;
  return std::nullopt;
}

std::array<unsigned, 7> cocodma::countByVerdict(llvm::ArrayRef<Site> Sites) {
  std::array<unsigned, 7> Counts = {};
  for (const Site &S : Sites)
    ++Counts[static_cast<size_t>(S.Verdict)];
  return Counts;
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
  llvm::sort(R.Sites, By(SiteKey));
  llvm::sort(R.Skipped, By(SkippedKey));
}
