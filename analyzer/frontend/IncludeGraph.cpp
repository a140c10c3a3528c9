// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/IncludeGraph.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;

namespace cocodma {
namespace {

bool isName(char C) { return llvm::isAlnum(C) || C == '_'; }

/// Goes through the lines of the preprocessor.
class DirectiveScan {
public:
  DirectiveScan(StringRef Text, IncludeGraph::File &Into)
      : Rest(Text), Into(Into) {}

  void run() {
    while (!Rest.empty()) {
      StringRef Line = line();
      StringRef Begin = Line.ltrim(" \t");
      if (Begin.consume_front("#"))
        directive(Begin.ltrim(" \t"));
      else if (!Begin.trim().empty() && !Begin.starts_with("/"))
        giveUpDefault();
      skipComment(Line);
    }
    giveUpDefault();
  }

private:
  /// The next line, with those that it goes on in.
  StringRef line() {
    size_t End = Rest.find('\n');
    while (End != StringRef::npos && End > 0 && Rest[End - 1] == '\\')
      End = Rest.find('\n', End + 1);
    StringRef Line = Rest.take_front(End);
    Rest = End == StringRef::npos ? StringRef() : Rest.drop_front(End + 1);
    return Line;
  }

  /// If a comment begins in \p Line and goes on, to its end.
  void skipComment(StringRef Line) {
    while (true) {
      size_t At = Line.find("/*");
      if (At == StringRef::npos || Line.take_front(At).count('"') % 2 != 0 ||
          Line.take_front(At).contains("//"))
        return;
      size_t End = Line.find("*/", At + 2);
      if (End == StringRef::npos) {
        size_t Closed = Rest.find("*/");
        Rest = Closed == StringRef::npos ? StringRef()
                                         : Rest.drop_front(Closed + 2);
        return;
      }
      Line = Line.drop_front(End + 2);
    }
  }

  void directive(StringRef Line) {
    StringRef Kind = Line.take_while(isName);
    StringRef Operand = Line.drop_front(Kind.size()).ltrim(" \t");
    ++Directives;
    if (Kind == "define") {
      // What is defined where it is not is a default, or the guard of a file.
      if (Waiting == Operand.take_while(isName))
        Waiting = StringRef();
      if (Directives == 2 && GuardOpen)
        Into.IsGuarded = true;
    }
    giveUpDefault();
    if (Kind == "include") {
      inclusion(Operand);
    } else if (Kind == "ifndef") {
      GuardOpen = Directives == 1;
      ++Depth;
      Waiting = Operand.take_while(isName);
    } else if (Kind == "if" || Kind == "ifdef") {
      ++Depth;
      names(Operand);
    } else if (Kind == "elif" || Kind == "elifdef" || Kind == "elifndef") {
      names(Operand);
    } else if (Kind == "pragma") {
      Into.IsGuarded |= Depth == 0 && Operand.starts_with("once");
    } else if (Kind == "endif") {
      Depth -= Depth > 0;
    }
  }

  /// The macro that #ifndef asked for is not defined at once.
  void giveUpDefault() {
    if (!Waiting.empty())
      Into.Tested.push_back(Waiting.str());
    Waiting = StringRef();
  }

  void inclusion(StringRef Operand) {
    auto &To = Depth > (Into.IsGuarded ? 1 : 0) ? Into.Sometimes : Into.Always;
    char Close = Operand.starts_with("<") ? '>' : '"';
    size_t Last = Operand.empty() ? StringRef::npos : Operand.find(Close, 1);
    if (Last != StringRef::npos && (Operand[0] == '<' || Operand[0] == '"'))
      To.push_back(Operand.take_front(Last).str());
  }

  void names(StringRef Condition) {
    for (size_t I = 0; I < Condition.size();) {
      if (Condition.substr(I).starts_with("/*"))
        return;
      StringRef Name = Condition.drop_front(I).take_while(isName);
      I += std::max<size_t>(Name.size(), 1);
      if (!Name.empty() && !llvm::isDigit(Name[0]) && Name != "defined")
        Into.Tested.push_back(Name.str());
    }
  }

