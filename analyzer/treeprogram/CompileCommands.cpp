// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "treeprogram/CompileCommands.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

#include <nlohmann/json.hpp>

using namespace llvm;

namespace cocodma {

namespace {

Error failure(const Twine &Text) {
  return createStringError(inconvertibleErrorCode(), Text);
}

std::vector<std::string> argumentsOf(const nlohmann::json &Entry) {
  if (Entry.contains("arguments"))
    return Entry["arguments"];
  BumpPtrAllocator Memory;
  StringSaver Saver(Memory);
  SmallVector<const char *, 128> Words;
  std::string Text = Entry.at("command");
  cl::TokenizeGNUCommandLine(Text, Saver, Words);
  return {Words.begin(), Words.end()};
}

std::string relativeTo(StringRef Kernel, const nlohmann::json &Entry) {
  SmallString<256> Path(Entry.at("file").get<std::string>());
  std::string Directory = Entry.at("directory");
  sys::path::make_absolute(Directory, Path);
  sys::path::remove_dots(Path, true);
  StringRef Rest = Path;
  return Rest.consume_front(Kernel) && Rest.consume_front("/") ? Rest.str()
                                                               : "";
}

/// What makes a compiler execute or load other files of the tree's choice.
bool namesPrograms(StringRef Word) {
  return Word.starts_with("-fplugin") || Word.starts_with("-fpass-plugin") ||
         Word.starts_with("-load") || Word.starts_with("-plugin") ||
         Word.starts_with("-B") || Word.starts_with("--prefix") ||
         Word.starts_with("-specs") || Word.starts_with("--config") ||
         Word.starts_with("-fuse-ld") || Word.starts_with("-fuse-as") ||
         Word.starts_with("-no-integrated-as") ||
         Word.starts_with("-fno-integrated-as") || Word.starts_with("@");
}

/// What mitigations of processors add changes no data flow and needs thunks.
bool isDropped(StringRef Word) {
  return Word == "-c" || Word.starts_with("-Wp,-M") || Word.starts_with("-W") ||
         Word.starts_with("-mretpoline") || Word.starts_with("-mindirect-") ||
         Word.starts_with("-mfunction-return") ||
         Word.starts_with("-fcf-protection") ||
         Word.starts_with("-fpatchable-function-entry") ||
         Word.starts_with("-fstack-protector") ||
         Word == "-fomit-frame-pointer";
}

} // namespace

Expected<CompileCommands> CompileCommands::read(StringRef Build,
                                                StringRef Kernel) {
  SmallString<256> Path(Build);
  sys::path::append(Path, "compile_commands.json");
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return failure(Path + ": " + Buffer.getError().message() +
                   "; make it with `make compile_commands.json`");
  CompileCommands Result;
  Result.Kernel = Kernel.str();
  nlohmann::json Entries =
      nlohmann::json::parse((*Buffer)->getBuffer().str(), nullptr, false);
  try {
    for (const nlohmann::json &Entry : Entries) {
      std::string Unit = relativeTo(Kernel, Entry);
      if (StringRef(Unit).ends_with(".c"))
        Result.Units[Unit] = argumentsOf(Entry);
    }
  } catch (const nlohmann::json::exception &) {
    return failure(Path + ": not a compile database");
  }
  if (Result.Units.empty())
    return failure(Path + ": no unit of " + Kernel +
                   " in it; name the root of the tree with --kernel");
  return Result;
}

Expected<std::vector<std::pair<std::string, std::string>>>
CompileCommands::select(StringRef Selection) const {
  std::vector<std::pair<std::string, std::string>> Result;
  SmallVector<StringRef, 16> Lines;
  Selection.split(Lines, '\n', -1, false);
  for (StringRef Line : Lines) {
    if (Line.trim().empty() || Line.starts_with("#"))
      continue;
    auto [Path, As] = Line.split(" as ");
    StringRef Command = As.empty() ? Path.trim() : As.trim();
    Expected<GlobPattern> Pattern = GlobPattern::create(Command);
    if (!Pattern)
      return Pattern.takeError();
    std::size_t Before = Result.size();
    for (const auto &[Unit, Arguments] : Units)
      if (Pattern->match(Unit))
        Result.emplace_back(As.empty() ? Unit : Path.trim().str(), Unit);
    if (Result.size() == Before)
      return failure(Kernel + ": the compile database has no " + Command +
                     ", which the runtime model needs; build that unit, or "
                     "name another database with -p");
    SmallString<256> Source(Kernel);
    sys::path::append(Source, Path.trim());
    if (!As.empty() && !sys::fs::exists(Source))
      return failure(Source + ": no such file, but the model needs it");
  }
  return Result;
}

std::string CompileCommands::unitNamed(StringRef File) const {
  for (const auto &[Unit, Arguments] : Units)
    if (sys::path::filename(Unit) == File)
      return Unit;
  return "";
}

bool CompileCommands::has(StringRef Pattern) const {
  Expected<GlobPattern> Glob = GlobPattern::create(Pattern);
  if (!Glob) {
    consumeError(Glob.takeError());
    return false;
  }
  return any_of(Units, [&](const auto &U) { return Glob->match(U.first); });
}

std::vector<std::string>
CompileCommands::command(const std::string &Unit, const std::string &Source,
                         const std::string &Object, const std::string &Header,
                         const std::string &Compiler) const {
  const std::vector<std::string> &Old = Units.at(Unit);
  std::vector<std::string> Result;
  SmallString<256> Absolute(Kernel);
  sys::path::append(Absolute, Unit);
  // The tree does not choose which program is started.
  Result.push_back(Compiler);
  for (std::size_t I = 1; I < Old.size(); ++I) {
    StringRef Word = Old[I];
    if (Word == "-o") {
      ++I;
      continue;
    }
    if (Word == Unit || Word == Absolute || isDropped(Word) ||
        namesPrograms(Word))
      continue;
    // What the next word is to -Xclang depends on this one.
    if (Word == "-Xclang" && I + 1 < Old.size() && namesPrograms(Old[I + 1])) {
      ++I;
      continue;
    }
    Result.push_back(Word.str());
    if (Word != "-include" || I + 1 == Old.size())
      continue;
    Result.push_back(Old[++I]);
    if (StringRef(Old[I]).ends_with("/kconfig.h"))
      Result.insert(Result.end(), {"-include", Header});
  }
  Result.insert(Result.end(),
                {"-w", "-fno-stack-protector", "-fno-omit-frame-pointer",
                 "-fno-optimize-sibling-calls", "-gline-tables-only", "-MD",
                 "-MF", Object + ".d", "-c", "-o", Object, Source});
  return Result;
}

} // namespace cocodma
