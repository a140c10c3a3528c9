// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the text of one file names.
#include "frontend/HeaderNames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace cocodma {

/// Reads one file: what it includes, and what its definitions name. Conditions
/// of the preprocessor are not looked at.
class TextScan {
public:
  TextScan(HeaderNames &Into, HeaderNames::Source &Of, llvm::StringRef Text,
           bool IsOwn)
      : Into(Into), Of(Of), Text(Text), IsOwn(IsOwn) {}

  void run() {
    bool LineStart = true;
    while (skipBlanks(LineStart)) {
      char C = Text[At];
      if (C == '#' && LineStart) {
        directive();
        continue;
      }
      LineStart = false;
      if (isName(C))
        name(word());
      else if (C == '"' || C == '\'')
        literal(C);
      else
        punctuation(C);
    }
    endChunk();
  }

private:
  using NameId = HeaderNames::NameId;

  static bool isName(char C) { return llvm::isAlnum(C) || C == '_'; }

  /// Skips blanks and comments; false at the end. Sets \p LineStart where a
  /// line begins.
  bool skipBlanks(bool &LineStart) {
    for (; At < Text.size(); ++At) {
      char C = Text[At];
      if (C == '\n') {
        LineStart = true;
      } else if (C == '\\' && At + 1 < Text.size() && Text[At + 1] == '\n') {
        ++At;
      } else if (Text.substr(At).starts_with("/*")) {
        size_t End = Text.find("*/", At + 2);
        At = End == llvm::StringRef::npos ? Text.size() : End + 1;
      } else if (Text.substr(At).starts_with("//")) {
        At = std::min(Text.find('\n', At), Text.size()) - 1;
      } else if (!llvm::isSpace(C)) {
        return true;
      }
    }
    return false;
  }

  llvm::StringRef word() {
    size_t Begin = At;
    while (At < Text.size() && isName(Text[At]))
      ++At;
    return Text.slice(Begin, At);
  }

  void literal(char Quote) {
    for (++At; At < Text.size() && Text[At] != Quote && Text[At] != '\n'; ++At)
      At += Text[At] == '\\';
    ++At;
  }

  void directive() {
    ++At;
    size_t End = At;
    while (End < Text.size() && Text[End] != '\n')
      End += Text[End] == '\\' ? 2 : 1;
    End = std::min(End, Text.size());
    llvm::StringRef Line = Text.slice(At, End).ltrim(" \t");
    At = End;
    if (Line.consume_front("include")) {
      Line = Line.ltrim(" \t");
      char Close = Line.starts_with("<") ? '>' : '"';
      size_t Last = Line.empty() ? llvm::StringRef::npos : Line.find(Close, 1);
      if (Last != llvm::StringRef::npos && (Line[0] == '<' || Line[0] == '"'))
        Of.Includes.push_back(Line.take_front(Last).str());
    } else if (Line.consume_front("define") && !Line.empty() &&
               !isName(Line[0])) {
      macro(Line.ltrim(" \t"));
    }
  }

  void macro(llvm::StringRef Line) {
    llvm::StringRef Name = Line.take_while(isName);
    llvm::StringRef Body = Line.drop_front(Name.size());
    llvm::SmallVector<llvm::StringRef> Parameters;
    if (Body.starts_with("(")) {
      auto [List, Rest] = Body.drop_front().split(')');
      List.split(Parameters, ',');
      for (llvm::StringRef &P : Parameters)
        P = P.trim(" \t\\\n").take_while(isName);
      Body = Rest;
    }
    std::vector<NameId> Used = namesIn(Body);
    if (IsOwn)
      llvm::append_range(Of.Names, Used);
    NameId Id = Into.id(Name);
    llvm::append_range(Into.Uses[Id], Used);
    if (Body.contains("##"))
      paste(Id, Body, Parameters);
  }

  std::vector<NameId> namesIn(llvm::StringRef Body) {
    std::vector<NameId> Result;
    for (size_t I = 0; I < Body.size();) {
      if (!isName(Body[I])) {
        ++I;
        continue;
      }
      llvm::StringRef Name = Body.drop_front(I).take_while(isName);
      I += Name.size();
      if (!llvm::isDigit(Name[0]))
        Result.push_back(Into.id(Name));
    }
    return Result;
  }

