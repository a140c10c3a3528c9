// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a patch: read, and applied to a text that fits its first hunk.
#include "gate/HunkPlaces.h"
#include "gate/Kbuild.h"
#include "gate/PatchApply.h"
#include "gate/PatchReader.h"

#include "llvm/ADT/STLExtras.h"

using namespace cocodma;

namespace {

/// As a series does that is applied: earlier hunks move, new ones come.
void remember(const FilePatch &File, llvm::ArrayRef<unsigned> Starts,
              std::vector<Hunk> &Earlier) {
  moveHunks(File, Starts, Earlier);
  for (auto [Given, Start] : llvm::zip(File.Hunks, Starts))
    Earlier.push_back({File.NewPath, Start, Given.NewCount, ""});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  llvm::StringRef Text(reinterpret_cast<const char *>(Data), Size);
  // A patch may bring a Makefile of any kind.
  moduleOfObject(Text, "a.o");
  llvm::Expected<PatchSeries> Series = readPatches(Text, "input");
  if (!Series) {
    llvm::consumeError(Series.takeError());
    return 0;
  }
  std::vector<Hunk> Earlier;
  for (const Patch &One : Series->Patches)
    for (const FilePatch &File : One.Files) {
      // What leads out of the tree must not come through.
      for (const std::string &Path : {File.OldPath, File.NewPath})
        if (("/" + Path + "/").find("/../") != std::string::npos ||
            ("/" + Path).find("//") != std::string::npos)
          abort();
      std::string Old = "before\n";
      for (const PatchHunk &Hunk : File.Hunks) {
        llvm::SmallVector<llvm::StringRef, 16> Lines;
        Hunk.Body.split(Lines, '\n');
        for (llvm::StringRef Line : Lines)
          if (Line.starts_with(" ") || Line.starts_with("-"))
            Old += Line.drop_front().str() + "\n";
      }
      std::vector<unsigned> Starts;
      if (llvm::Expected<std::string> New = applyHunks(Old, File.Hunks, Starts))
        remember(File, Starts, Earlier);
      else
        llvm::consumeError(New.takeError());
    }
  return 0;
}
