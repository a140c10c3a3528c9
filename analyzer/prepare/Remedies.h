// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why a kernel cannot be prepared, and what to do about it.
#ifndef COCODMA_PREPARE_REMEDIES_H
#define COCODMA_PREPARE_REMEDIES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace cocodma {

/// What make's LLVM= is to be so that the kernel is compiled with clang: "-22"
/// if there is a clang of cocodma's own version with that suffix in the PATH,
/// else "1".
std::string llvmSuffix();

/// An error if the PATH lacks a program that preparing any kernel needs; it
/// names all that are missing and Debian's packages that have them. \p Suffix
/// is what llvmSuffix() gave.
llvm::Error checkPrograms(llvm::StringRef Suffix);

/// What to do about a failed `make`, from what it printed: sentences, or empty
/// if that is nothing that we know.
std::string remedyFor(llvm::StringRef Output);

/// The lines of make's output that tell why it failed: at most five that speak
/// of errors, or the last five.
std::string reasonOf(llvm::StringRef Output);

} // namespace cocodma

#endif // COCODMA_PREPARE_REMEDIES_H
