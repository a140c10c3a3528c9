// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is kept between runs stays bounded: entries that nobody used for long
// go, and the oldest ones where there is too much.
#ifndef COCODMA_SUPPORT_CACHEFOLDER_H
#define COCODMA_SUPPORT_CACHEFOLDER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/Error.h"

namespace cocodma {

/// When an entry of the cache goes, as LLVM's tools word it:
/// "prune_after=720h", "cache_size_bytes=4g", "cache_size=75%",
/// "cache_size_files=0" and "prune_interval=20m", with colons between; what is
/// left out has the default that is in this example. The error says which part
/// is no such thing.
llvm::Expected<llvm::CachePruningPolicy> readCachePolicy(llvm::StringRef Text);

/// Notes that the entry at \p Path was used: by its time of change, since times
/// of access are not kept on every file system.
void markUsed(llvm::StringRef Path);

/// Removes from \p Folder what \p Policy says, if the last time is longer ago
/// than its interval. Only regular files directly in Folder, which have the
/// names that we give to entries, and what runs left behind that were stopped;
/// no link is followed. What was used in the last hour stays: a run that goes
/// on at the same time may need it. Gives the number of files that went.
unsigned pruneCacheFolder(llvm::StringRef Folder,
                          const llvm::CachePruningPolicy &Policy);

} // namespace cocodma

#endif // COCODMA_SUPPORT_CACHEFOLDER_H
