// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each check reports, for `cocodma explain` and for the rules of reports.
#ifndef COCODMA_REPORT_CHECKS_H
#define COCODMA_REPORT_CHECKS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace cocodma {

/// A check.
struct CheckText {
  /// "coco-bounce".
  llvm::StringLiteral Name;
  /// In a few words.
  llvm::StringLiteral Title;
  /// What it reports, in a sentence without a full stop.
  llvm::StringLiteral Text;
  /// What helps against it, in sentences.
  llvm::StringLiteral Advice;
};

/// All checks that are implemented, by name.
llvm::ArrayRef<CheckText> allChecks();

/// The check of that name; null if there is none.
const CheckText *checkNamed(llvm::StringRef Name);

} // namespace cocodma

#endif // COCODMA_REPORT_CHECKS_H
