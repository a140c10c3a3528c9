// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/ResultArea.h"

#include <cstring>
#include <sys/mman.h>

namespace cocodma::model {

ResultArea *ResultArea::create() {
  void *At = mmap(nullptr, sizeof(ResultArea), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return At == MAP_FAILED ? nullptr : static_cast<ResultArea *>(At);
}

void ResultArea::append(std::string_view More) {
  if (Size > Most || More.size() > Most - Size) {
    Full = true;
    return;
  }
  std::memcpy(Text + Size, More.data(), More.size());
  Size += More.size();
}

} // namespace cocodma::model
