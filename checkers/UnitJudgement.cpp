//===- UnitJudgement.cpp - A unit judged in clang-tidy --------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UnitJudgement.h"

#include "frontend/UnitLowering.h"
#include "gate/Suppression.h"
#include "judge/Trace.h"
#include "summary/Serialization.h"
#include "tree/Judging.h"

#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>

using namespace cocodma;
using llvm::StringRef;

namespace {

/// How a file of a unit is called, whoever compiled the unit and from where:
/// relative to the root of the tree, if it is in it.
class FileNames {
public:
  /// Relative names are taken to be relative to \p Folder.
  FileNames(StringRef Root, StringRef Folder) : Root(Root), Folder(Folder) {}

  std::string operator()(StringRef Name) const {
    llvm::SmallString<256> Path;
    if (!llvm::sys::path::is_absolute(Name))
      Path = Folder;
    llvm::sys::path::append(Path, Name);
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    std::string Below = pathBelow(Root, Path);
    llvm::SmallString<256> Real;
    if (llvm::sys::path::is_absolute(Below) &&
        !llvm::sys::fs::real_path(Below, Real))
      return pathBelow(Root, Real);
    return Below;
  }

private:
  std::string Root;
  std::string Folder;
};

/// Renames the files that a unit's code stands in.
void renameFiles(UnitSummary &Unit, const FileNames &Names) {
  std::vector<bool> Done(Unit.Strings.size());
  auto Rename = [&](StringIndex File) {
    if (File == None || Done[File])
      return;
    Done[File] = true;
    Unit.Strings[File] = Names(Unit.Strings[File]);
  };
  for (const FunctionSummary &Function : Unit.Functions) {
    Rename(Function.File);
    for (const Inst &I : Function.Insts)
      Rename(I.File);
    for (const Block &B : Function.Blocks)
      Rename(B.File);
  }
  for (const GlobalSummary &Global : Unit.Globals)
    Rename(Global.File);
}

/// Whether the same code was lowered: files may be called and dated otherwise.
bool isSameCode(UnitSummary Left, UnitSummary Right) {
  for (UnitSummary *Unit : {&Left, &Right}) {
    Unit->Source.clear();
    Unit->Module.clear();
    Unit->Dependencies.clear();
    Unit->Limits.clear();
    // The checks of design look for themselves.
    Unit->Design.clear();
    Unit->BusTellers.clear();
    Unit->DesignLost = false;
  }
  return serialize(Left) == serialize(Right);
}

/// KBUILD_MODNAME as the command line defines it; empty if it does not.
std::string moduleOf(const clang::Preprocessor *Macros) {
  if (!Macros)
    return "";
  for (const auto &[Define, IsUndef] : Macros->getPreprocessorOpts().Macros) {
    auto [Name, Value] = StringRef(Define).split('=');
    if (!IsUndef && Name == "KBUILD_MODNAME")
      return Value.trim("\"'\\").str();
  }
  return "";
}

/// The unit as clang-tidy parsed it, and where that was.
struct ParsedUnit {
  UnitSummary Lowered;
  std::string Folder;
};

ParsedUnit lower(clang::ASTContext &Context, const clang::Preprocessor *Macros,
                 const Spec &Vocabulary) {
  const clang::SourceManager &Sources = Context.getSourceManager();
  std::vector<clang::Decl *> TopLevel;
  for (clang::Decl *Item : Context.getTranslationUnitDecl()->decls())
    TopLevel.push_back(Item);
  ParsedUnit Result;
  Result.Lowered =
      lowerUnit(Context, TopLevel, vocabularyOf(Vocabulary), lookupIn(Context));
  Result.Lowered.Module = moduleOf(Macros);
  llvm::SmallString<256> Source;
  if (clang::OptionalFileEntryRef Main =
          Sources.getFileEntryRefForID(Sources.getMainFileID()))
    Source = Main->getName();
  Sources.getFileManager().makeAbsolutePath(Source);
  llvm::sys::path::remove_dots(Source, /*remove_dot_dot=*/true);
  Result.Lowered.Source = Source.str().str();
  llvm::SmallString<256> Folder(".");
  Sources.getFileManager().makeAbsolutePath(Folder);
  llvm::sys::path::remove_dots(Folder, /*remove_dot_dot=*/true);
  Result.Folder = Folder.str().str();
  return Result;
}

UnitJudgement judgeAlone(ParsedUnit Unit, const Spec &Vocabulary) {
  UnitJudgement Result;
  std::vector<const Profile *> Profiles;
  Profiles.reserve(Vocabulary.Profiles.size());
  for (const Profile &P : Vocabulary.Profiles)
    Profiles.push_back(&P);
  Result.Concerned = !Unit.Lowered.KnownFields.empty();
  std::vector<UnitSummary> Units;
  Units.push_back(std::move(Unit.Lowered));
  Report Judged;
  judgeUnits(std::move(Units), {Vocabulary, "", Profiles, {}}, Judged);
  SourceText Sources(Unit.Folder);
  applySuppressions(Judged, Sources);
  for (Site &S : Judged.Sites)
    if (S.Verdict == Verdict::Unknown)
      Result.Open.push_back(std::move(S));
  Result.Findings = std::move(Judged.Findings);
  return Result;
}

/// This module, as it was built: others may find other things.
std::string moduleStamp() {
  Dl_info Module;
  llvm::sys::fs::file_status Known;
  if (!dladdr(reinterpret_cast<void *>(&moduleStamp), &Module) ||
      llvm::sys::fs::status(Module.dli_fname, Known))
    return "";
  return std::to_string(Known.getSize()) + " " +
         std::to_string(
             Known.getLastModificationTime().time_since_epoch().count());
}

/// How the units of \p Tree are judged again.
JudgingOptions optionsFor(const TreeFile &Tree,
                          const std::string &CacheFolder) {
  JudgingOptions Result = {Tree.spec(), Tree.head().Root, Tree.profiles(), {}};
  std::string Stamp = moduleStamp();
  if (CacheFolder.empty() || Stamp.empty() ||
      llvm::sys::fs::create_directories(CacheFolder))
    return Result;
  Result.CacheFolder = CacheFolder;
  Result.CacheKey = "clang-tidy " + Stamp + "\n" + Result.Root;
  for (const SpecLayer &Layer : Tree.head().Specs)
    Result.CacheKey += "\nspec " + Layer.Text;
  for (const std::string &Profile : Tree.head().Profiles)
    Result.CacheKey += "\nprofile " + Profile;
  return Result;
}

/// Judges the tree with \p Changed in the place of its unit \p Index, or in
/// addition to all.
UnitJudgement
judgeAgain(UnitSummary Changed, size_t Index, const TreeFile &Tree,
           const std::string &CacheFolder,
           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files) {
  UnitJudgement Result;
  Result.RestsOn = Basis::ChangedTree;
  Result.Root = Tree.head().Root;
  std::vector<UnitSummary> Units;
  for (size_t I = 0; I < Tree.unitCount(); ++I) {
    if (I == Index)
      continue;
    llvm::Expected<UnitSummary> Linked = Tree.unit(I);
    if (!Linked) {
      Result.Problem = llvm::toString(Linked.takeError());
      return Result;
    }
    Units.push_back(std::move(*Linked));
  }
  // The order of the units decides about numbers only; yet the same tree in the
  // same order gives the same words.
  Units.insert(Units.begin() + std::min(Index, Units.size()),
               std::move(Changed));
  Report Judged;
  judgeUnits(std::move(Units), optionsFor(Tree, CacheFolder), Judged);
  SourceText Sources(Result.Root, std::move(Files));
  applySuppressions(Judged, Sources);
  Result.Findings = std::move(Judged.Findings);
  return Result;
}

/// The units of \p Tree that changed since, but for \p Source, a file as the
/// tree calls it. They are looked for once: clang-tidy does not live long.
std::vector<std::string> staleUnits(const TreeFile &Tree, StringRef Source) {
  static std::map<const TreeFile *, std::vector<std::string>> Known;
  auto [It, IsNew] = Known.try_emplace(&Tree);
  if (IsNew)
    It->second = Tree.changedSources();
  std::vector<std::string> Result;
  llvm::copy_if(It->second, std::back_inserter(Result),
                [&](const std::string &One) {
                  StringRef Root = Tree.head().Root;
                  return FileNames(Root, Root)(One) != Source;
                });
  return Result;
}

UnitJudgement
judgeInTree(ParsedUnit Unit, const TreeFile &Tree,
            const std::string &CacheFolder,
            llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files) {
  StringRef Root = Tree.head().Root;
  FileNames Here(Root, Unit.Folder), Linked(Root, Root);
  renameFiles(Unit.Lowered, Here);
  std::string Source = Here(Unit.Lowered.Source);
  size_t Index = 0;
  while (Index < Tree.unitCount() && Linked(Tree.source(Index)) != Source)
    ++Index;
  if (Index < Tree.unitCount()) {
    llvm::Expected<UnitSummary> Known = Tree.unit(Index);
    if (!Known) {
      UnitJudgement Result;
      Result.Problem = llvm::toString(Known.takeError());
      return Result;
    }
    renameFiles(*Known, Linked);
    if (isSameCode(Unit.Lowered, *Known)) {
      UnitJudgement Result;
      Result.RestsOn = Basis::Tree;
      Result.Root = Root.str();
      Result.Findings = Tree.head().Judged.Findings;
      return Result;
    }
    Unit.Lowered.Module = Known->Module;
  }
  return judgeAgain(std::move(Unit.Lowered), Index, Tree, CacheFolder,
                    std::move(Files));
}

} // namespace

