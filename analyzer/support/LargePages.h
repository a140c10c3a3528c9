// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An allocator for tables that are read all over the place: on large pages,
// where the system has them, most of the misses of the TLB go away.
#ifndef COCODMA_SUPPORT_LARGEPAGES_H
#define COCODMA_SUPPORT_LARGEPAGES_H

#include <cstddef>
#include <cstdint>
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
    const size_t Bytes = Count * sizeof(T);
    if (Bytes < Smallest)
      return static_cast<T *>(::operator new(Bytes));
    return static_cast<T *>(map(rounded(Bytes)));
  }

  void deallocate(T *Block, size_t Count) {
    const size_t Bytes = Count * sizeof(T);
    if (Bytes < Smallest)
      ::operator delete(Block);
    else
      unmap(Block, rounded(Bytes));
  }

  friend bool operator==(LargePages, LargePages) { return true; }

private:
  static constexpr size_t PageSize = size_t(2) << 20;
  static constexpr size_t Smallest = 2 * PageSize;

  static size_t rounded(size_t Bytes) {
    return (Bytes + PageSize - 1) & ~(PageSize - 1);
  }

#ifdef __linux__
  // Not from the heap, which would keep what is given back: a table that grows
  // gives back half of its size each time.
  static void *map(size_t Bytes) {
    const size_t More = Bytes + PageSize;
    void *All = mmap(nullptr, More, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (All == MAP_FAILED)
      throw std::bad_alloc();
    const auto Begin = reinterpret_cast<uintptr_t>(All);
    const size_t Before = rounded(Begin) - Begin;
    char *Result = static_cast<char *>(All) + Before;
    if (Before)
      munmap(All, Before);
    if (const size_t Behind = More - Before - Bytes)
      munmap(Result + Bytes, Behind);
    madvise(Result, Bytes, MADV_HUGEPAGE);
    return Result;
  }
  static void unmap(void *Block, size_t Bytes) { munmap(Block, Bytes); }
#else
  static void *map(size_t Bytes) {
    return ::operator new(Bytes, std::align_val_t(PageSize));
  }
  static void unmap(void *Block, size_t) {
    ::operator delete(Block, std::align_val_t(PageSize));
  }
#endif
};

} // namespace cocodma

#endif // COCODMA_SUPPORT_LARGEPAGES_H
