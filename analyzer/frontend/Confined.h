// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Work on what a stranger wrote, in processes of its own: it may take only so
// much time and memory, and does not take this process along when it ends
// badly. No confinement of what it may read; that is docs/security.md.
#ifndef COCODMA_FRONTEND_CONFINED_H
#define COCODMA_FRONTEND_CONFINED_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cocodma {

/// What each piece of work may take.
struct WorkLimits {
  unsigned CpuSeconds = 60;
  unsigned WallSeconds = 300;
  /// Beyond what this process has. Not in effect under a sanitizer.
  uint64_t Memory = uint64_t(4) << 30;
};

/// What came of a piece of work.
struct WorkResult {
  std::string Output;
  /// Empty if it came to its end; else why not, in words.
  std::string Problem;
};

/// Runs \p Works in forked processes, at most \p Parallel at a time; each gives
/// its output by its result. Nothing else that they do is seen here: they write
/// to copies of memory. \p Finished, if not empty, is called after each. To be
/// called while this process has one thread.
std::vector<WorkResult>
runConfined(const std::vector<std::function<std::string()>> &Works,
            unsigned Parallel, const WorkLimits &Limits,
            const std::function<void(size_t)> &Finished = {});

} // namespace cocodma

#endif // COCODMA_FRONTEND_CONFINED_H
