// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The guest's allocators: whole pages, and objects that share pages.
#ifndef COCODMA_MODEL_PAGEALLOCATOR_H
#define COCODMA_MODEL_PAGEALLOCATOR_H

#include "model/GuestMemory.h"

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace cocodma::model {

/// Hands out pages first fit; what was freed last comes first for single pages,
/// so that the next owner of a page is the next to ask.
class PageAllocator {
public:
  /// \p Memory must outlive the allocator.
  explicit PageAllocator(GuestMemory &Memory);

  /// Runs of at least \p Pages pages are taken from guest-physical \p Address
  /// on (where the boot code's bounce buffer is to be).
  void placeLarge(std::uint64_t Pages, std::uint64_t Address);
  /// Called with each new page of objects, before the first is handed out.
  void onObjectPage(std::function<void(Frame)> Call) {
    NewPage = std::move(Call);
  }

  /// \p Count adjoining pages, not cleared; false if there are none left.
  bool allocate(std::uint64_t Count, Frame &First);
  /// False if not all of them are allocated pages.
  bool free(Frame First, std::uint64_t Count);

  /// An object of \p Size bytes, cleared; objects of one size share pages. Null
  /// if there is no memory left.
  void *allocateObject(std::size_t Size);
  /// Its size, 0 if there is no such object.
  std::size_t objectSize(const void *Object) const;
  /// False if there is no such object.
  bool freeObject(const void *Object);

private:
  bool takeRun(Frame From, std::uint64_t Count, Frame &First);

  GuestMemory &Memory;
  std::vector<bool> Used;
  Frame FirstFree = 0; ///< All before it are used.
  std::vector<Frame>
      Recent; ///< Single pages that were freed, the last at the end.
  std::uint64_t LargeCount = ~0ULL;
  Frame LargeFrom = 0;
  std::map<std::size_t, std::vector<std::uint8_t *>> FreeObjects;
  std::map<const void *, std::size_t> Objects;
  std::function<void(Frame)> NewPage;
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_PAGEALLOCATOR_H
