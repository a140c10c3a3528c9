// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/SharedHeaders.h"

#include "frontend/CompileDatabase.h"
#include "support/CacheFolder.h"
#include "support/Hash.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <tuple>

using llvm::StringRef;

namespace cocodma {
namespace {

// A name is KEY-SET with one of these endings.
constexpr size_t HashLength = 32;
constexpr llvm::StringLiteral CompiledEnding = ".pch";
constexpr llvm::StringLiteral DescriptionEnding = ".headers";

llvm::SmallString<256> absolute(StringRef Path, const CompileJob &Job) {
  llvm::SmallString<256> Result(Path);
  if (!llvm::sys::path::is_absolute(Result)) {
    Result = Job.Directory;
    llvm::sys::path::append(Result, Path);
  }
  llvm::sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result;
}

bool isIncludeFlag(StringRef Flag) {
  return (Flag.starts_with("-I") && Flag.size() > 2) ||
         (Flag.starts_with("-isystem") && Flag.size() > 8);
}

/// Leaves only these folders to look for headers in.
void keepFolders(CompileJob &Job, const std::vector<std::string> &Folders) {
  std::erase_if(Job.Arguments, [&](const std::string &Flag) {
    if (!isIncludeFlag(Flag))
      return false;
    CompileJob One{Job.File, Job.Directory, {Flag}, Job.Module};
    return llvm::none_of(includeFolders(One), [&](const std::string &Path) {
      return llvm::is_contained(Folders, Path);
    });
  });
}

/// The longest beginning that two lists share.
void shorten(std::vector<std::string> &List,
             const std::vector<std::string> &Other) {
  auto Differs =
      std::mismatch(List.begin(), List.end(), Other.begin(), Other.end());
  List.erase(Differs.first, List.end());
}

bool beginsWith(const std::vector<std::string> &List,
                const std::vector<std::string> &Begin) {
  return List.size() >= Begin.size() &&
         std::equal(Begin.begin(), Begin.end(), List.begin());
}

} // namespace

CompileJob SharedHeaders::bare(const CompileJob &Job) const {
  CompileJob Result = Job;
  std::erase_if(Result.Arguments, [&](const std::string &Flag) {
    if (isUntested(Flag))
      return !StringRef(Flag).split('=').second.starts_with("\"");
    if (!StringRef(Flag).ends_with(".c"))
      return false;
    return absolute(Flag, Job) == Job.File;
  });
  return Result;
}

bool SharedHeaders::isUntested(StringRef Flag) const {
  return Flag.consume_front("-D") &&
         !Graph.isTested(Flag.split('=').first.split('(').first);
}

std::string SharedHeaders::keyOf(const CompileJob &Bare) const {
  std::string Key = COCODMA_VERSION "\n" + Bare.Directory;
  // Where headers are looked for is compared by what is found there, and what
  // no condition asks for differs from unit to unit.
  for (const std::string &Flag : Bare.Arguments)
    if (!isIncludeFlag(Flag) && !isUntested(Flag))
      Key += "\n" + Flag;
  return hashOf(Key);
}

bool SharedHeaders::isCurrent(const PrecompiledHeaders &Headers) const {
  return llvm::all_of(Headers.Files, [&](const Dependency &File) {
    return !Added.count(llvm::sys::path::filename(File.Path).str()) &&
           Hashes.isUnchanged(File);
  });
}

void SharedHeaders::readFiles(PrecompiledHeaders &Headers) const {
  std::lock_guard<std::mutex> Hold(Lock);
  for (unsigned I = 0; I < Headers.Files.size(); ++I)
    Headers.Numbers[Headers.Files[I].Path] = I;
  for (const Dependency &File : Headers.Files) {
    PrecompiledFile &Reading = Headers.Reading.emplace_back();
    const IncludeGraph::File *Read = Graph.fileAt(File.Path);
    if (!Read)
      continue;
    if (Read->IsGuarded)
      Reading.Tested = Read->Tested;
    Headers.Tested.insert(Reading.Tested.begin(), Reading.Tested.end());
    for (const auto *List : {&Read->Always, &Read->Sometimes})
      for (const std::string &Spelt : *List) {
        auto Number =
            Headers.Numbers.find(Graph.find(Headers.Folders, File.Path, Spelt));
        if (Number != Headers.Numbers.end())
          Reading.Includes.push_back(Number->second);
      }
  }
}

bool SharedHeaders::isReady(Found &Candidate) const {
  if (!Candidate.IsReady) {
    Candidate.IsReady = isCurrent(*Candidate.Headers);
    if (*Candidate.IsReady)
      readFiles(*Candidate.Headers);
  }
  return *Candidate.IsReady;
}

void SharedHeaders::readFolder(const std::set<std::string> &Keys) {
  ContentHashes Known;
  std::error_code Error;
  for (llvm::sys::fs::directory_iterator It(Folder, Error), End;
       It != End && !Error; It.increment(Error)) {
    const StringRef Name = llvm::sys::path::filename(It->path());
    const std::string Key = Name.take_front(HashLength).str();
    if (!Keys.count(Key) || !Name.ends_with(DescriptionEnding))
      continue;
    if (auto Read = readDescription(It->path(), Known))
      Stored[Key].push_back(
          {std::make_shared<PrecompiledHeaders>(std::move(*Read)), {}});
  }
  // The largest first; the order of a folder is no order.
  for (auto &[Key, List] : Stored)
    llvm::sort(List, [](const Found &Left, const Found &Right) {
      const PrecompiledHeaders &A = *Left.Headers, &B = *Right.Headers;
      return std::tie(A.Bytes, A.Layers.back().Path) >
             std::tie(B.Bytes, B.Layers.back().Path);
    });
}

bool SharedHeaders::mayUse(const Unit &One, const CompileJob &Job,
                           const PrecompiledHeaders &Headers) const {
  if (!beginsWith(One.Folders, Headers.Folders))
    return false;
  auto IsIncluded = [&](const std::string &Root) {
    for (const std::string &Place : Headers.Folders) {
      llvm::SmallString<256> Path(Place);
      llvm::sys::path::append(Path, Root);
      llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
      if (std::optional<unsigned> Number = Graph.number(Path))
        return *Number < One.Includes.Files.size() &&
               One.Includes.Files.test(*Number);
    }
    return false;
  };
  return llvm::all_of(Headers.Layers,
                      [&](const PrecompiledLayer &Layer) {
                        return llvm::all_of(Layer.Roots, IsIncluded);
                      }) &&
         !hasFileBeside(Headers, Job.File);
}

void SharedHeaders::chooseBest(Unit &One, const CompileJob &Job,
                               const std::string &Key) {
  auto List = Stored.find(Key);
  if (List == Stored.end())
    return;
  // The largest is first.
  for (Found &Candidate : List->second)
    if (mayUse(One, Job, *Candidate.Headers) && isReady(Candidate)) {
      One.Best = Candidate.Headers;
      return;
    }
}

std::vector<std::string>
SharedHeaders::rootsOf(llvm::ArrayRef<const Unit *> Of,
                       const llvm::BitVector &Common) const {
  std::vector<std::string> Result;
  llvm::BitVector Taken(Common.size());
  for (const Unit *One : Of)
    for (const auto &[Spelt, File] : One->Includes.Direct)
      if (File < Common.size() && Common.test(File) && !Taken.test(File)) {
        Taken.set(File);
        Result.push_back(Spelt);
      }
  return Result;
}

llvm::BitVector SharedHeaders::planNew(const std::vector<CompileJob> &Jobs,
                                       const std::vector<Unit> &Units,
                                       const std::string &Key,
                                       std::vector<HeaderUsers> &Into) const {
  std::vector<SharingUnit> Asked;
  const std::vector<uint64_t> Sizes = Graph.sizes();
  for (const Unit &One : Units) {
    Asked.push_back({One.Includes.Files, One.Best ? One.Best->Bytes : 0});
    Asked.back().Files.resize(Sizes.size());
  }
  llvm::BitVector Planned(Units.size());
  const size_t First = Into.size();
  for (const SharingNode &Node : planSharing(Asked, Sizes)) {
    HeaderUsers Users;
    std::vector<const Unit *> Members;
    std::vector<std::string> Folders = Units[Node.Members.front()].Folders;
    for (unsigned I : Node.Members) {
      Members.push_back(&Units[I]);
      shorten(Folders, Units[I].Folders);
      Planned.set(I);
    }
    for (unsigned I : Node.Units)
      Users.Jobs.push_back(Units[I].Job);
    if (Node.Parent)
      Users.Base = First + *Node.Parent;
    Users.Roots = rootsOf(Members, Node.Files);
    Users.Key = Key;
    Users.Like = bare(Jobs[Members.front()->Job]);
    keepFolders(Users.Like, Folders);
    Into.push_back(std::move(Users));
  }
  return Planned;
}

void SharedHeaders::planGroup(const std::vector<CompileJob> &Jobs,
                              std::vector<Unit> &Units, const std::string &Key,
                              bool MayMake, std::vector<HeaderUsers> &Into) {
  for (Unit &One : Units)
    chooseBest(One, Jobs[One.Job], Key);
  llvm::BitVector Planned(Units.size());
  if (MayMake)
    Planned = planNew(Jobs, Units, Key, Into);
  std::map<std::string, HeaderUsers> Known;
  for (unsigned I = 0; I < Units.size(); ++I) {
    if (Planned.test(I))
      continue;
    const auto &Best = Units[I].Best;
    HeaderUsers &Users = Known[Best ? Best->Layers.back().Path : ""];
    Users.Known = Best;
    Users.Jobs.push_back(Units[I].Job);
  }
  for (auto &[Path, Users] : Known) {
    if (Users.Known)
      for (const PrecompiledLayer &Layer : Users.Known->Layers) {
        StringRef Name = Layer.Path;
        markUsed(Name);
        Name.consume_back(CompiledEnding);
        markUsed((Name + DescriptionEnding).str());
      }
    Into.push_back(std::move(Users));
  }
}

std::vector<HeaderUsers>
SharedHeaders::plan(const std::vector<CompileJob> &Jobs,
                    const std::vector<size_t> &Wanted, bool MayMake) {
  if (Folder.empty())
    return {HeaderUsers{Wanted, nullptr, {}, std::nullopt, {}, ""}};
  std::vector<Unit> Units;
  Units.reserve(Wanted.size());
  for (size_t I : Wanted)
    Units.push_back({I, Graph.of(Jobs[I]), includeFolders(Jobs[I]), nullptr});
  // Only now it is known what headers ask for.
  std::map<std::string, std::vector<Unit>> Groups;
  std::set<std::string> Keys;
  for (Unit &One : Units) {
    const CompileJob &Job = Jobs[One.Job];
    std::string Key = keyOf(bare(Job));
    Keys.insert(Key);
    Groups[Key].push_back(std::move(One));
  }
  readFolder(Keys);
  std::vector<HeaderUsers> Result;
  for (auto &[Key, Group] : Groups)
    planGroup(Jobs, Group, Key, MayMake, Result);
  return Result;
}

std::shared_ptr<const PrecompiledHeaders>
SharedHeaders::make(const HeaderUsers &Users,
                    std::shared_ptr<const PrecompiledHeaders> Base) const {
  std::string Set = Users.Like.Directory;
  llvm::StringSet<> Had;
  if (Base)
    for (const PrecompiledLayer &Layer : Base->Layers) {
      Set += "\n" + Layer.Path;
      Had.insert(Layer.Roots.begin(), Layer.Roots.end());
    }
  std::vector<std::string> Roots;
  for (const std::string &Root : Users.Roots)
    if (!Had.contains(Root))
      Roots.push_back(Root);
  if (Roots.empty())
    return Base;
  Set += "\n" + llvm::join(Roots, "\n") + "\n" +
         llvm::join(Users.Like.Arguments, "\n");
  const std::string Name = Folder + "/" + Users.Key + "-" + hashOf(Set);
  std::optional<PrecompiledHeaders> Result =
      attempt(Users.Like, Roots, Base.get(), Name + CompiledEnding.str());
  if (!Result)
    return Base;
  Result->Folders = includeFolders(Users.Like);
  readFiles(*Result);
  // What is not described is made again by the next run.
  (void)describe(*Result, Name + DescriptionEnding.str());
  return std::make_shared<PrecompiledHeaders>(std::move(*Result));
}

std::optional<PrecompiledHeaders>
SharedHeaders::attempt(CompileJob Like, const std::vector<std::string> &Roots,
                       const PrecompiledHeaders *Base,
                       const std::string &Path) const {
  for (unsigned Tries = 0; Tries < MostRefusedFlags; ++Tries) {
    std::optional<llvm::Expected<PrecompiledHeaders>> Made;
    llvm::CrashRecoveryContext Guard;
    const bool Survived = Guard.RunSafelyOnThread(
        [&] { Made.emplace(precompile(Like, Roots, Base, Files, Path)); },
        ParserStack);
    if (!Survived || !Made)
      return std::nullopt;
    if (*Made)
      return std::move(**Made);
    const std::string Message = llvm::toString(Made->takeError());
    if (!dropRefused(Message, Like)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

} // namespace cocodma
