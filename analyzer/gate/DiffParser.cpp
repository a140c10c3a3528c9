// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/DiffParser.h"

#include "gate/PatchReader.h"
#include "report/Escape.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;

namespace cocodma {
namespace {

/// Resolves the quotes that git puts around unusual names: C escapes, bytes in
/// octal. Gives what stands behind the name in \p Rest.
std::string unquote(StringRef Text, StringRef &Rest) {
  std::string Result;
  size_t I = 1;
  for (; I < Text.size() && Text[I] != '"'; ++I) {
    if (Text[I] != '\\' || I + 1 == Text.size()) {
      Result += Text[I];
      continue;
    }
    char C = Text[++I];
    static constexpr StringRef Letters = "abfnrtv", Values = "\a\b\f\n\r\t\v";
    unsigned Byte = 0;
    if (!Text.substr(I, 3).getAsInteger(8, Byte) && Byte < 256 &&
        I + 2 < Text.size()) {
      Result += static_cast<char>(Byte);
      I += 2;
    } else if (size_t At = Letters.find(C); At != StringRef::npos) {
      Result += Values[At];
    } else {
      Result += C;
    }
  }
  Rest = Text.drop_front(std::min(Text.size(), I + 1));
  return Result;
}

/// The name in a header line: quoted, or up to a tab (what follows is a date).
std::string nameIn(StringRef Text) {
  StringRef Rest;
  if (Text.starts_with("\""))
    return unquote(Text, Rest);
  return Text.split('\t').first.rtrim("\r").str();
}

/// Without its first component ("a/", "b/"): what -p1 does.
std::string stripped(const std::string &Name) {
  size_t Slash = Name.find('/');
  return Slash == std::string::npos ? Name : Name.substr(Slash + 1);
}

bool isNothing(StringRef Name) { return Name == "/dev/null"; }

class Parser {
public:
  Parser(StringRef Text, StringRef Name, std::vector<FilePatch> &Into)
      : Rest(Text), Name(Name), Into(Into) {}

  llvm::Error run() {
    while (!Rest.empty()) {
      StringRef Line = peek();
      if (Line.starts_with("diff --git ")) {
        if (llvm::Error E = gitDiff())
          return E;
      } else if (Line.starts_with("--- ") && second().starts_with("+++ ")) {
        FilePatch File;
        if (llvm::Error E = names(File))
          return E;
        if (llvm::Error E = hunks(File))
          return E;
        if (llvm::Error E = add(std::move(File)))
          return E;
      } else {
        next();
      }
    }
    return llvm::Error::success();
  }

private:
  StringRef peek() const { return Rest.split('\n').first; }
  StringRef second() const { return Rest.split('\n').second.split('\n').first; }
  StringRef next() {
    auto [Line, Tail] = Rest.split('\n');
    Rest = Tail;
    ++LineNumber;
    return Line;
  }

  llvm::Error error(const llvm::Twine &Problem) const {
    return llvm::createStringError(Name + ":" + llvm::Twine(LineNumber) + ": " +
                                   Problem);
  }

  /// Names that cannot be those of files of the tree are refused.
  llvm::Error check(StringRef Path) const {
    auto Bad = [&](const char *Why) {
      return error("the path '" + plainText(Path.take_front(200)) + "' " + Why +
                   "; nothing outside of the tree is patched");
    };
    if (Path.empty())
      return error("a file without a name");
    if (Path.contains('\0'))
      return Bad("has a NUL in it");
    if (Path.size() > 4096 || Path.count('/') > 100)
      return Bad("is too long");
    if (llvm::sys::path::is_absolute(Path) || Path.starts_with("/"))
      return Bad("is absolute");
    llvm::SmallVector<StringRef, 16> Parts;
    Path.split(Parts, '/');
    for (StringRef Part : Parts)
      if (Part.empty() || Part == "." || Part == ".." ||
          Part.equals_insensitive(".git"))
        return Bad("is none of a file in the tree");
    return llvm::Error::success();
  }

  llvm::Error add(FilePatch File) {
    if (llvm::Error E = check(File.OldPath))
      return E;
    if (llvm::Error E = check(File.NewPath))
      return E;
    if (Into.size() >= MostPatchedFiles)
      return error("more than " + llvm::Twine(MostPatchedFiles) +
                   " files; give a smaller patch, or use --range in a git "
                   "tree");
    Into.push_back(std::move(File));
    return llvm::Error::success();
  }

  /// The names in "diff --git a/X b/X", for patches that say no other ones.
  void defaultNames(StringRef Line, FilePatch &File) {
    StringRef Both = Line.drop_front(strlen("diff --git ")).rtrim("\r");
    StringRef Second;
    if (Both.starts_with("\"")) {
      File.OldPath = stripped(unquote(Both, Second));
      File.NewPath = stripped(nameIn(Second.ltrim()));
      return;
    }
    // The halves differ in their first component only.
    size_t Middle = Both.size() / 2;
    if (Both.size() % 2 && Both[Middle] == ' ') {
      File.OldPath = stripped(Both.take_front(Middle).str());
      File.NewPath = stripped(Both.drop_front(Middle + 1).str());
    }
  }

  /// The `---` and `+++` lines.
  llvm::Error names(FilePatch &File) {
    std::string Old = nameIn(next().drop_front(4));
    std::string New = nameIn(next().drop_front(4));
    using enum FilePatch::Action;
    if (isNothing(Old) && isNothing(New))
      return error("both sides are /dev/null");
    // A patch of a rename has its names in the extended headers already.
    if (File.What == Rename || File.What == Copy)
      return llvm::Error::success();
    if (isNothing(Old))
      File.What = Add;
    else if (isNothing(New))
      File.What = Remove;
    for (const std::string *Given : {&Old, &New})
      if (!isNothing(*Given) && StringRef(*Given).starts_with("/"))
        return check(*Given);
    File.NewPath = stripped(isNothing(New) ? Old : New);
    File.OldPath = File.NewPath;
    return llvm::Error::success();
  }