  void paste(NameId Macro, llvm::StringRef Body,
             llvm::ArrayRef<llvm::StringRef> Parameters) {
    // Word, ##, word, ##, word: what the first and the last one are.
    constexpr llvm::StringLiteral Blank = " \t\\\n";
    llvm::StringRef Rest = Body;
    while (true) {
      size_t Sign = Rest.find("##");
      if (Sign == llvm::StringRef::npos)
        return;
      llvm::StringRef Before = Rest.take_front(Sign).rtrim(Blank);
      std::string Prefix, Suffix;
      bool Open = false;
      auto Add = [&](llvm::StringRef Word) {
        if (Word.empty() || llvm::is_contained(Parameters, Word) ||
            Word.starts_with("__VA_ARGS")) {
          Open = true;
          Suffix.clear();
        } else {
          (Open ? Suffix : Prefix) += Word;
        }
      };
      size_t Start = Before.size();
      while (Start > 0 && isName(Before[Start - 1]))
        --Start;
      Add(Before.drop_front(Start));
      Rest = Rest.drop_front(Sign);
      while (Rest.consume_front("##")) {
        Rest = Rest.ltrim(Blank);
        llvm::StringRef Word = Rest.take_while(isName);
        Add(Word);
        Rest = Rest.drop_front(Word.size());
        llvm::StringRef Next = Rest.ltrim(Blank);
        if (Next.starts_with("##"))
          Rest = Next;
      }
      if (!Open)
        Into.Uses[Macro].push_back(Into.id(Prefix));
      else if (!Prefix.empty() || !Suffix.empty())
        Into.Pasting[Macro].emplace_back(Prefix, Suffix);
    }
  }

  void name(llvm::StringRef Name) {
    if (llvm::isDigit(Name[0]))
      return;
    NameId Id = Into.id(Name);
    if (IsOwn)
      Of.Names.push_back(Id);
    Last = Id;
    (Depth ? Inside : Outside).push_back(Id);
    WasName = true;
  }

  void punctuation(char C) {
    const bool Column0 = At == 0 || Text[At - 1] == '\n';
    ++At;
    if (C == '(' && Depth == 0) {
      if (WasName && Parentheses == 0)
        Called.push_back(Last);
      ++Parentheses;
    } else if (C == ')' && Depth == 0) {
      Parentheses -= Parentheses > 0;
      AfterList = true;
    } else if (C == '{') {
      // The text between #if and #else may have two beginnings and one end.
      if (Depth++ == 0)
        IsFunction = !Called.empty() && AfterList && !Assigned;
    } else if (C == '}') {
      Depth = Column0 || Depth == 0 ? 0 : Depth - 1;
      if (Depth == 0 && IsFunction)
        endChunk();
    } else if (C == '=' && Depth == 0) {
      if (!Assigned)
        Declared = Outside;
      Assigned = true;
    } else if (C == ';' && Depth == 0 && Parentheses == 0) {
      endChunk();
    }
    if (C == ';' && Column0)
      endChunk();
    WasName = false;
  }

  void endChunk() {
    if (IsFunction || Assigned) {
      for (NameId Name : IsFunction ? Called : Declared) {
        std::vector<NameId> &To = Into.Uses[Name];
        llvm::append_range(To, Inside);
        llvm::append_range(To, Outside);
      }
    } else if (!Called.empty() && !Outside.empty() &&
               Outside.front() == Called.front()) {
      llvm::append_range(Into.Everywhere, Outside);
    }
    Outside.clear();
    Inside.clear();
    Called.clear();
    Declared.clear();
    Depth = Parentheses = 0;
    IsFunction = Assigned = AfterList = WasName = false;
  }

  HeaderNames &Into;
  HeaderNames::Source &Of;
  llvm::StringRef Text;
  const bool IsOwn;
  size_t At = 0;
  /// Of what is read at file scope, up to its end: names in its head, in its
  /// braces, before parentheses, and before its initializer.
  std::vector<NameId> Outside, Inside, Called, Declared;
  NameId Last = 0;
  unsigned Depth = 0, Parentheses = 0;
  bool IsFunction = false, Assigned = false, AfterList = false, WasName = false;
};

void HeaderNames::scan(llvm::StringRef Text, bool IsOwn, Source &Into) {
  TextScan(*this, Into, Text, IsOwn).run();
}

} // namespace cocodma
