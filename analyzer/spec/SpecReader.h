//===- SpecReader.h - Reads specs from JSON ---------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads one or more files into a Spec. Later files override earlier ones: an
// item with a known identity (function, name, id, data class, subject of a
// fact) takes its place, except that profiles and classes keep what the later
// file does not mention. The effect "none" takes a primitive out.
//
// Nothing is skipped silently: an unknown key is an error.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_SPEC_SPECREADER_H
#define COCODMA_SPEC_SPECREADER_H

#include "Spec.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace cocodma {

/// The version of the spec format that this reader understands.
inline constexpr int64_t SpecVersion = 1;

/// A mistake in a spec, in the words of its author.
struct SpecError {
  std::string File;
  /// Where in the document (RFC 6901); empty for the document itself.
  std::string Pointer;
  /// What is wrong.
  std::string Problem;
  /// What to do about it; may be empty.
  std::string Remedy;

  /// `file: /pointer: problem; remedy`.
  std::string text() const;
};

/// Adds the contents of a spec to \p Into. \p File names it in messages. Gives
/// all mistakes; if there are any, Into is unchanged.
std::vector<SpecError> readSpecText(llvm::StringRef File, llvm::StringRef Text,
                                    Spec &Into);

/// The same for a file of the file system; one that cannot be read is a mistake
/// like others.
std::vector<SpecError> readSpecFile(llvm::StringRef Path, Spec &Into);

/// The built-in spec with the given files on top, in their order. The error
/// holds the texts of all mistakes of the first file that has any, a line each.
llvm::Expected<Spec> loadSpec(llvm::ArrayRef<std::string> Files);

} // namespace cocodma

#endif // COCODMA_SPEC_SPECREADER_H