  llvm::Error mode(StringRef Mode) const {
    Mode = Mode.trim();
    if (Mode == "120000")
      return error("the patch makes or edits a symbolic link; links are not "
                   "followed, leave it out");
    if (Mode == "160000")
      return error("the patch edits a submodule; leave it out");
    return llvm::Error::success();
  }

  llvm::Error gitDiff() {
    using enum FilePatch::Action;
    FilePatch File;
    defaultNames(next(), File);
    while (!Rest.empty()) {
      StringRef Line = peek();
      StringRef Value = Line;
      llvm::Error Problem = llvm::Error::success();
      if (Value.consume_front("new file mode ")) {
        File.What = Add;
        Problem = mode(Value);
      } else if (Value.consume_front("deleted file mode ")) {
        File.What = Remove;
        Problem = mode(Value);
      } else if (Value.consume_front("new mode ")) {
        Problem = mode(Value);
      } else if (Value.consume_front("rename from ")) {
        File.What = Rename;
        File.OldPath = nameIn(Value);
      } else if (Value.consume_front("copy from ")) {
        File.What = Copy;
        File.OldPath = nameIn(Value);
      } else if (Value.consume_front("rename to ") ||
                 Value.consume_front("copy to ")) {
        File.NewPath = nameIn(Value);
      } else if (Value.consume_front("index ")) {
        if (Value.contains(' '))
          Problem = mode(Value.rsplit(' ').second);
      } else if (!Line.starts_with("old mode ") &&
                 !Line.starts_with("similarity index ") &&
                 !Line.starts_with("dissimilarity index ")) {
        break;
      }
      if (Problem)
        return Problem;
      next();
    }
    return gitBody(std::move(File));
  }

  llvm::Error gitBody(FilePatch File) {
    if (peek().starts_with("GIT binary patch") ||
        peek().starts_with("Binary files ")) {
      File.Binary = true;
      next();
    } else if (peek().starts_with("--- ") && second().starts_with("+++ ")) {
      if (llvm::Error E = names(File))
        return E;
      if (llvm::Error E = hunks(File))
        return E;
    }
    return add(std::move(File));
  }

  /// "-12,3" or "+12": a start and a count. False if it is neither.
  static bool range(StringRef Text, char Sign, unsigned &Start,
                    unsigned &Count) {
    if (!Text.consume_front(StringRef(&Sign, 1)))
      return false;
    auto [First, Second] = Text.split(',');
    Count = 1;
    constexpr unsigned Largest = 100'000'000;
    if (First.getAsInteger(10, Start) ||
        (Text.contains(',') && Second.getAsInteger(10, Count)))
      return false;
    return Start <= Largest && Count <= Largest;
  }

  llvm::Error hunks(FilePatch &File) {
    while (peek().starts_with("@@ -")) {
      PatchHunk Hunk;
      Hunk.Header = peek();
      llvm::SmallVector<StringRef, 5> Words;
      next().split(Words, ' ', 4);
      if (Words.size() < 4 ||
          !range(Words[1], '-', Hunk.OldStart, Hunk.OldCount) ||
          !range(Words[2], '+', Hunk.NewStart, Hunk.NewCount))
        return error("'" + plainText(Hunk.Header.take_front(80)) +
                     "' is no head of a hunk");
      if (llvm::Error E = body(Hunk))
        return E;
      File.Hunks.push_back(Hunk);
    }
    if (File.Hunks.empty())
      return error("a file without a hunk; the patch is damaged");
    return llvm::Error::success();
  }

  llvm::Error body(PatchHunk &Hunk) {
    unsigned Old = Hunk.OldCount, New = Hunk.NewCount;
    const char *Begin = Rest.data();
    const char *End = Begin;
    char Last = 0;
    while (true) {
      StringRef Line = peek();
      if (Line.starts_with("\\")) {
        Hunk.OldEndsBare |= Last == '-' || Last == ' ';
        Hunk.NewEndsBare |= Last == '+' || Last == ' ';
        next();
        End = Rest.data();
        if (!Old && !New)
          break;
        continue;
      }
      if (!Old && !New)
        break;
      char Sign = Line.empty() || Line == "\r" ? ' ' : Line[0];
      if (Rest.empty() || !StringRef(" +-").contains(Sign) ||
          (Sign != '+' && !Old) || (Sign != '-' && !New))
        return error("the hunk is damaged: " + llvm::Twine(Old) + " old and " +
                     llvm::Twine(New) +
                     " new lines are missing; was the patch cut or wrapped?");
      Old -= Sign != '+';
      New -= Sign != '-';
      Last = Sign;
      next();
      End = Rest.data();
    }
    Hunk.Body = StringRef(Begin, End - Begin);
    return llvm::Error::success();
  }

  StringRef Rest;
  StringRef Name;
  std::vector<FilePatch> &Into;
  unsigned LineNumber = 0;
};

} // namespace

bool hasForeignLineEnds(StringRef Text) {
  for (StringRef Mark : {"\ndiff --git ", "\n+++ "}) {
    size_t At = Text.find(Mark);
    if (At != StringRef::npos)
      return Text.drop_front(At + 1).split('\n').first.ends_with("\r");
  }
  return Text.split('\n').first.ends_with("\r");
}

llvm::Error parseDiffs(StringRef Text, StringRef Name,
                       std::vector<FilePatch> &Into) {
  return Parser(Text, Name, Into).run();
}

} // namespace cocodma
