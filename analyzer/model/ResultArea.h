// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a scenario's process leaves what it has to say: memory that it shares
// with the program which started it. What is there outlives a crash, and needs
// no call of the system. The kernel's code can write there, too: whoever reads
// it must not trust it.
#ifndef COCODMA_MODEL_RESULTAREA_H
#define COCODMA_MODEL_RESULTAREA_H

#include <cstddef>
#include <string_view>

namespace cocodma::model {

/// Lines of text, up to a limit. It is mapped, not constructed.
struct ResultArea {
  static constexpr std::size_t Most = 4 << 20;

  std::size_t Size = 0;
  bool Full = false; ///< There was more than fits.
  char Text[Most];

  /// Maps one that copies of this process share; null if the system refuses.
  static ResultArea *create();
  /// Adds \p More, or nothing of it if it does not fit.
  void append(std::string_view More);
  /// What was said, as far as the size is one.
  std::string_view text() const { return {Text, Size < Most ? Size : Most}; }
  /// Whether something was lost.
  bool isTruncated() const { return Full || Size > Most; }
  void clear() {
    Size = 0;
    Full = false;
  }
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_RESULTAREA_H
