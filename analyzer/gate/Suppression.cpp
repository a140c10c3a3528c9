// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Suppression.h"

#include <algorithm>

using llvm::StringRef;

namespace cocodma {
namespace {

constexpr StringRef Mark = "coco-ok:";
/// The longest comment that is looked through, in lines.
constexpr unsigned LongestComment = 12;

/// What stands behind the mark in a comment, up to its end; nothing if there is
/// no mark in it.
std::optional<std::string> reasonIn(StringRef Comment) {
  size_t At = Comment.find(Mark);
  if (At == StringRef::npos)
    return std::nullopt;
  StringRef Text = Comment.drop_front(At + Mark.size()).split("*/").first;
  std::string Reason;
  llvm::SmallVector<StringRef, 4> Lines;
  Text.split(Lines, '\n');
  for (StringRef Line : Lines) {
    // Continued lines start with an asterisk.
    StringRef Part = Line.trim();
    if (&Line != Lines.begin())
      Part = Part.ltrim('*').trim();
    if (!Part.empty())
      Reason += (Reason.empty() ? "" : " ") + Part.str();
  }
  return Reason;
}

/// The comment on a line: all from its start, of either kind. Empty if none.
StringRef commentOn(StringRef Line) {
  size_t At = std::min(Line.find("/*"), Line.find("//"));
  return At == StringRef::npos ? "" : Line.drop_front(At);
}

/// The comment that ends on line \p Line and has nothing but itself on its
/// lines. Empty if there is none.
std::string commentEndingAt(StringRef File, unsigned Line,
                            SourceText &Sources) {
  const StringRef *Last = Sources.line(File, Line);
  if (!Last)
    return "";
  StringRef Text = Last->trim();
  if (Text.starts_with("//"))
    return Text.str();
  if (!Text.ends_with("*/"))
    return "";
  std::string Comment;
  for (unsigned Up = 0; Up < LongestComment && Up < Line; ++Up) {
    const StringRef *Above = Sources.line(File, Line - Up);
    if (!Above)
      return "";
    Comment.insert(0, Above->str() + (Comment.empty() ? "" : "\n"));
    if (Above->contains("/*"))
      return Above->trim().starts_with("/*") ? Comment : "";
  }
  return "";
}

std::optional<std::string> reasonFor(const SourceLocation &At,
                                     SourceText &Sources) {
  if (!At.Line)
    return std::nullopt;
  if (const StringRef *Line = Sources.line(At.File, At.Line))
    if (std::optional<std::string> Reason = reasonIn(commentOn(*Line)))
      return Reason;
  return reasonIn(commentEndingAt(At.File, At.Line - 1, Sources));
}

} // namespace

void applySuppressions(Report &R, SourceText &Sources) {
  for (Finding &F : R.Findings) {
    std::optional<std::string> Reason = reasonFor(F.Location, Sources);
    if (!Reason)
      continue;
    if (!Reason->empty()) {
      F.Suppression = std::move(*Reason);
      continue;
    }
    R.Configuration.Warnings.push_back(
        F.Location.File + ":" + std::to_string(F.Location.Line) +
        ": `coco-ok:` without a reason suppresses nothing; say why it is no "
        "leak");
  }
}

} // namespace cocodma
