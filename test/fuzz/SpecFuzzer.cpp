// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a spec on top of an empty one.
#include "spec/SpecReader.h"

using namespace cocodma;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  Spec Into;
  for (const SpecError &Problem : readSpecText(
           "input", llvm::StringRef(reinterpret_cast<const char *>(Data), Size),
           Into))
    if (Problem.text().empty())
      abort();
  return 0;
}
