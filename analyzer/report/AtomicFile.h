//===- AtomicFile.h - Output that is all there or not at all ----*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_REPORT_ATOMICFILE_H
#define COCODMA_REPORT_ATOMICFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace cocodma {

/// Lets \p Write produce the contents of \p Path: into a temporary file of the
/// same folder, which then takes the place of Path. A reader sees the old file
/// or the new one. A symbolic link is followed; what is no regular file (a
/// device, a pipe) is written to directly. On failure Path is as it was, and
/// the error names it and the reason.
llvm::Error
writeFileAtomically(llvm::StringRef Path,
                    llvm::function_ref<void(llvm::raw_ostream &)> Write);

} // namespace cocodma

#endif // COCODMA_REPORT_ATOMICFILE_H
