// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/ModelParts.h"
#include "treeprogram/TreeProgram.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

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
                                     const std::string &Cache, bool DmaOps,
                                     bool Drivers) {
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
  Request.DmaOps = DmaOps;
  Request.Drivers = Drivers;
  Request.Jobs = std::max(1U, std::thread::hardware_concurrency());
  return makeTreeProgram(Request);
}

} // namespace cocodma
