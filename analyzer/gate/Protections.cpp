// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Protections.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace cocodma {
namespace {

bool isWordPart(char C) { return llvm::isAlnum(C) || C == '_'; }

/// Calls \p Use for each word of a line, with what stands before it.
template <typename Callback> void eachWord(StringRef Line, Callback Use) {
  for (size_t I = 0; I < Line.size();) {
    if (!isWordPart(Line[I])) {
      ++I;
      continue;
    }
    StringRef Word = Line.drop_front(I).take_while(isWordPart);
    Use(Word, Line.take_front(I));
    I += Word.size();
  }
}

/// Adds the members of a `struct device`, as the DMA layer names it, that a
/// file uses.
void addDeviceState(StringRef File, SourceText &Sources,
                    std::set<std::string> &Words) {
  for (unsigned L = 1; const StringRef *Line = Sources.line(File, L); ++L)
    eachWord(*Line, [&](StringRef Word, StringRef Before) {
      if (Before.ends_with("dev->") &&
          (Before.size() == 5 || !isWordPart(Before[Before.size() - 6])))
        Words.insert(Word.str());
    });
}

} // namespace

std::set<std::string> protectionWords(const Spec &Vocabulary, const Report &R,
                                      SourceText &Sources) {
  std::set<std::string> Words;
  for (const DeviceClass &C : Vocabulary.Classes)
    for (const Marker &M : C.Markers)
      for (const std::string &Name : {M.Field, M.Function})
        if (!Name.empty())
          Words.insert(Name);
  for (const Primitive &P : Vocabulary.Primitives)
    if (llvm::is_contained({Effect::Share, Effect::Unshare, Effect::Bounce},
                           P.Effect))
      Words.insert(P.Function);
  for (const Profile &P : Vocabulary.Profiles)
    for (const Fact &F : P.Facts)
      Words.insert(F.Arguments.begin(), F.Arguments.end());
  std::set<std::string> Below;
  for (const Finding &F : R.Findings) {
    auto Site = llvm::find_if(F.Trace, [&](const TraceStep &Step) {
      return Step.Location.File == F.Location.File &&
             Step.Location.Line == F.Location.Line;
    });
    for (; Site != F.Trace.end(); ++Site)
      if (Site->Location.File != F.Location.File)
        Below.insert(Site->Location.File);
  }
  for (const std::string &File : Below)
    addDeviceState(File, Sources, Words);
  return Words;
}

bool touchesProtection(const std::vector<Hunk> &Hunks,
                       const std::set<std::string> &Words) {
  bool Found = false;
  for (const Hunk &H : Hunks) {
    StringRef File = H.File;
    if (!File.ends_with(".c") && !File.ends_with(".h"))
      continue;
    llvm::SmallVector<StringRef, 32> Lines;
    StringRef(H.Text).split(Lines, '\n');
    for (StringRef Line : Lines)
      if (Line.starts_with("+") || Line.starts_with("-"))
        eachWord(Line, [&](StringRef Word, StringRef) {
          Found |= Words.count(Word.str()) != 0;
        });
  }
  return Found;
}

} // namespace cocodma
