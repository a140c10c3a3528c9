// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/PatchApply.h"

#include "report/Escape.h"

using llvm::StringRef;

namespace cocodma {
namespace {

/// A line with its newline, if it has one.
using Line = StringRef;

std::vector<Line> linesOf(StringRef Text) {
  std::vector<Line> Result;
  while (!Text.empty()) {
    size_t End = Text.find('\n');
    size_t Length = End == StringRef::npos ? Text.size() : End + 1;
    Result.push_back(Text.take_front(Length));
    Text = Text.drop_front(Length);
  }
  return Result;
}

/// A hunk, as the lines that must be there and the ones that come instead.
struct Change {
  std::vector<Line> Old;
  std::vector<Line> New;
  unsigned TrailingContext = 0;
};

Change changeOf(const PatchHunk &Hunk) {
  Change Result;
  std::vector<Line> Lines = linesOf(Hunk.Body);
  for (Line L : Lines) {
    if (L.starts_with("\\"))
      continue;
    char Sign = L == "\n" ? ' ' : L[0];
    Line Text = L == "\n" ? L : L.drop_front();
    if (Sign != '+')
      Result.Old.push_back(Text);
    if (Sign != '-')
      Result.New.push_back(Text);
    Result.TrailingContext = Sign == ' ' ? Result.TrailingContext + 1 : 0;
  }
  auto MakeBare = [](std::vector<Line> &Side) {
    if (!Side.empty())
      Side.back().consume_back("\n");
  };
  if (Hunk.OldEndsBare)
    MakeBare(Result.Old);
  if (Hunk.NewEndsBare)
    MakeBare(Result.New);
  return Result;
}

class Applier {
public:
  explicit Applier(StringRef Old) : Lines(linesOf(Old)) {}

  llvm::Error add(const PatchHunk &Hunk, unsigned Number) {
    Change C = changeOf(Hunk);
    std::optional<size_t> At = find(Hunk, C);
    if (!At)
      return llvm::createStringError(
          "hunk " + llvm::Twine(Number) + " (" +
          plainText(Hunk.Header.take_front(60)) +
          (Budget ? ") does not fit" : ") takes too long to place"));
    while (Done < *At)
      copy(Lines[Done++]);
    Starts.push_back(LineNumber);
    for (Line L : C.New)
      copy(L);
    Done += C.Old.size();
    Offset = static_cast<int64_t>(*At) - expected(Hunk);
    return llvm::Error::success();
  }

  std::string take() {
    while (Done < Lines.size())
      copy(Lines[Done++]);
    return std::move(Result);
  }

  std::vector<unsigned> Starts;

private:
  /// The index of the line where the hunk says that it stands.
  static int64_t expected(const PatchHunk &Hunk) {
    // Without old lines the number is that of the line before.
    return Hunk.OldCount ? int64_t(Hunk.OldStart) - 1 : Hunk.OldStart;
  }

  bool fits(const Change &C, size_t At) {
    for (size_t I = 0; I < C.Old.size(); ++I) {
      if (!Budget)
        return false;
      --Budget;
      if (Lines[At + I] != C.Old[I])
        return false;
    }
    return true;
  }

  /// The place that is nearest to where it should be, among those after the
  /// hunks that are done.
  std::optional<size_t> find(const PatchHunk &Hunk, const Change &C) {
    if (C.Old.size() > Lines.size() - Done)
      return std::nullopt;
    size_t First = Done, Last = Lines.size() - C.Old.size();
    if (Hunk.OldStart <= 1 && !(Hunk.OldCount == 0 && Hunk.OldStart == 1))
      Last = std::min(Last, size_t(0));
    if (!C.TrailingContext && !(Hunk.OldCount == 0 && Hunk.OldStart))
      First = std::max(First, Lines.size() - C.Old.size());
    if (First > Last)
      return std::nullopt;
    int64_t Wanted =
        std::clamp(expected(Hunk) + Offset, int64_t(First), int64_t(Last));
    for (int64_t Distance = 0; Budget; ++Distance) {
      int64_t Before = Wanted - Distance, After = Wanted + Distance;
      if (Before < int64_t(First) && After > int64_t(Last))
        return std::nullopt;
      if (Before >= int64_t(First) && fits(C, Before))
        return Before;
      if (After <= int64_t(Last) && fits(C, After))
        return After;
    }
    return std::nullopt;
  }

  void copy(Line L) {
    // A bare line that is no longer the last one.
    if (!Result.empty() && Result.back() != '\n')
      Result += '\n';
    Result += L;
    ++LineNumber;
  }

  std::vector<Line> Lines;
  size_t Done = 0;
  std::string Result;
  unsigned LineNumber = 1;
  int64_t Offset = 0;
  /// Comparisons that are left: hostile hunks could ask for very many.
  size_t Budget = 200'000'000;
};

} // namespace

llvm::Expected<std::string> applyHunks(StringRef Old,
                                       const std::vector<PatchHunk> &Hunks,
                                       std::vector<unsigned> &Starts) {
  Applier Work(Old);
  unsigned Number = 0;
  for (const PatchHunk &Hunk : Hunks)
    if (llvm::Error E = Work.add(Hunk, ++Number))
      return std::move(E);
  Starts = std::move(Work.Starts);
  return Work.take();
}

} // namespace cocodma
