// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Escape.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using llvm::StringRef;

namespace cocodma {
namespace {

/// The length of the sequence at the start of \p Text that must not be shown as
/// it is, if there is one: C1 controls, and the marks, embeddings, overrides
/// and isolates of text direction. \p Code is what it stands for.
size_t hiddenSequence(StringRef Text, unsigned &Code) {
  auto Byte = [&](size_t I) { return static_cast<unsigned char>(Text[I]); };
  if (Text.size() >= 2 && Byte(0) == 0xC2 && Byte(1) < 0xA0) {
    Code = Byte(1);
    return 2;
  }
  if (Text.size() < 3 || Byte(0) != 0xE2)
    return 0;
  Code = (Byte(0) & 0x0Fu) << 12 | (Byte(1) & 0x3Fu) << 6 | (Byte(2) & 0x3Fu);
  bool Hidden = Code == 0x200E || Code == 0x200F ||
                (Code >= 0x2028 && Code <= 0x202E) ||
                (Code >= 0x2066 && Code <= 0x2069);
  return Hidden ? 3 : 0;
}

std::string cleaned(StringRef Given, bool KeepTabs) {
  std::string Valid = llvm::json::fixUTF8(Given);
  std::string Result;
  for (size_t I = 0; I < Valid.size();) {
    unsigned Code = 0;
    auto C = static_cast<unsigned char>(Valid[I]);
    if (size_t Length = hiddenSequence(StringRef(Valid).drop_front(I), Code)) {
      Result += "\\u" + llvm::utohexstr(Code, /*LowerCase=*/false, 4);
      I += Length;
      continue;
    }
    ++I;
    if (C == '\t' && KeepTabs)
      Result += '\t';
    else if (C == '\n' || C == '\t')
      Result += ' ';
    else if (C < 0x20 || C == 0x7F)
      Result += "\\x" + llvm::utohexstr(C, /*LowerCase=*/false, 2);
    else
      Result += static_cast<char>(C);
  }
  return Result;
}

} // namespace

std::string plainText(StringRef Text) { return cleaned(Text, false); }

std::string plainSource(StringRef Line) { return cleaned(Line, true); }

std::string htmlText(StringRef Text) {
  std::string Result;
  for (char C : plainSource(Text))
    switch (C) {
    case '&':
      Result += "&amp;";
      break;
    case '<':
      Result += "&lt;";
      break;
    case '>':
      Result += "&gt;";
      break;
    case '"':
      Result += "&quot;";
      break;
    case '\'':
      Result += "&#39;";
      break;
    default:
      Result += C;
    }
  return Result;
}

std::string markdownText(StringRef Text) {
  std::string Result;
  for (char C : plainText(Text)) {
    if (C == '<')
      Result += "&lt;";
    else if (C == '>')
      Result += "&gt;";
    else if (C == '&')
      Result += "&amp;";
    else if (C == '@')
      Result += "&#64;";
    else if (StringRef("\\`*_{}[]#|!~$").contains(C))
      (Result += '\\') += C;
    else
      Result += C;
  }
  return Result;
}

std::string markdownCode(StringRef Text) {
  std::string Plain = plainText(Text);
  size_t Longest = 0, Run = 0;
  for (char C : Plain)
    Longest = std::max(Longest, Run = C == '`' ? Run + 1 : 0);
  std::string Fence(Longest + 1, '`');
  // A bar would end the cell of a table, even inside of a code span.
  std::string Inner;
  for (char C : Plain)
    Inner += C == '|' ? std::string("\\|") : std::string(1, C);
  return Longest ? Fence + " " + Inner + " " + Fence : Fence + Inner + Fence;
}

std::string uriPath(StringRef Path) {
  std::string Result = Path.starts_with("/") ? "file://" : "";
  llvm::SmallVector<StringRef, 16> Parts;
  Path.split(Parts, '/');
  for (const StringRef &Part : Parts) {
    Result += &Part == Parts.begin() ? "" : "/";
    for (char C : Part)
      if (Part != ".." &&
          (llvm::isAlnum(C) || StringRef("-._~+,=@").contains(C)))
        Result += C;
      else
        Result += "%" + llvm::utohexstr(static_cast<unsigned char>(C),
                                        /*LowerCase=*/false, 2);
  }
  return Result;
}

} // namespace cocodma
