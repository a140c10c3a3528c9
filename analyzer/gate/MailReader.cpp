// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/MailReader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/Regex.h"

using llvm::StringRef;

namespace cocodma {
namespace {

/// The headers that matter.
struct Headers {
  std::string Subject;
  std::string Encoding;
  std::string Type;
};

/// Takes a line off the front of \p Rest, without its end (LF or CRLF).
StringRef takeLine(StringRef &Rest) {
  auto [Line, Tail] = Rest.split('\n');
  Rest = Tail;
  Line.consume_back("\r");
  return Line;
}

/// The line that separates the mails of an mbox: "From SENDER WEEKDAY MONTH DAY
/// TIME YEAR".
bool isSeparator(StringRef Line) {
  if (!Line.starts_with("From ") || Line.size() > 400)
    return false;
  static const llvm::Regex Date("[0-9]{1,2}:[0-9]{2}(:[0-9]{2})? .*[0-9]{4}");
  return Date.match(Line);
}

bool isHeader(StringRef Line) {
  size_t Colon = Line.find(':');
  if (Colon == 0 || Colon == StringRef::npos || Colon > 64)
    return false;
  return llvm::all_of(Line.take_front(Colon),
                      [](char C) { return llvm::isAlnum(C) || C == '-'; });
}

std::string decodeBase64Text(StringRef Text) {
  std::string Kept;
  for (char C : Text)
    if (llvm::isAlnum(C) || C == '+' || C == '/')
      Kept += C;
  // What is damaged at the end is left out.
  if (Kept.size() % 4 == 1)
    Kept.pop_back();
  while (Kept.size() % 4)
    Kept += '=';
  std::vector<char> Bytes;
  llvm::consumeError(llvm::decodeBase64(Kept, Bytes));
  return std::string(Bytes.begin(), Bytes.end());
}

/// The encoded words of a header (RFC 2047), whatever their character set: in
/// practice UTF-8.
std::string decodeWords(StringRef Text) {
  std::string Result;
  bool AfterWord = false;
  while (!Text.empty()) {
    size_t Start = Text.find("=?");
    llvm::SmallVector<StringRef, 4> Parts;
    if (Start != StringRef::npos)
      Text.drop_front(Start + 2).split(Parts, '?', 3);
    if (Parts.size() != 4 || !Parts[3].starts_with("=")) {
      Result += Text;
      break;
    }
    StringRef Before = Text.take_front(Start);
    // Space between two encoded words is no part of the text.
    if (!AfterWord || !Before.trim().empty())
      Result += Before;
    if (Parts[1].equals_insensitive("b"))
      Result += decodeBase64Text(Parts[2]);
    else
      for (char C : decodeQuotedPrintable(Parts[2]))
        Result += C == '_' ? ' ' : C;
    AfterWord = true;
    Text = Parts[3].drop_front();
  }
  return Result;
}

/// Reads headers up to the empty line.
Headers readHeaders(StringRef &Rest) {
  Headers Result;
  std::string *Last = nullptr;
  while (!Rest.empty()) {
    StringRef Line = takeLine(Rest);
    if (Line.empty())
      break;
    if (Line.starts_with(" ") || Line.starts_with("\t")) {
      if (Last && Last->size() < 10000)
        *Last += " " + Line.trim().str();
      continue;
    }
    auto [Name, Value] = Line.split(':');
    Last = Name.equals_insensitive("subject") ? &Result.Subject
           : Name.equals_insensitive("content-transfer-encoding")
               ? &Result.Encoding
           : Name.equals_insensitive("content-type") ? &Result.Type
                                                     : nullptr;
    if (Last)
      *Last = Value.trim().str();
  }
  return Result;
}

/// The boundary of a multipart type; empty if it is none.
std::string boundaryOf(StringRef Type) {
  if (!Type.starts_with_insensitive("multipart/"))
    return "";
  size_t At = Type.find_insensitive("boundary=");
  if (At == StringRef::npos)
    return "";
  StringRef Value = Type.drop_front(At + 9);
  if (Value.consume_front("\""))
    return Value.split('"').first.str();
  return Value.take_while([](char C) { return C != ';' && C != ' '; }).str();
}

bool isText(StringRef Type) {
  return Type.empty() || Type.starts_with_insensitive("text/plain") ||
         Type.starts_with_insensitive("text/x-patch") ||
         Type.starts_with_insensitive("text/x-diff") ||
         Type.contains_insensitive(".patch") ||
         Type.contains_insensitive(".diff");
}

void addBody(const Headers &About, StringRef Body, unsigned Depth,
             std::string &Into);

/// The parts between the lines that are "--" and the boundary.
void addParts(StringRef Boundary, StringRef Body, unsigned Depth,
              std::string &Into) {
  std::string Mark = "--" + Boundary.str();
  StringRef Rest = Body;
  const char *PartStart = nullptr;
  while (!Rest.empty()) {
    const char *LineStart = Rest.data();
    StringRef Line = takeLine(Rest).rtrim();
    bool End = Line == Mark + "--";
    if (!End && Line != Mark)
      continue;
    if (PartStart) {
      StringRef Part(PartStart, LineStart - PartStart);
      Headers About = readHeaders(Part);
      addBody(About, Part, Depth, Into);
    }
    PartStart = Rest.data();
    if (End)
      return;
  }
}

void addBody(const Headers &About, StringRef Body, unsigned Depth,
             std::string &Into) {
  constexpr unsigned Deepest = 8;
  std::string Boundary = boundaryOf(About.Type);
  if (!Boundary.empty()) {
    if (Depth < Deepest)
      addParts(Boundary, Body, Depth + 1, Into);
    return;
  }
  if (!isText(About.Type))
    return;
  if (StringRef(About.Encoding).equals_insensitive("quoted-printable"))
    Into += decodeQuotedPrintable(Body);
  else if (StringRef(About.Encoding).equals_insensitive("base64"))
    Into += decodeBase64Text(Body);
  else
    Into += Body;
  if (!Into.empty() && Into.back() != '\n')
    Into += '\n';
}

Mail readMail(StringRef Text) {
  Headers About = readHeaders(Text);
  Mail Result;
  Result.Subject = decodeWords(About.Subject);
  addBody(About, Text, 0, Result.Text);
  return Result;
}

} // namespace

std::string decodeQuotedPrintable(StringRef Text) {
  std::string Result;
  Result.reserve(Text.size());
  for (size_t I = 0; I < Text.size(); ++I) {
    if (Text[I] != '=') {
      Result += Text[I];
      continue;
    }
    StringRef Rest = Text.drop_front(I + 1);
    if (Rest.size() >= 2 && llvm::isHexDigit(Rest[0]) &&
        llvm::isHexDigit(Rest[1])) {
      Result += static_cast<char>(llvm::hexFromNibbles(Rest[0], Rest[1]));
      I += 2;
      continue;
    }
    // A soft line break; spaces before it are padding.
    size_t Skip = Rest.find_first_not_of(" \t");
    StringRef End = Skip == StringRef::npos ? "" : Rest.drop_front(Skip);
    if (End.starts_with("\r\n"))
      I += Skip + 2;
    else if (End.starts_with("\n"))
      I += Skip + 1;
    else
      Result += '=';
  }
  return Result;
}

bool looksLikeMail(StringRef Text) {
  StringRef Rest = Text;
  StringRef First = takeLine(Rest);
  if (isSeparator(First))
    return true;
  // A block of headers that has a subject or a sender.
  bool Known = false;
  for (unsigned Lines = 0; Lines < 500; ++Lines) {
    if (First.empty())
      break;
    if (!isHeader(First) && !(Lines && llvm::isSpace(First[0])))
      return false;
    Known |= First.starts_with_insensitive("subject:") ||
             First.starts_with_insensitive("from:");
    First = takeLine(Rest);
  }
  return Known;
}

std::vector<Mail> readMails(StringRef Text) {
  std::vector<Mail> Result;
  StringRef Rest = Text;
  const char *Start = Text.data();
  bool AfterEmpty = true, InMbox = false;
  auto Add = [&](const char *End) {
    StringRef One(Start, End - Start);
    if (!One.trim().empty())
      Result.push_back(readMail(One));
  };
  while (!Rest.empty()) {
    const char *LineStart = Rest.data();
    StringRef Line = takeLine(Rest);
    if (AfterEmpty && isSeparator(Line)) {
      if (InMbox || LineStart != Text.data())
        Add(LineStart);
      InMbox = true;
      Start = Rest.empty() ? Text.end() : Rest.data();
    }
    AfterEmpty = Line.empty();
  }
  Add(Text.end());
  return Result;
}

} // namespace cocodma
