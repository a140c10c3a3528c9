//===- DataFlowCheck.cpp - The checks of data flow ------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DataFlowCheck.h"

#include "judge/Judge.h"
#include "judge/Trace.h"
#include "report/Escape.h"
#include "report/TextWriter.h"

#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/Path.h"

using namespace cocodma;
using namespace clang;

namespace {

/// The judgement of the unit at hand. All checks of a unit share it: clang-tidy
/// tells each of them when a unit begins, before it calls the first, and works
/// in one thread.
struct SharedJudgement {
  std::string Of; ///< Empty if there is none. The options it was made with.
  UnitJudgement Judgement;
  bool SaidBasis = false; ///< What the verdicts lack.
};

SharedJudgement &shared() {
  static SharedJudgement Result;
  return Result;
}

OptionalFileEntryRef fileOf(const cocodma::SourceLocation &Where,
                            StringRef Root, FileManager &Files) {
  llvm::SmallString<256> Path;
  if (!llvm::sys::path::is_absolute(Where.File))
    Path = Root;
  llvm::sys::path::append(Path, Where.File);
  return Files.getOptionalFileRef(Path);
}

/// The place in a file that the unit is made of; invalid in any other.
clang::SourceLocation ownPlace(const cocodma::SourceLocation &Where,
                               StringRef Root, SourceManager &Sources) {
  OptionalFileEntryRef File = fileOf(Where, Root, Sources.getFileManager());
  if (!File || !Where.Line)
    return {};
  // Files that only notes lie in are known to the manager, too, but no line
  // includes them.
  FileID Id = Sources.translateFile(*File);
  if (Id.isInvalid() ||
      (Id != Sources.getMainFileID() && Sources.getIncludeLoc(Id).isInvalid()))
    return {};
  return Sources.translateFileLineCol(*File, Where.Line,
                                      std::max(Where.Column, 1u));
}

/// The place in any file; invalid if there is no such file.
clang::SourceLocation anyPlace(const cocodma::SourceLocation &Where,
                               StringRef Root, SourceManager &Sources) {
  clang::SourceLocation Own = ownPlace(Where, Root, Sources);
  OptionalFileEntryRef File = fileOf(Where, Root, Sources.getFileManager());
  if (Own.isValid() || !File || !Where.Line)
    return Own;
  return Sources.translateLineCol(
      Sources.getOrCreateFileID(*File, SrcMgr::C_User), Where.Line,
      std::max(Where.Column, 1u));
}

const char *basisText(Basis RestsOn) {
  switch (RestsOn) {
  case Basis::Alone:
    return "judged from this unit and the spec alone; with coco.Summaries "
           "(see 'cocodma link') the rest of the kernel counts, too";
  case Basis::ChangedTree:
    return "the unit is not as it was linked: the tree was judged again with "
           "the unit as it is now";
  case Basis::Tree:
    break;
  }
  return nullptr;
}

} // namespace

DataFlowCheck::DataFlowCheck(StringRef Name, tidy::ClangTidyContext *Context)
    : UnitCheck(Name, Context), Name(Name) {
  OptionsView Group("coco", Context->getOptions().CheckOptions, Context);
  std::optional<StringRef> Own = Options.get("Summaries");
  Summaries = Own ? Own->str() : Group.get("Summaries", "").str();
  std::optional<StringRef> OwnCache = Options.get("Cache");
  Cache = OwnCache ? OwnCache->str() : Group.get("Cache", "").str();
  if (Summaries.empty())
    return;
  llvm::Expected<std::shared_ptr<const TreeFile>> Read = openTree(Summaries);
  Usable = bool(Read);
  if (Read)
    Tree = *Read;
  else
    configurationDiag("%0; the check is off", DiagnosticIDs::Error)
        << llvm::toString(Read.takeError());
}

void DataFlowCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Map) {
  UnitCheck::storeOptions(Map);
  Options.store(Map, "Summaries", Summaries);
  Options.store(Map, "Cache", Cache);
}

