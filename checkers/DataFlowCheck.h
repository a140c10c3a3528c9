//===- DataFlowCheck.h - The checks of data flow ----------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_DATAFLOWCHECK_H
#define COCODMA_CHECKERS_DATAFLOWCHECK_H

#include "UnitCheck.h"
#include "UnitJudgement.h"

namespace cocodma {

/// Reports the findings of the analyzer that have the check's name and stand in
/// the unit; each with its path as notes. One class serves all checks of data
/// flow, which are judged together.
///
/// The option `Summaries` (of the check, or `coco.Summaries` for all of them)
/// names what `cocodma link` wrote: then the rest of the kernel counts, and the
/// spec is the one that the kernel was linked with. Without it a unit is judged
/// by itself, and what is said tells so. The option `Cache`, likewise, names a
/// folder that keeps what parts of the execution found, for units that changed.
///
/// The user's pages: docs/checks/coco-bounce.md and its neighbours
class DataFlowCheck : public UnitCheck {
public:
  DataFlowCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);

  void onStartOfTranslationUnit() override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Map) override;

private:
  void examineUnit(clang::ASTContext &Context) override;
  void report(const Finding &Found, const UnitJudgement &Judgement,
              clang::SourceManager &Sources);
  void reportOpen(const Site &Open, clang::SourceManager &Sources);
  /// Remarks on what the verdicts lack.
  void reportBasis(const UnitJudgement &Judgement, clang::SourceLocation Where);
  void note(clang::SourceLocation Where, llvm::StringRef Text);

  std::string Name;
  std::string Summaries;
  std::string Cache;
  /// Null: the unit is judged by itself.
  std::shared_ptr<const TreeFile> Tree;
  bool Usable = true; ///< What Summaries names could be read.
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_DATAFLOWCHECK_H
