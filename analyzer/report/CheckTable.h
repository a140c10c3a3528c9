//===- CheckTable.h - What checks there are ---------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The manifest of the checks, checkers/checks.json, as a table.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_REPORT_CHECKTABLE_H
#define COCODMA_REPORT_CHECKTABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Whether a program offers a check.
enum class Availability { Yes, InPart, No };

/// A check as the manifest has it.
struct CheckEntry {
  /// "coco-bounce"
  llvm::StringRef Name;
  /// What kind of rule it is, in words.
  llvm::StringRef Group;
  /// "high", "medium" or "low".
  llvm::StringRef Severity;
  /// Whether it is on unless switched off.
  bool Default = true;
  /// In a few words, without a full stop.
  llvm::StringRef Title;
  /// What it reports: a sentence without its full stop.
  llvm::StringRef Summary;
  /// What helps against it, in sentences.
  llvm::StringRef Advice;
  /// In `cocodma analyze`.
  Availability InAnalyze = Availability::No;
  /// In the clang-tidy plugin.
  Availability InTidy = Availability::No;
};

/// An option of a check in the clang-tidy plugin.
struct CheckOption {
  llvm::StringRef Check;
  llvm::StringRef Name;
  /// Its value unless set; may be empty.
  llvm::StringRef Default;
  llvm::StringRef Summary;
};

/// All checks, in the order of the manifest.
llvm::ArrayRef<CheckEntry> checkTable();

/// The check of that name; null if there is none.
const CheckEntry *findCheck(llvm::StringRef Name);

/// Tells a reader what \p Check reports, how bad it is, where it is available
/// and which options it has.
void explainCheck(const CheckEntry &Check, llvm::raw_ostream &Out);

/// A line for each check: its name and what it reports.
void listChecks(llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_CHECKTABLE_H