void DataFlowCheck::onStartOfTranslationUnit() { shared() = {}; }

void DataFlowCheck::examineUnit(ASTContext &Context) {
  if (!Usable || Context.getDiagnostics().hasUncompilableErrorOccurred())
    return;
  std::string How = "summaries " + Summaries + "\nspec " + specFile().str();
  if (shared().Of != How)
    shared() = {How, judgeUnit(Context, macros(), Tree.get(), spec(), Cache),
                false};
  const UnitJudgement &Judgement = shared().Judgement;
  SourceManager &Sources = Context.getSourceManager();
  if (!Judgement.Problem.empty()) {
    configurationDiag("%0; the check is off", DiagnosticIDs::Error)
        << Judgement.Problem;
    return;
  }
  for (const Finding &Found : Judgement.Findings)
    if (Found.Check == Name && !Found.Suppression)
      report(Found, Judgement, Sources);
  for (const Site &Open : Judgement.Open)
    if (Judge::checkOf(Open.Kind) == Name)
      reportOpen(Open, Sources);
  if (!shared().SaidBasis)
    reportBasis(Judgement,
                Sources.getLocForStartOfFile(Sources.getMainFileID()));
}

void DataFlowCheck::reportBasis(const UnitJudgement &Judgement,
                                clang::SourceLocation Where) {
  shared().SaidBasis = true;
  if (!Judgement.Stale.empty())
    diag(Where,
         "%0 other unit%s0 of the kernel, %select{|among them }1%2, changed "
         "since it was linked, and count%select{s|}1 as then; 'cocodma link' "
         "reads the kernel again",
         DiagnosticIDs::Remark)
        << unsigned(Judgement.Stale.size()) << (Judgement.Stale.size() > 1)
        << plainText(pathBelow(Judgement.Root, Judgement.Stale.front()));
  if (Judgement.Concerned && Judgement.Open.empty())
    diag(Where,
         "this unit deals with devices that carry confidential data, and the "
         "checks of data flow saw nothing else of the kernel: that they are "
         "silent means little; coco.Summaries (see 'cocodma link') gives them "
         "the rest",
         DiagnosticIDs::Remark);
}

void DataFlowCheck::reportOpen(const Site &Open, SourceManager &Sources) {
  clang::SourceLocation Where = ownPlace(Open.Location, "", Sources);
  if (Where.isInvalid())
    return;
  std::string Why = "it depends on the rest of the kernel";
  for (const auto &[Profile, V] : Open.ByProfile)
    if (V.Verdict == Verdict::Unknown)
      Why = V.Reason;
  diag(Where,
       "from this unit alone it cannot be told what %0 does to confidential "
       "data (%1); coco.Summaries (see 'cocodma link') gives the rest of the "
       "kernel",
       DiagnosticIDs::Remark)
      << plainText(Open.Expression) << plainText(Why);
}

void DataFlowCheck::report(const Finding &Found, const UnitJudgement &Judgement,
                           SourceManager &Sources) {
  clang::SourceLocation Where =
      ownPlace(Found.Location, Judgement.Root, Sources);
  if (Where.isInvalid())
    return;
  diag(Where, "%0") << plainText(Found.Message);
  for (const TraceStep &Step : Found.Trace) {
    clang::SourceLocation At = anyPlace(Step.Location, Judgement.Root, Sources);
    if (At.isValid())
      note(At, plainText(Step.Message));
    else
      note(Where, plainText(Step.Location.File) + ":" +
                      std::to_string(Step.Location.Line) + ": " +
                      plainText(Step.Message));
  }
  note(Where, aboutFinding(Found));
  if (const char *Text = basisText(Judgement.RestsOn))
    note(Where, Text);
}

void DataFlowCheck::note(clang::SourceLocation Where, StringRef Text) {
  diag(Where, "%0", DiagnosticIDs::Note) << Text;
}
