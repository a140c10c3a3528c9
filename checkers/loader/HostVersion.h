//===- HostVersion.h - Which LLVM the program has ---------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For code that must not touch LLVM before it knows that it is the right one:
// needs nothing of it.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_LOADER_HOSTVERSION_H
#define COCODMA_CHECKERS_LOADER_HOSTVERSION_H

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <link.h>

namespace cocodma {

/// Sets the number behind \p Data to the major version in the name of the LLVM
/// library (libLLVM-14.so.1, libLLVM.so.22.1), and stops there.
inline int readVersion(dl_phdr_info *Library, size_t, void *Data) {
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

/// The major version of the shared library of LLVM that was loaded first, which
/// is the program's own; 0 if there is none.
inline long hostVersion() {
  long Major = 0;
  dl_iterate_phdr(readVersion, &Major);
  return Major;
}

} // namespace cocodma

#endif // COCODMA_CHECKERS_LOADER_HOSTVERSION_H
