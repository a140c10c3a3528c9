// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel's own build, run for one tree and one build folder.
#ifndef COCODMA_PREPARE_KERNELMAKE_H
#define COCODMA_PREPARE_KERNELMAKE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace cocodma {

/// make in a kernel's source tree.
class KernelMake {
public:
  /// \p Kernel and \p Build are absolute; if they are the same the build is in
  /// the tree. \p Suffix is what LLVM= is to be. What make prints goes to a log
  /// in the build folder. Sets and removes variables of this process's
  /// environment that make would understand otherwise than it is meant.
  KernelMake(std::string Kernel, std::string Build,
             llvm::StringRef Architecture, llvm::StringRef Suffix,
             unsigned Jobs);

  /// Runs `make ARGUMENTS`. The error has the command, the reason that make
  /// gives, the remedy and the log.
  llvm::Error run(const std::vector<std::string> &Arguments) const;

  /// Runs `make ARGUMENTS` and goes on after errors: what there is then is what
  /// counts.
  void tryAll(std::vector<std::string> Arguments) const;

  /// What `make -n --trace -k TARGETS` prints.
  llvm::Expected<std::string>
  dryRun(const std::vector<std::string> &Targets) const;

  /// The log of the last run().
  const std::string &log() const { return Log; }

private:
  int start(const std::vector<std::string> &Arguments,
            const std::string &Messages) const;

  std::string Kernel, Build, Log;
  std::vector<std::string> Words; ///< What each command begins with.
  unsigned Jobs;
};

} // namespace cocodma

#endif // COCODMA_PREPARE_KERNELMAKE_H
