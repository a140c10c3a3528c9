// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a process that runs untrusted code may still do.
#ifndef COCODMA_MODEL_CONFINEMENT_H
#define COCODMA_MODEL_CONFINEMENT_H

#include <linux/filter.h>
#include <string>
#include <vector>

namespace cocodma::model {

/// Limits of one process (setrlimit).
struct Limits {
  unsigned CpuSeconds = 10;
  unsigned AddressSpaceMiB = 1024;
};

/// For the program as a whole, before it is executed: no files, no sockets, no
/// other processes but copies of itself, no signals to anyone. Ends up in what
/// the program executes, too. False, with the reason in \p Error, if the system
/// has no seccomp; then nothing untrusted may run.
bool confineProgram(const Limits &L, std::string &Error);

/// What a copy that runs one scenario may call: memory, and writing to Output,
/// are all that is left.
struct ScenarioFilter {
  int Output = -1; ///< A file descriptor.
  std::vector<sock_filter> Code;
};

/// Makes the filter for \p Output in \p Into, unless it is that already: once
/// for many copies. False, with the reason in \p Error, if it cannot be had.
bool prepareScenarioFilter(int Output, ScenarioFilter &Into,
                           std::string &Error);

/// Confines the copy that calls it. After \p Milliseconds it ends.
bool confineScenario(ScenarioFilter &Filter, unsigned Milliseconds,
                     std::string &Error);

} // namespace cocodma::model

#endif // COCODMA_MODEL_CONFINEMENT_H
