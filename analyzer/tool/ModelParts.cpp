// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/ModelParts.h"
#include "gate/Overlay.h"
#include "gate/PatchReader.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <thread>

using namespace llvm;

namespace cocodma {

std::string findModelPart(const std::string &Name) {
  static int Here = 0;
  std::string Self = sys::fs::getMainExecutable(nullptr, &Here);
  StringRef Folder = sys::path::parent_path(Self);
  for (const char *Place : {"model-programs", "../libexec/cocodma"}) {
    SmallString<256> Path(Folder);
    sys::path::append(Path, Place, Name);
    if (sys::fs::exists(Path))
      return Path.str().str();
  }
  return "";
}

std::string realPath(const std::string &Path) {
  SmallString<256> Result;
  if (sys::fs::real_path(Path, Result))
    return Path;
  return Result.str().str();
}

Expected<std::string> modelProgramOf(const std::string &Kernel,
                                     const std::string &Build,
                                     const std::string &Cache,
                                     const ProgramParts &With,
                                     const ChangedFiles &Changes) {
  SmallString<256> Folder(Cache);
  if (Cache.empty()) {
    if (!sys::path::cache_directory(Folder))
      return createStringError(
          inconvertibleErrorCode(),
          "there is no folder for caches; name one with --cache");
    sys::path::append(Folder, "cocodma", "model");
  }
  TreeRequest Request;
  Request.Kernel = realPath(Kernel);
  Request.Build = Build.empty() ? Request.Kernel : realPath(Build);
  Request.CacheFolder = Folder.str().str();
  Request.Parts = findModelPart("parts");
  Request.With = With;
  Request.Changes = Changes;
  Request.Jobs = std::max(1U, std::thread::hardware_concurrency());
  return makeTreeProgram(Request);
}

Expected<ChangedFiles> patchedFiles(const std::string &Patch,
                                    const std::string &Kernel) {
  Expected<PatchSeries> Series = readPatchFile(Patch);
  if (!Series)
    return Series.takeError();
  PatchedTree Tree;
  for (const cocodma::Patch &One : Series->Patches)
    if (Error E = applyPatch(One, realPath(Kernel), Tree))
      return createStringError(
          inconvertibleErrorCode(),
          (One.Subject.empty() ? Patch : "'" + One.Subject + "'") +
              " does not apply: " + toString(std::move(E)));
  for (const auto *Notes : {&Series->Notes, &Tree.Notes})
    for (const std::string &Note : *Notes)
      errs() << "cocodma: note: " << Note << "\n";
  return Tree.Changes;
}

} // namespace cocodma
