// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel's tree and its compile database say about the kernel itself:
// its release, its architecture, its configuration.
#ifndef COCODMA_TOOL_KERNELTREE_H
#define COCODMA_TOOL_KERNELTREE_H

#include "frontend/CompileDatabase.h"
#include "report/Report.h"
#include "spec/Spec.h"

namespace cocodma {

/// "7.3.4" from the Makefile below \p Root; empty if there is none.
std::string kernelRelease(const std::string &Root);

/// The architecture that the units are compiled for, in the kernel's words
/// ("x86_64", "arm64"): that of the first --target, or the one of this machine,
/// for which a compiler without that flag compiles.
std::string kernelArchitecture(const CompileDatabase &Database);

/// Adds to \p Into the options that the profiles need and a few that readers
/// ask for ("n" if an option is not set), from the .config in \p Build, or else
/// in
/// \p Root; nothing if there is no such file. Warns about a configuration for
/// no guest of any profile: it folds the interesting branches away.
void readConfiguration(const std::string &Build, const std::string &Root,
                       const Spec &Vocabulary, Configuration &Into);

} // namespace cocodma

#endif // COCODMA_TOOL_KERNELTREE_H
