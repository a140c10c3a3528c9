// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canaries: bytes that say whose they are and where in it they belong, so that
// any run of them that turns up elsewhere can be told apart.
#ifndef COCODMA_MODEL_CANARY_H
#define COCODMA_MODEL_CANARY_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cocodma::model {

/// Whose data a canary is; the platform hands these numbers out.
using CanaryId = std::uint16_t;

/// A canary is made of cells of this size; a cell starts with its head. Runs
/// without a head and some bytes more are not recognized: shorter ones than
/// CanaryCell + CanaryHead + 1 bytes may be missed.
inline constexpr std::size_t CanaryCell = 16;
inline constexpr std::size_t CanaryHead = 10;

/// A run of canary bytes that was found.
struct CanaryRun {
  CanaryId Id = 0;
  std::size_t At = 0;     ///< Offset in what was searched.
  std::size_t Offset = 0; ///< Offset in the buffer that the canary belongs to.
  std::size_t Size = 0;   ///< Bytes.
};

/// The byte at \p Offset of canary \p Id.
std::uint8_t canaryByte(CanaryId Id, std::size_t Offset);

/// Fills \p Bytes with canary \p Id, starting with its first byte.
void fillCanary(std::span<std::uint8_t> Bytes, CanaryId Id);

/// All runs of canary bytes in \p Bytes, in order of place.
std::vector<CanaryRun> findCanaries(std::span<const std::uint8_t> Bytes);

} // namespace cocodma::model

#endif // COCODMA_MODEL_CANARY_H
