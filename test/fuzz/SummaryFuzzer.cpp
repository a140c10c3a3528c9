// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as an entry of the cache. What is read must be written again.
#include "summary/Serialization.h"

using namespace cocodma;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  llvm::Expected<UnitSummary> Unit =
      deserialize(llvm::StringRef(reinterpret_cast<const char *>(Data), Size));
  if (!Unit)
    llvm::consumeError(Unit.takeError());
  else if (serialize(*Unit).empty())
    abort();
  return 0;
}
