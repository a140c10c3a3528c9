// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names for contents: file names of caches, and keys of what they hold.
#ifndef COCODMA_SUPPORT_HASH_H
#define COCODMA_SUPPORT_HASH_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

#include <string>

namespace cocodma {

/// The XXH3 hash of \p Text, 128 bits as 32 lower-case hexadecimal digits. Not
/// cryptographic: caches are private to their user.
inline std::string hashOf(llvm::StringRef Text) {
  llvm::XXH128_hash_t Hash = llvm::xxh3_128bits(llvm::ArrayRef(
      reinterpret_cast<const uint8_t *>(Text.data()), Text.size()));
  return llvm::utohexstr(Hash.high64, true, 16) +
         llvm::utohexstr(Hash.low64, true, 16);
}

} // namespace cocodma

#endif // COCODMA_SUPPORT_HASH_H
