// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An allocator for tables that are read all over the place: on large pages,
// where the system has them, most of the misses of the TLB go away.
#ifndef COCODMA_SUPPORT_LARGEPAGES_H
#define COCODMA_SUPPORT_LARGEPAGES_H

#include <cstddef>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace cocodma {

/// For standard containers. Small blocks are ordinary ones. Asking for large
/// pages is a hint: nothing depends on whether the system gives them.
template <typename T> class LargePages {
public:
  using value_type = T;

  LargePages() = default;
  template <typename U> LargePages(const LargePages<U> &) {}

  T *allocate(size_t Count) {
    size_t Bytes = Count * sizeof(T);
    if (Bytes < Smallest)
      return static_cast<T *>(::operator new(Bytes));
    void *Block = ::operator new(Bytes, std::align_val_t(PageSize));
#ifdef __linux__
    madvise(Block, Bytes, MADV_HUGEPAGE);
#endif
    return static_cast<T *>(Block);
  }

  void deallocate(T *Block, size_t Count) {
    if (Count * sizeof(T) < Smallest)
      ::operator delete(Block);
    else
      ::operator delete(Block, std::align_val_t(PageSize));
  }

  friend bool operator==(LargePages, LargePages) { return true; }

private:
  static constexpr size_t PageSize = size_t(2) << 20;
  static constexpr size_t Smallest = 2 * PageSize;
};

} // namespace cocodma

#endif // COCODMA_SUPPORT_LARGEPAGES_H
