// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a patch: read, and applied to a text that fits its first hunk.
#include "gate/PatchApply.h"
#include "gate/PatchReader.h"

using namespace cocodma;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  llvm::Expected<PatchSeries> Series = readPatches(
      llvm::StringRef(reinterpret_cast<const char *>(Data), Size), "input");
  if (!Series) {
    llvm::consumeError(Series.takeError());
    return 0;
  }
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
      llvm::consumeError(applyHunks(Old, File.Hunks, Starts).takeError());
    }
  return 0;
}
