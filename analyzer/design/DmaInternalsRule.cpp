//===- DmaInternalsRule.cpp - coco-dma-internals --------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/DmaInternalsRule.h"

#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/STLExtras.h"

using namespace cocodma;
using namespace clang;
using llvm::StringRef;

namespace {

/// Calls \p Visit for each inclusion by a path that climbs out of a folder.
class ClimbingInclusions : public PPCallbacks {
public:
  using Visitor = std::function<void(SourceLocation, FileEntryRef, StringRef)>;

  explicit ClimbingInclusions(Visitor Visit) : Visit(std::move(Visit)) {}

  void InclusionDirective(SourceLocation Where, const Token &, StringRef Name,
                          bool, CharSourceRange, OptionalFileEntryRef File,
                          StringRef, StringRef, const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    if (File && (Name.starts_with("../") || Name.contains("/../")))
      Visit(Where, *File, Name);
  }

private:
  Visitor Visit;
};

} // namespace

void DmaInternalsRule::beginUnit(Preprocessor &Macros) {
  Inclusions.clear();
  Macros.addPPCallbacks(std::make_unique<ClimbingInclusions>(
      [this](SourceLocation Where, FileEntryRef Header, StringRef Name) {
        Inclusions.push_back({Where, Header, Name.str()});
      }));
}

void DmaInternalsRule::examine(const KernelUnit &Unit) {
  Reported.clear();
  if (!Unit.isDriverOrBus() || Unit.isDmaLayer())
    return;
  llvm::erase_if(Inclusions,
                 [&](const Inclusion &One) { return !Unit.isOwn(One.Where); });
  examineHeaders(Unit);
  for (const FunctionDecl *Function : Unit.functions())
    examineUses(Unit, Function);
}

void DmaInternalsRule::examineHeaders(const KernelUnit &Unit) {
  const SourceManager &Sources = Unit.sources();
  for (const Inclusion &One : Inclusions) {
    const FunctionDecl *Example = nullptr;
    for (const Decl *Item : Unit.context().getTranslationUnitDecl()->decls()) {
      const auto *Function = dyn_cast<FunctionDecl>(Item);
      if (!Function || !Function->getIdentifier() || Example)
        continue;
      OptionalFileEntryRef File = Sources.getFileEntryRefForID(
          Sources.getFileID(Function->getLocation()));
      if (File && *File == One.Header &&
          matchesAny(Function->getName(), design().InternalFunctions))
        Example = Function;
    }
    if (!Example)
      continue;
    report(One.Where,
           "'" + One.Name +
               "' is a private header of the DMA core, which drivers and "
               "buses must not depend on",
           One.Name)
        .Notes.push_back(
            {Example->getLocation(),
             ("it declares '" + Example->getName() + "', for example").str()});
  }
}

bool DmaInternalsRule::isPrivate(const KernelUnit &Unit,
                                 const FunctionDecl *Function) const {
  if (!Function->getIdentifier() ||
      !matchesAny(Function->getName(), design().InternalFunctions))
    return false;
  const SourceManager &Sources = Unit.sources();
  return llvm::all_of(Function->redecls(), [&](const FunctionDecl *One) {
    FileID File =
        Sources.getFileID(Sources.getExpansionLoc(One->getLocation()));
    OptionalFileEntryRef Entry = Sources.getFileEntryRefForID(File);
    return File == Sources.getMainFileID() ||
           (Entry && llvm::any_of(Inclusions, [&](const Inclusion &Header) {
              return Header.Header == *Entry;
            }));
  });
}

void DmaInternalsRule::examineUses(const KernelUnit &Unit,
                                   const FunctionDecl *Function) {
  forEachStmt(Function->getBody(), [&](const Stmt *Item) {
    if (const auto *Reference = dyn_cast<DeclRefExpr>(Item))
      examineReference(Unit, Reference);
    else if (const auto *Assignment = dyn_cast<BinaryOperator>(Item)) {
      if (Assignment->isAssignmentOp())
        examineWrite(Unit, Assignment->getLHS());
    } else if (const auto *Change = dyn_cast<UnaryOperator>(Item)) {
      if (Change->isIncrementDecrementOp())
        examineWrite(Unit, Change->getSubExpr());
    }
  });
}

void DmaInternalsRule::examineReference(const KernelUnit &Unit,
                                        const DeclRefExpr *Reference) {
  SourceLocation Where =
      Unit.sources().getExpansionLoc(Reference->getLocation());
  const Decl *Declared = Reference->getDecl()->getCanonicalDecl();
  if (const auto *Function = dyn_cast<FunctionDecl>(Reference->getDecl())) {
    if (isPrivate(Unit, Function) && Reported.insert(Declared).second)
      report(Where,
             "'" + Function->getName() +
                 "' is private to the DMA core and not exported: this does not "
                 "link as a module",
             Function->getName());
    return;
  }
  const auto *Variable = dyn_cast<VarDecl>(Reference->getDecl());
  if (Variable && Variable->isFileVarDecl() &&
      Variable->isExternallyVisible() &&
      llvm::is_contained(design().Operations.Globals, Variable->getName()) &&
      recordName(Variable->getType()) == design().Operations.Struct &&
      Reported.insert(Declared).second)
    report(Where,
           "'" + Variable->getName() +
               "' is a variable that only some architectures have, and that is "
               "not exported: this does not build on others, nor as a module",
           Variable->getName());
}

void DmaInternalsRule::examineWrite(const KernelUnit &Unit,
                                    const Expr *Target) {
  // What a bus sets up for its devices before they are probed is its business.
  if (Unit.ownsBus())
    return;
  const auto *Member = dyn_cast_or_null<MemberExpr>(Target->IgnoreParenCasts());
  if (!Member)
    return;
  StringRef Struct = recordName(Member->getBase()->getType());
  StringRef Field = Member->getMemberDecl()->getName();
  if (design().isCoreField(Struct, Field))
    report(Unit.sources().getExpansionLoc(Member->getMemberLoc()),
           "the field '" + Field + "' of 'struct " + Struct +
               "' belongs to the DMA core; a driver must not write it",
           Struct + "." + Field);
}
