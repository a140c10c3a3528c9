//===- Loader.cpp - Finds the module for this clang-tidy ------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libcocodma-tidy.so, what `clang-tidy --load` is given. A module of clang-tidy
// works with the major version of LLVM that it was built with, and crashes any
// other. This library needs no LLVM: it looks which one the program has, and
// loads the module for it, which lies beside this file, or says that there is
// none.
//
//===----------------------------------------------------------------------===//

#include "HostVersion.h"

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <unistd.h>

using namespace cocodma;

namespace {

/// \p Path without its last part.
std::string folderOf(const std::string &Path) {
  size_t Slash = Path.rfind('/');
  return Slash == std::string::npos ? "." : Path.substr(0, Slash);
}

/// The folder of this library, where \p Name should be: the one it was loaded
/// from, or, if that has only a link to it, where it is in truth. Empty if it
/// cannot be told.
std::string folderWith(const std::string &Name) {
  Dl_info Self;
  if (!dladdr(reinterpret_cast<void *>(&folderOf), &Self) || !Self.dli_fname)
    return "";
  std::string Folder = folderOf(Self.dli_fname);
  char *Real = realpath(Self.dli_fname, nullptr);
  if (Real && access((Folder + "/" + Name).c_str(), F_OK) != 0)
    Folder = folderOf(Real);
  std::free(Real);
  return Folder;
}

__attribute__((constructor)) void loadModule() {
  long Major = hostVersion();
  if (!Major) {
    std::fprintf(stderr,
                 "libcocodma-tidy.so: this program has no shared library of "
                 "LLVM (libLLVM), which the checks need; use a clang-tidy that "
                 "is linked with it, as distributions' are\n");
    return;
  }
  std::string Name = "libcocodma-tidy-" + std::to_string(Major) + ".so";
  std::string Folder = folderWith(Name);
  if (dlopen((Folder + "/" + Name).c_str(), RTLD_NOW | RTLD_GLOBAL))
    return;
  const char *Problem = dlerror();
  std::fprintf(stderr,
               "libcocodma-tidy.so: no checks for this program, which is of "
               "LLVM %ld: %s\nuse clang-tidy of a version for which there is a "
               "%s/libcocodma-tidy-VERSION.so, or build one with LLVM %ld\n",
               Major, Problem ? Problem : Name.c_str(), Folder.c_str(), Major);
}

} // namespace
