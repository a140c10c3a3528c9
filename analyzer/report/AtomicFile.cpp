//===- AtomicFile.cpp - Output that is all there or not at all ------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AtomicFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace cocodma;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

namespace {

llvm::Error failure(StringRef Path, std::error_code Reason) {
  return llvm::createStringError(
      Reason, Path + ": cannot be written: " + Reason.message());
}

/// Runs Write on an open file and closes it. Gives the first error.
std::error_code fill(int Descriptor,
                     llvm::function_ref<void(llvm::raw_ostream &)> Write) {
  llvm::raw_fd_ostream Out(Descriptor, /*shouldClose=*/true);
  Write(Out);
  Out.close();
  std::error_code Reason = Out.error();
  Out.clear_error();
  return Reason;
}

std::error_code
fillDirectly(StringRef Path,
             llvm::function_ref<void(llvm::raw_ostream &)> Write) {
  int Descriptor = -1;
  if (std::error_code Reason = fs::openFileForWrite(Path, Descriptor))
    return Reason;
  return fill(Descriptor, Write);
}

} // namespace

llvm::Error cocodma::writeFileAtomically(
    StringRef Path, llvm::function_ref<void(llvm::raw_ostream &)> Write) {
  llvm::SmallString<256> Target;
  fs::file_status Status;
  if (!fs::status(Path, Status) && fs::exists(Status)) {
    if (!fs::is_regular_file(Status)) {
      std::error_code Reason = fillDirectly(Path, Write);
      return Reason ? failure(Path, Reason) : llvm::Error::success();
    }
    if (std::error_code Reason = fs::real_path(Path, Target))
      return failure(Path, Reason);
  } else {
    Target = Path;
  }
  llvm::SmallString<256> Temporary;
  int Descriptor = -1;
  if (std::error_code Reason =
          fs::createUniqueFile(Target + ".%%%%%%%%.tmp", Descriptor, Temporary,
                               fs::OF_None, fs::all_read | fs::all_write))
    return failure(Path, Reason);
  std::error_code Reason = fill(Descriptor, Write);
  if (!Reason)
    Reason = fs::rename(Temporary, Target);
  if (!Reason)
    return llvm::Error::success();
  (void)fs::remove(Temporary);
  return failure(Path, Reason);
}
