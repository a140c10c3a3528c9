// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/HunkPlaces.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace cocodma {
namespace {

/// Lines of the text before that are replaced, without the context around them.
struct Replaced {
  int64_t First;
  int64_t Count;
  int64_t By;
};

/// \p Hunk, whose first line before is \p Start.
Replaced replacedBy(const PatchHunk &Hunk, int64_t Start) {
  Replaced Result = {Start, Hunk.OldCount, Hunk.NewCount};
  llvm::SmallVector<llvm::StringRef, 32> Lines;
  Hunk.Body.split(Lines, '\n', -1, /*KeepEmpty=*/true);
  if (!Lines.empty() && Lines.back().empty())
    Lines.pop_back();
  auto IsContext = [](llvm::StringRef Line) {
    return Line.empty() || Line[0] == ' ';
  };
  auto Drop = [&](bool AtFront) {
    --Result.Count;
    --Result.By;
    Result.First += AtFront;
  };
  for (llvm::StringRef Line : Lines) {
    if (!IsContext(Line))
      break;
    Drop(/*AtFront=*/true);
  }
  for (llvm::StringRef Line : llvm::reverse(Lines)) {
    if (!IsContext(Line) || Result.Count <= 0 || Result.By <= 0)
      break;
    Drop(/*AtFront=*/false);
  }
  Result.Count = std::max<int64_t>(Result.Count, 0);
  Result.By = std::max<int64_t>(Result.By, 0);
  return Result;
}

void moveHunk(const std::vector<Replaced> &Changes, Hunk &Moved) {
  int64_t Start = Moved.Start, End = Start + Moved.Count;
  int64_t NewStart = Start, NewEnd = End;
  for (const Replaced &C : Changes) {
    int64_t More = C.By - C.Count;
    if (C.First + C.Count <= Start)
      NewStart += More;
    if (C.First < End)
      NewEnd += More;
  }
  Moved.Start = static_cast<unsigned>(std::max<int64_t>(NewStart, 0));
  Moved.Count = static_cast<unsigned>(std::max<int64_t>(NewEnd - NewStart, 0));
}

bool isApplied(const Hunk &H, SourceText &Sources) {
  llvm::SmallVector<llvm::StringRef, 32> Lines;
  llvm::StringRef(H.Text).split(Lines, '\n');
  unsigned Line = H.Start;
  // The first line is the head.
  for (llvm::StringRef Text : llvm::drop_begin(Lines)) {
    if (!Text.consume_front("+") && !Text.consume_front(" "))
      continue;
    const llvm::StringRef *There = Sources.line(H.File, Line++);
    if (!There || There->rtrim('\r') != Text.rtrim('\r'))
      return false;
  }
  return true;
}

} // namespace

std::set<std::string> filesNotPatched(const std::vector<Hunk> &Hunks,
                                      SourceText &Sources) {
  // Later patches change the lines of earlier ones.
  std::map<std::string, unsigned> Last;
  for (const Hunk &H : Hunks)
    Last[H.File] = std::max(Last[H.File], H.Patch);
  std::set<std::string> Result;
  for (const Hunk &H : Hunks)
    if (H.Patch == Last[H.File] && !isApplied(H, Sources))
      Result.insert(H.File);
  return Result;
}

void moveHunks(const FilePatch &Next, llvm::ArrayRef<unsigned> Starts,
               std::vector<Hunk> &Earlier) {
  std::vector<Replaced> Changes;
  int64_t Shift = 0;
  for (auto [Given, Start] : llvm::zip(Next.Hunks, Starts)) {
    Changes.push_back(replacedBy(Given, int64_t(Start) - Shift));
    Shift += int64_t(Given.NewCount) - int64_t(Given.OldCount);
  }
  for (Hunk &Moved : Earlier) {
    if (Moved.File != Next.OldPath)
      continue;
    moveHunk(Changes, Moved);
    if (Next.What == FilePatch::Action::Rename)
      Moved.File = Next.NewPath;
  }
}

} // namespace cocodma
