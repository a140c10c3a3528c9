//===- TextWriter.h - A report for a terminal -------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_REPORT_TEXTWRITER_H
#define COCODMA_REPORT_TEXTWRITER_H

#include "Report.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// How the text is written.
struct TextOptions {
  /// Colours, as ANSI escape sequences.
  bool Color = false;
  /// The ledger: all sites with their verdicts, after the findings.
  bool Sites = false;
};

/// Writes \p R to \p Out the way clang writes diagnostics: for each finding
/// `file:line:column: warning: MESSAGE [CHECK]` and a note for each step of its
/// path; then what was skipped and a table of the verdicts. Suppressed findings
/// are counted only. Where two sides were compared, what is not new takes one
/// line, and the verdict of the gate comes last. Control characters in the
/// report, which may come from the code under analysis, are shown as escapes.
void writeText(const Report &R, llvm::raw_ostream &Out,
               const TextOptions &Options = {});

} // namespace cocodma

#endif // COCODMA_REPORT_TEXTWRITER_H
