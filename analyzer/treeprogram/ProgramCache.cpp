// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "treeprogram/ProgramCache.h"
#include "report/AtomicFile.h"
#include "support/CacheFolder.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

using namespace llvm;

namespace cocodma {

namespace {

std::string hash(StringRef Text) {
  auto Digest = SHA256::hash(arrayRefFromStringRef(Text));
  return toHex(ArrayRef(Digest).take_front(16), true);
}

/// Empty if it cannot be read, which is no hash.
std::string hashOf(const std::string &Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  return Buffer ? hash((*Buffer)->getBuffer()) : "";
}

/// Adds what a make rule depends on, as compilers write it.
void readDependencies(StringRef Text, std::set<std::string> &Files) {
  Text = Text.split(": ").second;
  std::string Name;
  for (std::size_t I = 0; I <= Text.size(); ++I) {
    char C = I < Text.size() ? Text[I] : '\n';
    if (C == '\\' && I + 1 < Text.size() && Text[I + 1] == ' ')
      Name += Text[++I];
    else if (C == ' ' || C == '\n' ||
             (C == '\\' && I + 1 < Text.size() && Text[I + 1] == '\n')) {
      if (!Name.empty())
        Files.insert(Name);
      Name.clear();
    } else {
      Name += C;
    }
  }
}

std::string absolute(StringRef Root, StringRef Path) {
  SmallString<256> Result(Path);
  sys::path::make_absolute(Root, Result);
  sys::path::remove_dots(Result, true);
  return Result.str().str();
}

} // namespace

ProgramCache::ProgramCache(std::string Folder, std::string Kernel)
    : Folder(std::move(Folder)), Kernel(std::move(Kernel)) {
  addText(COCODMA_VERSION);
  addText(this->Kernel);
}

void ProgramCache::addText(StringRef Text) {
  Key = hash(Key + std::to_string(Text.size()) + ":" + Text.str());
}

void ProgramCache::addFile(const std::string &Path) { addText(hashOf(Path)); }

std::string ProgramCache::entry() const {
  SmallString<256> Path(Folder);
  sys::path::append(Path, "program-" + Key);
  return Path.str().str();
}

/// The list: the program's own hash, then a hash and a path a line.
std::string ProgramCache::find() const {
  auto List = MemoryBuffer::getFile(entry() + ".files");
  if (!List)
    return "";
  SmallVector<StringRef, 0> Lines;
  (*List)->getBuffer().split(Lines, '\n', -1, false);
  if (Lines.size() < 2 || hashOf(entry()) != Lines[0])
    return "";
  for (StringRef Line : ArrayRef(Lines).drop_front()) {
    auto [Hash, Path] = Line.split(' ');
    if (hashOf(Path.str()) != Hash)
      return "";
  }
  markUsed(entry());
  markUsed(entry() + ".files");
  return entry();
}

Expected<std::string> ProgramCache::makeScratch() const {
  SmallString<256> Pattern(Folder), Scratch;
  sys::path::append(Pattern, "cocodma-build");
  std::error_code Problem = sys::fs::create_directories(Folder);
  if (!Problem)
    Problem = sys::fs::createUniqueDirectory(Pattern, Scratch);
  if (Problem)
    return createStringError(Problem, Folder + ": " + Problem.message() +
                                          "; name another folder with --cache");
  return Scratch.str().str();
}

Expected<std::string>
ProgramCache::keep(const std::string &Program,
                   const std::vector<std::string> &Objects) const {
  std::set<std::string> Files;
  for (const std::string &Object : Objects) {
    auto Text = MemoryBuffer::getFile(Object + ".d");
    if (!Text)
      return createStringError(Text.getError(),
                               Object + ".d: the compiler wrote no such file");
    readDependencies((*Text)->getBuffer(), Files);
  }
  std::string List = hashOf(Program) + "\n";
  for (const std::string &File : Files) {
    std::string Path = absolute(Kernel, File);
    List += hashOf(Path) + " " + Path + "\n";
  }
  // The list comes last and knows the program: one that is not its own is none.
  if (std::error_code Problem = sys::fs::rename(Program, entry()))
    return createStringError(Problem, entry() + ": " + Problem.message());
  if (Error E = writeFileAtomically(entry() + ".files",
                                    [&](raw_ostream &Out) { Out << List; }))
    return E;
  return entry();
}

} // namespace cocodma
