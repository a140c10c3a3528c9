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

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <string>

namespace {

/// Sets the number behind \p Data to the major version in the name of the LLVM
/// library (libLLVM-14.so.1, libLLVM.so.22.1), and stops there.
int readVersion(dl_phdr_info *Library, size_t, void *Data) {
  const char *Slash = std::strrchr(Library->dlpi_name, '/');
  const char *Name = Slash ? Slash + 1 : Library->dlpi_name;
  constexpr const char *Prefix = "libLLVM";
  if (std::strncmp(Name, Prefix, std::strlen(Prefix)) != 0)
    return 0;
  while (*Name && !std::isdigit(static_cast<unsigned char>(*Name)))
    ++Name;
  long Major = std::strtol(Name, nullptr, 10);
  *static_cast<long *>(Data) = Major;
  return Major > 0;
}

/// The folder of this library; empty if it cannot be told.
std::string ownFolder() {
  Dl_info Self;
  if (!dladdr(reinterpret_cast<void *>(&readVersion), &Self) || !Self.dli_fname)
    return "";
  std::string Path = Self.dli_fname;
  size_t Slash = Path.rfind('/');
  return Slash == std::string::npos ? "." : Path.substr(0, Slash);
}

__attribute__((constructor)) void loadModule() {
  long Major = 0;
  dl_iterate_phdr(readVersion, &Major);
  if (!Major) {
    std::fprintf(stderr,
                 "libcocodma-tidy.so: this program has no shared library of "
                 "LLVM (libLLVM), which the checks need; use a clang-tidy that "
                 "is linked with it, as distributions' are\n");
    return;
  }
  std::string Folder = ownFolder();
  std::string Name = "libcocodma-tidy-" + std::to_string(Major) + ".so";
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
