// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/FitnessWatch.h"

#include "clang/Basic/IdentifierTable.h"
#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void FitnessWatch::meet(const clang::Token &Name) {
  const llvm::StringRef Macro = Name.getIdentifierInfo()->getName();
  // Flags, which are in no file, were compared before.
  if (Headers.Tested.contains(Macro) &&
      Sources.getFileEntryRefForID(Sources.getFileID(Name.getLocation())))
    Met.insert(Macro);
}

void FitnessWatch::InclusionDirective(clang::SourceLocation,
                                      const clang::Token &, llvm::StringRef,
                                      bool, clang::CharSourceRange,
                                      clang::OptionalFileEntryRef File,
                                      llvm::StringRef, llvm::StringRef,
                                      const clang::Module *, bool,
                                      clang::SrcMgr::CharacteristicKind) {
  if (!File)
    return;
  auto Begin = Headers.Numbers.find(fileName(File->getName(), Sources));
  if (Begin == Headers.Numbers.end())
    return;
  std::vector<unsigned> Work{Begin->second};
  while (!Work.empty()) {
    const unsigned Number = Work.back();
    Work.pop_back();
    if (Visited.test(Number))
      continue;
    Visited.set(Number);
    const PrecompiledFile &Reading = Headers.Reading[Number];
    if (!Met.empty() &&
        llvm::any_of(Reading.Tested, [&](const std::string &Macro) {
          return Met.contains(Macro);
        }))
      IsUnfit = true;
    Work.insert(Work.end(), Reading.Includes.begin(), Reading.Includes.end());
  }
}

} // namespace cocodma
