// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/FileHashes.h"

#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace cocodma {

std::string fileName(llvm::StringRef Spelt, const clang::SourceManager &In) {
  llvm::SmallString<256> Name(Spelt);
  In.getFileManager().makeAbsolutePath(Name);
  llvm::sys::path::remove_dots(Name);
  return Name.str().str();
}

std::vector<Dependency> filesRead(const clang::SourceManager &Sources) {
  std::vector<Dependency> Result;
  for (auto It = Sources.fileinfo_begin(); It != Sources.fileinfo_end(); ++It) {
    std::optional<llvm::StringRef> Data = It->second->getBufferDataIfLoaded();
    if (!Data)
      continue;
    Dependency File;
    File.Path = fileName(It->first.getName(), Sources);
    File.Hash = llvm::xxh3_64bits(*Data);
    File.Size = Data->size();
    File.ModificationTime = It->first.getModificationTime();
    Result.push_back(std::move(File));
  }
  llvm::sort(Result, [](const Dependency &Left, const Dependency &Right) {
    return Left.Path < Right.Path;
  });
  return Result;
}

} // namespace cocodma
