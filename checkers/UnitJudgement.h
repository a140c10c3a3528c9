//===- UnitJudgement.h - A unit judged in clang-tidy ------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// clang-tidy has parsed the unit; here it is lowered from that very AST and
// judged, by itself or with the rest of a linked tree.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_UNITJUDGEMENT_H
#define COCODMA_CHECKERS_UNITJUDGEMENT_H

#include "report/Report.h"
#include "tree/TreeFile.h"

#include "clang/AST/ASTContext.h"
#include "clang/Lex/Preprocessor.h"

namespace cocodma {

/// What the verdicts on a unit rest on.
enum class Basis {
  /// The unit and the spec, nothing else.
  Alone,
  /// The linked tree: the unit is as it was when it was linked.
  Tree,
  /// The linked tree with this unit as it is now.
  ChangedTree
};

/// What became of a unit.
struct UnitJudgement {
  Basis RestsOn = Basis::Alone;
  /// What the paths of the findings are relative to; empty: the folder that the
  /// compiler runs in.
  std::string Root;
  std::vector<Finding> Findings; ///< Of the tree, where there is one.
  std::vector<Site> Open; ///< Judged alone: of which nothing can be said.
  /// The unit was judged alone and knows devices that carry a marker of
  /// confidential data: what is not said about it is no all-clear.
  bool Concerned = false;
  /// Other units that changed since the tree was linked. Empty if the unit has
  /// nothing to do with confidential data.
  std::vector<std::string> Stale;
  std::string Problem; ///< Why there is no judgement; empty if there is.
};

/// The tree in the file \p Path; it is read once a process.
llvm::Expected<std::shared_ptr<const TreeFile>> openTree(llvm::StringRef Path);

/// Judges the unit in \p Context: with \p Tree, or if that is null by itself
/// with the vocabulary \p Alone. \p Macros, which may be null, tell the name of
/// its module. A unit that is as it was linked has the findings of its tree;
/// else the tree is judged again, which takes as long as it takes: less where
/// \p CacheFolder, which may be empty, has what parts of the execution found
/// before. It is made if it is not there.
UnitJudgement judgeUnit(clang::ASTContext &Context,
                        const clang::Preprocessor *Macros, const TreeFile *Tree,
                        const Spec &Alone, const std::string &CacheFolder);

} // namespace cocodma

#endif // COCODMA_CHECKERS_UNITJUDGEMENT_H
