// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/HeaderNames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace cocodma {

bool UsableNames::contains(llvm::StringRef Name, bool IsPasted) const {
  auto Matches = [&](const auto &Ends) {
    return Name.size() >= Ends.first.size() + Ends.second.size() &&
           Name.starts_with(Ends.first) && Name.ends_with(Ends.second);
  };
  return Names.contains(Name) || (IsPasted && llvm::any_of(Pasted, Matches));
}

HeaderNames::NameId HeaderNames::id(llvm::StringRef Name) {
  auto [Entry, New] = Ids.try_emplace(Name, NameId(Texts.size()));
  if (New) {
    Texts.push_back(Entry->getKey());
    Sorted.emplace(Entry->getKey(), Entry->second);
    Uses.emplace_back();
  }
  return Entry->second;
}

const HeaderNames::Source *HeaderNames::source(const std::string &Path,
                                               bool IsOwn) {
  auto [Entry, New] =
      Sources.try_emplace(IsOwn ? "own " + Path : Path, nullptr);
  if (New) {
    auto Buffer = Files->getBufferForFile(Path);
    if (Buffer) {
      Entry->second = std::make_unique<Source>();
      scan((*Buffer)->getBuffer(), IsOwn, *Entry->second);
    }
  }
  return Entry->second.get();
}

/// The folders and files of the flags \p Names, each of which may have its
/// value attached.
static std::vector<std::string> valuesOf(const CompileJob &Job,
                                         llvm::ArrayRef<llvm::StringRef> Names,
                                         bool Attached) {
  std::vector<std::string> Result;
  for (size_t I = 0; I < Job.Arguments.size(); ++I)
    for (llvm::StringRef Name : Names) {
      llvm::StringRef Flag = Job.Arguments[I];
      if (!Flag.consume_front(Name))
        continue;
      if (Flag.empty() && I + 1 < Job.Arguments.size())
        Flag = Job.Arguments[I + 1];
      else if (!Attached)
        continue;
      llvm::SmallString<256> Path(Flag);
      if (!llvm::sys::path::is_absolute(Path)) {
        Path = Job.Directory;
        llvm::sys::path::append(Path, Flag);
      }
      Result.push_back(Path.str().str());
      break;
    }
  return Result;
}

const std::string &HeaderNames::find(llvm::StringRef Key,
                                     llvm::ArrayRef<std::string> Folders,
                                     llvm::StringRef From,
                                     const std::string &Spelt) {
  const bool Quoted = Spelt[0] == '"';
  std::string Question = Spelt + "\n" + Key.str();
  if (Quoted)
    Question += "\n" + From.str();
  auto [Entry, New] = Found.try_emplace(Question);
  if (!New)
    return Entry->second;
  auto Try = [&](llvm::StringRef Folder) {
    llvm::SmallString<256> Path(Folder);
    llvm::sys::path::append(Path, Spelt.substr(1));
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    if (Files->exists(Path))
      Entry->second = Path.str().str();
    return !Entry->second.empty();
  };
  if (Quoted && Try(From))
    return Entry->second;
  for (const std::string &Folder : Folders)
    if (Try(Folder))
      break;
  return Entry->second;
}

std::vector<HeaderNames::NameId> HeaderNames::scanAll(const CompileJob &Job) {
  const std::vector<std::string> Folders =
      valuesOf(Job, {"-I", "-isystem", "-iquote", "-idirafter"}, true);
  const std::string Key = llvm::join(Folders, "\n");
  const llvm::StringRef Own = llvm::sys::path::parent_path(Job.File);
  std::vector<NameId> Result;
  llvm::StringSet<> Seen;
  std::vector<std::string> Work = valuesOf(Job, {"-include"}, false);
  Work.push_back(Job.File);
  while (!Work.empty()) {
    const std::string Path = std::move(Work.back());
    Work.pop_back();
    if (!Seen.insert(Path).second)
      continue;
    const llvm::StringRef Folder = llvm::sys::path::parent_path(Path);
    const Source *Here = source(Path, Folder == Own);
    if (!Here)
      continue;
    llvm::append_range(Result, Here->Names);
    for (const std::string &Spelt : Here->Includes)
      if (const std::string &Next = find(Key, Folders, Folder, Spelt);
          !Next.empty())
        Work.push_back(Next);
  }
  return Result;
}

void HeaderNames::addPasted(const Ends &Made, std::vector<NameId> &To) {
  const auto &[Prefix, Suffix] = Made;
  for (auto At = Sorted.lower_bound(Prefix);
       At != Sorted.end() && At->first.starts_with(Prefix); ++At)
    if (At->first.size() >= Prefix.size() + Suffix.size() &&
        At->first.ends_with(Suffix) && !Uses[At->second].empty())
      To.push_back(At->second);
}

UsableNames HeaderNames::of(const CompileJob &Job) {
  // Shorter beginnings are those of too many names.
  constexpr size_t Telling = 3;
  std::lock_guard<std::mutex> Lock(Mutex);
  std::vector<NameId> Work = scanAll(Job);
  llvm::append_range(Work, Everywhere);
  UsableNames Result;
  std::set<Ends> Made;
  llvm::BitVector Reached(Texts.size());
  while (!Work.empty()) {
    NameId Id = Work.back();
    Work.pop_back();
    if (Reached.test(Id))
      continue;
    Reached.set(Id);
    Result.Names.insert(Texts[Id]);
    llvm::append_range(Work, Uses[Id]);
    auto Pastes = Pasting.find(Id);
    if (Pastes == Pasting.end())
      continue;
    for (const Ends &E : Pastes->second)
      if (Made.insert(E).second && E.first.size() >= Telling)
        addPasted(E, Work);
  }
  Result.Pasted.assign(Made.begin(), Made.end());
  return Result;
}

} // namespace cocodma
