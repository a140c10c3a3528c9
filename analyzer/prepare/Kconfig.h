// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Configurations of kernels as text.
#ifndef COCODMA_PREPARE_KCONFIG_H
#define COCODMA_PREPARE_KCONFIG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace cocodma {

/// What a configuration needs so that the code for confidential guests is
/// compiled: a fragment of a .config (prepare/guest.config).
llvm::StringRef guestFragment();

/// Folders and objects that verdicts rest on or are about, as make takes them
/// (prepare/guest.targets).
std::vector<std::string> guestTargets();

/// True if one of \p Options is set in the text of a .config, built in or as a
/// module.
bool anySet(llvm::StringRef Config, llvm::ArrayRef<std::string> Options);

/// The options that \p Fragment switches on and \p Config has not.
std::vector<std::string> notTaken(llvm::StringRef Fragment,
                                  llvm::StringRef Config);

} // namespace cocodma

#endif // COCODMA_PREPARE_KCONFIG_H
