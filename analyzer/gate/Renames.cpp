// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Renames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace cocodma {
namespace {

bool hasWord(StringRef Text, StringRef Word) {
  auto IsPart = [](char C) { return llvm::isAlnum(C) || C == '_'; };
  for (size_t At = Text.find(Word); At != StringRef::npos;
       At = Text.find(Word, At + 1))
    if ((!At || !IsPart(Text[At - 1])) &&
        (At + Word.size() == Text.size() || !IsPart(Text[At + Word.size()])))
      return true;
  return false;
}

/// Whether some line of the hunks with that sign has the word.
bool hunksHave(const std::vector<Hunk> &Hunks, char Sign, StringRef Word) {
  for (const Hunk &H : Hunks) {
    llvm::SmallVector<StringRef, 32> Lines;
    StringRef(H.Text).split(Lines, '\n');
    for (StringRef Line : Lines)
      if (Line.starts_with(StringRef(&Sign, 1)) && hasWord(Line, Word))
        return true;
  }
  return false;
}

bool ledgerHas(const Report &R, const SourceLocation &L) {
  return llvm::any_of(R.Sites, [&](const Site &S) {
    return S.Location.File == L.File && S.Location.Function == L.Function;
  });
}

bool sameKind(const Site &A, const Site &B) {
  return A.Kind == B.Kind && A.Expression == B.Expression &&
         A.DeviceClass == B.DeviceClass && A.DataClass == B.DataClass;
}

} // namespace

std::string Renames::oldName(const std::string &File) const {
  auto Found = How.RenamedFrom.find(File);
  return Found == How.RenamedFrom.end() ? File : Found->second;
}

bool Renames::fileMoved(const SourceLocation &Before,
                        const SourceLocation &After) const {
  return Before.Function == After.Function && Before.File != After.File &&
         Before.File == oldName(After.File);
}

bool Renames::functionRenamed(const SourceLocation &Before,
                              const SourceLocation &After) const {
  if (Before.File != oldName(After.File) || Before.Function == After.Function)
    return false;
  SourceLocation OldPlace = Before, NewPlace = After;
  OldPlace.File = After.File;
  NewPlace.File = Before.File;
  if (ledgerHas(New, OldPlace) || ledgerHas(Old, NewPlace))
    return false;
  return How.Hunks.empty() || (hunksHave(How.Hunks, '-', Before.Function) &&
                               hunksHave(How.Hunks, '+', After.Function) &&
                               !hunksHave(How.Hunks, '-', After.Function));
}

std::vector<const Site *> Renames::sitesBefore() const {
  std::multimap<StringRef, const Site *> Left;
  for (const Site &S : Old.Sites)
    Left.emplace(S.Id, &S);
  std::vector<const Site *> Result(New.Sites.size());
  for (size_t I = 0; I < New.Sites.size(); ++I)
    if (auto Same = Left.find(New.Sites[I].Id); Same != Left.end()) {
      Result[I] = Same->second;
      Left.erase(Same);
    }
  for (size_t I = 0; I < New.Sites.size(); ++I) {
    const Site &After = New.Sites[I];
    auto Same = llvm::find_if(Left, [&](const auto &Entry) {
      const Site &Before = *Entry.second;
      return !Result[I] && sameKind(Before, After) &&
             (fileMoved(Before.Location, After.Location) ||
              functionRenamed(Before.Location, After.Location));
    });
    if (Same == Left.end())
      continue;
    Result[I] = Same->second;
    Left.erase(Same);
  }
  return Result;
}

} // namespace cocodma
