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

} // namespace

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
