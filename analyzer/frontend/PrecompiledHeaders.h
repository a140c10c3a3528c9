// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Headers that were compiled once for many units: clang's precompiled headers,
// with what is needed to tell whether a unit may use them.
//
// A unit that uses them sees their declarations before its own, so that it must
// come to the same: it includes all of them for certain, has the same flags but
// macros that none of them asks for, and defines no such macro before its last
// inclusion. What was parsed so differs from what was not in nothing but the
// numbers that __COUNTER__ gave.
#ifndef COCODMA_FRONTEND_PRECOMPILEDHEADERS_H
#define COCODMA_FRONTEND_PRECOMPILEDHEADERS_H

#include "frontend/FileHashes.h"
#include "frontend/UnitParser.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace clang {
class PreprocessorOptions;
} // namespace clang

namespace cocodma {

/// One file of the compiler: headers as an addition to those before it.
struct PrecompiledLayer {
  std::string Path;
  std::vector<std::string> Roots; ///< `<...>` without brackets, in order.
  std::string Content;            ///< A hash of the file.
};

/// How one file of compiled headers reads.
struct PrecompiledFile {
  std::vector<unsigned> Includes; ///< Whatever the conditions.
  /// Macros that a condition in it asks for, but to give a default. Empty where
  /// the file is read again each time that it is included.
  std::vector<std::string> Tested;
};

/// Compiled headers on the disk.
struct PrecompiledHeaders {
  std::vector<PrecompiledLayer> Layers; ///< Each builds on those before it.
  std::vector<std::string> Folders; ///< Where they were looked for, absolute.
  std::vector<Dependency> Files;    ///< All that they are made of, by name.
  uint64_t Bytes = 0;               ///< Sum over Files.
  std::vector<PrecompiledFile> Reading; ///< By the number of the file.
  llvm::StringMap<unsigned> Numbers;    ///< Of the files, by name.
  llvm::StringSet<> Tested;             ///< By any of the files.
};

/// \p Files and those that include the roots, which compiled headers refer to.
/// They are in memory only. \p Directory is that of the compiler.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
withRoots(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          llvm::StringRef Directory, llvm::ArrayRef<PrecompiledLayer> Layers);

/// Adds \p Others, which are sorted by name, to \p To, which is as well.
void addFiles(const std::vector<Dependency> &Others,
              std::vector<Dependency> &To);

/// True if one of the files lies beside \p MainFile: what is defined there is
/// looked at as the unit's own, and has to be parsed with it.
bool hasFileBeside(const PrecompiledHeaders &Headers, llvm::StringRef MainFile);

/// Has a compiler begin with \p Headers.
void beginWith(const PrecompiledHeaders &Headers,
               clang::PreprocessorOptions &Options);

/// Compiles \p Roots with the flags of \p Job, whose own file is not read, to
/// the file \p Path, which is renamed to when it is complete. \p Base: what
/// there is already, or null. Gives layers, files and their bytes; the error
/// says what the compiler did.
llvm::Expected<PrecompiledHeaders>
precompile(const CompileJob &Job, const std::vector<std::string> &Roots,
           const PrecompiledHeaders *Base,
           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
           const std::string &Path);

/// Writes what is not in the compiler's files to \p Description. False if it
/// cannot be written.
bool describe(const PrecompiledHeaders &Headers,
              const std::string &Description);

/// Hashes of the compiler's files, by path: many build on the same ones.
using ContentHashes = llvm::StringMap<std::string>;

/// Reads it, but how files read. Nothing if there is none, or if it or one of
/// the compiler's files is damaged. \p Known: of files that were looked at.
std::optional<PrecompiledHeaders>
readDescription(const std::string &Description, ContentHashes &Known);

} // namespace cocodma

#endif // COCODMA_FRONTEND_PRECOMPILEDHEADERS_H