  StringRef Rest;
  IncludeGraph::File &Into;
  StringRef Waiting; ///< What the last line, #ifndef, asked for.
  unsigned Directives = 0, Depth = 0;
  bool GuardOpen = false;
};

} // namespace

std::vector<std::string>
pathsOf(const CompileJob &Job, llvm::ArrayRef<StringRef> Names, bool Attached) {
  std::vector<std::string> Result;
  for (size_t I = 0; I < Job.Arguments.size(); ++I)
    for (StringRef Name : Names) {
      StringRef Flag = Job.Arguments[I];
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
      llvm::sys::path::remove_dots(Path);
      Result.push_back(Path.str().str());
      break;
    }
  return Result;
}

std::vector<std::string> includeFolders(const CompileJob &Job) {
  std::vector<std::string> Result;
  for (StringRef Kind : {"-I", "-isystem", "-idirafter"})
    llvm::append_range(Result, pathsOf(Job, {Kind}, true));
  return Result;
}

std::optional<unsigned> IncludeGraph::read(const std::string &Path) {
  auto [Entry, New] = Numbers.try_emplace(Path);
  if (!New)
    return Entry->second;
  auto Buffer = Files->getBufferForFile(Path);
  if (!Buffer)
    return std::nullopt;
  auto Read = std::make_unique<File>();
  Read->Path = Path;
  Read->Size = (*Buffer)->getBufferSize();
  DirectiveScan((*Buffer)->getBuffer(), *Read).run();
  for (const std::string &Name : Read->Tested)
    Tested.insert(Name);
  Entry->second = Known.size();
  Known.push_back(std::move(Read));
  return Entry->second;
}

std::vector<uint64_t> IncludeGraph::sizes() const {
  std::vector<uint64_t> Result;
  Result.reserve(Known.size());
  for (const auto &One : Known)
    Result.push_back(One->Size);
  return Result;
}

const IncludeGraph::File *IncludeGraph::fileAt(const std::string &Path) {
  std::optional<unsigned> Number = read(Path);
  return Number ? &file(*Number) : nullptr;
}

const std::string &IncludeGraph::find(llvm::ArrayRef<std::string> Folders,
                                      StringRef From,
                                      const std::string &Spelt) {
  const bool Quoted = Spelt[0] == '"';
  std::string Question = Spelt + "\n" + llvm::join(Folders, "\n");
  const StringRef Own = llvm::sys::path::parent_path(From);
  if (Quoted)
    Question += "\n" + Own.str();
  auto [Entry, New] = Found.try_emplace(Question);
  if (!New)
    return Entry->second;
  auto Try = [&](StringRef Folder) {
    llvm::SmallString<256> Path(Folder);
    llvm::sys::path::append(Path, Spelt.substr(1));
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    if (Files->exists(Path))
      Entry->second = Path.str().str();
    return !Entry->second.empty();
  };
  if (Quoted && Try(Own))
    return Entry->second;
  for (const std::string &Folder : Folders)
    if (Try(Folder))
      break;
  return Entry->second;
}

CertainIncludes IncludeGraph::of(const CompileJob &Job) {
  const std::vector<std::string> Folders = includeFolders(Job);
  const StringRef Own = llvm::sys::path::parent_path(Job.File);
  CertainIncludes Result;
  std::vector<std::string> Work = pathsOf(Job, {"-include"}, false);
  Work.push_back(Job.File);
  llvm::BitVector Seen;
  while (!Work.empty()) {
    const std::string Path = std::move(Work.back());
    Work.pop_back();
    std::optional<unsigned> Number = read(Path);
    if (!Number || (*Number < Seen.size() && Seen.test(*Number)))
      continue;
    if (Seen.size() <= *Number)
      Seen.resize(*Number + 1);
    Seen.set(*Number);
    const StringRef Folder = llvm::sys::path::parent_path(Path);
    const bool IsOwn = Folder == Own;
    if (!IsOwn) {
      if (Result.Files.size() <= *Number)
        Result.Files.resize(*Number + 1);
      Result.Files.set(*Number);
    }
    for (const std::string &Spelt : file(*Number).Always) {
      const std::string &Next = find(Folders, Path, Spelt);
      if (Next.empty())
        continue;
      Work.push_back(Next);
      if (!IsOwn || Spelt[0] != '<')
        continue;
      if (std::optional<unsigned> Found = read(Next))
        Result.Direct.emplace_back(Spelt.substr(1), *Found);
    }
  }
  return Result;
}

} // namespace cocodma
