// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "treeprogram/ChangedFiles.h"
#include "report/AtomicFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

using namespace llvm;

namespace cocodma {

Error changeUnits(const ChangedFiles &Changes,
                  std::vector<std::pair<std::string, std::string>> &Units) {
  for (const auto &[File, Text] : Changes) {
    auto IsIt = [&](const auto &U) { return U.first == File; };
    if (!Text && any_of(Units, IsIt))
      return createStringError(inconvertibleErrorCode(),
                               File + ": the patch takes away what the runtime "
                                      "model needs");
    if (!Text || !StringRef(File).ends_with(".c") || any_of(Units, IsIt))
      continue;
    StringRef Folder = sys::path::parent_path(File);
    auto Neighbour = find_if(Units, [&](const auto &U) {
      return U.first == U.second && sys::path::parent_path(U.first) == Folder;
    });
    if (Neighbour != Units.end())
      Units.emplace_back(File, std::string(Neighbour->second));
  }
  return Error::success();
}

Expected<std::string> writeOverlay(const ChangedFiles &Changes,
                                   const std::string &Root,
                                   const std::string &Scratch) {
  auto Below = [](StringRef Folder, const Twine &Name) {
    SmallString<256> Path(Folder);
    sys::path::append(Path, Name);
    return Path.str().str();
  };
  nlohmann::json Files = nlohmann::json::array();
  for (const auto &[File, Text] : Changes) {
    std::string Place = Below(Scratch, "changed" + Twine(Files.size()));
    std::string Contents =
        Text ? *Text : "#error the patch removes this file\n";
    if (Error E = writeFileAtomically(
            Place, [&](raw_ostream &Out) { Out << Contents; }))
      return E;
    Files.push_back({{"type", "file"},
                     {"name", Below(Root, File)},
                     {"external-contents", Place}});
  }
  // Messages, lines and dependencies name the file of the tree.
  nlohmann::json Overlay = {
      {"version", 0}, {"use-external-names", false}, {"roots", Files}};
  std::string Result = Below(Scratch, "overlay.yaml");
  if (Error E = writeFileAtomically(
          Result, [&](raw_ostream &Out) { Out << Overlay.dump(1) << "\n"; }))
    return E;
  return Result;
}

} // namespace cocodma
