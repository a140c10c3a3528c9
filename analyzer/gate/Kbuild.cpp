// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Kbuild.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Path.h"

#include <algorithm>

using llvm::StringRef;

namespace cocodma {
namespace {

/// "NAME-y += a.o b.o", with its continuation lines.
struct Assignment {
  std::string Name;
  llvm::SmallVector<std::string, 8> Objects;
};

/// Nothing if the line is no list of objects.
std::optional<Assignment> assignmentOf(StringRef Line) {
  Line = Line.split('#').first;
  size_t Equals = Line.find('=');
  if (Equals == StringRef::npos)
    return std::nullopt;
  StringRef Left = Line.take_front(Equals).rtrim("+:? \t").trim();
  // The last dash: what stands behind it says when.
  auto [Name, When] = Left.rsplit('-');
  if (Name.empty() || !(When == "y" || When == "m" || When == "objs" ||
                        When.starts_with("$(") || When.starts_with("${")))
    return std::nullopt;
  Assignment Result;
  Result.Name = Name.str();
  llvm::SmallVector<StringRef, 8> Words;
  Line.drop_front(Equals + 1).split(Words, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef Word : Words)
    Result.Objects.push_back(Word.trim().str());
  return Result;
}

} // namespace

std::optional<std::string> moduleOfObject(StringRef Makefile,
                                          StringRef Object) {
  std::optional<std::string> Result;
  std::string Line;
  while (!Makefile.empty()) {
    auto [Part, Rest] = Makefile.split('\n');
    Makefile = Rest;
    Part = Part.rtrim('\r');
    bool GoesOn = Part.consume_back("\\");
    Line += Part.str() + " ";
    if (GoesOn && !Makefile.empty())
      continue;
    std::replace(Line.begin(), Line.end(), '\t', ' ');
    if (auto Found = assignmentOf(Line);
        Found && llvm::is_contained(Found->Objects, Object)) {
      bool Itself = Found->Name == "obj" || Found->Name == "lib";
      Result = Itself ? llvm::sys::path::stem(Object).str() : Found->Name;
      // A part of something else is never a module.
      if (!Itself)
        break;
    }
    Line.clear();
  }
  if (Result)
    std::replace(Result->begin(), Result->end(), '-', '_');
  return Result;
}

} // namespace cocodma
