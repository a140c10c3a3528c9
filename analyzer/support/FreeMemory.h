// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory that was freed and that the allocator keeps.
#ifndef COCODMA_SUPPORT_FREEMEMORY_H
#define COCODMA_SUPPORT_FREEMEMORY_H

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace cocodma {

/// Gives what was freed back to the system, as far as whole pages of it are
/// free. For after a phase that used much, as the next one may allocate from
/// another thread's heap. Does nothing where the allocator cannot.
inline void releaseFreeMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

} // namespace cocodma

#endif // COCODMA_SUPPORT_FREEMEMORY_H
