// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Chain.h"

namespace cocodma {
namespace {

std::string ownerOf(const Finding &F) {
  if (F.Victim == "next-owner")
    return "the next owner of the memory";
  if (F.Victim == "neighbour")
    return "whoever shares the page";
  std::string Text = F.DeviceClass.empty() ? "device" : F.DeviceClass;
  return Text + " (confidential)";
}

/// Where the data becomes visible, by the check.
std::string poolOf(const Finding &F) {
  if (F.Check == "coco-bounce")
    return "swiotlb pool, decrypted";
  if (F.Check == "coco-copy-to-shared")
    return "shared memory";
  if (F.Check == "coco-decrypted-free")
    return "allocator, still shared";
  return "decrypted pages";
}

} // namespace

std::vector<ChainLink> chainOf(const Finding &F) {
  if (F.Verdict == Verdict::Private || F.Verdict == Verdict::Crashes)
    return {};
  std::string Place = F.Location.Function.empty() ? F.Location.File
                                                  : F.Location.Function + "()";
  std::string Data =
      F.DataClass.empty() ? "private data" : F.DataClass + " data";
  std::vector<ChainLink> Links = {{"channel", ownerOf(F), false},
                                  {"buffer", Data, false},
                                  {"mapping", Place, false}};
  // Whose data it is, and how it gets out, is not always a channel's matter.
  if (F.Victim == "next-owner" || F.Victim == "neighbour")
    Links[0].Name = "owner";
  if (F.Check == "coco-ineffective-protection")
    Links[2].Name = "protection";
  if (F.Check == "coco-decrypted-free")
    Links[2].Name = "free";
  if (F.Check == "coco-copy-to-shared")
    Links[2].Name = "copy";
  if (F.Check == "coco-fails-closed") {
    Links.push_back({"pool", "none: the mapping fails", false});
    Links.push_back({"host", "sees nothing", false});
    return Links;
  }
  Links.push_back({"pool", poolOf(F), true});
  std::string Sees = F.Validation.Status == ValidationStatus::Confirmed
                         ? "saw the bytes"
                         : "can read it";
  Links.push_back({"host", Sees, true});
  return Links;
}

} // namespace cocodma