llvm::Expected<std::shared_ptr<const TreeFile>>
cocodma::openTree(StringRef Path) {
  // clang-tidy makes the checks anew for each unit, in one thread.
  static std::map<std::string, std::shared_ptr<const TreeFile>> Opened;
  std::shared_ptr<const TreeFile> &Known = Opened[Path.str()];
  if (!Known) {
    llvm::Expected<TreeFile> Read = TreeFile::open(Path);
    if (!Read)
      return Read.takeError();
    Known = std::make_shared<const TreeFile>(std::move(*Read));
  }
  return Known;
}

UnitJudgement cocodma::judgeUnit(clang::ASTContext &Context,
                                 const clang::Preprocessor *Macros,
                                 const TreeFile *Tree, const Spec &Alone,
                                 const std::string &CacheFolder) {
  ParsedUnit Unit = lower(Context, Macros, Tree ? Tree->spec() : Alone);
  if (!Tree)
    return judgeAlone(std::move(Unit), Alone);
  bool Concerned = !Unit.Lowered.KnownFields.empty();
  std::string Source =
      FileNames(Tree->head().Root, Unit.Folder)(Unit.Lowered.Source);
  UnitJudgement Result = judgeInTree(
      std::move(Unit), *Tree, CacheFolder,
      Context.getSourceManager().getFileManager().getVirtualFileSystemPtr());
  if (Concerned)
    Result.Stale = staleUnits(*Tree, Source);
  return Result;
}
