// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a process that runs untrusted code may still do.
#ifndef COCODMA_MODEL_CONFINEMENT_H
#define COCODMA_MODEL_CONFINEMENT_H

#include <string>

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

/// For the copy that runs one scenario: memory, and writing to \p Output, are
/// all that is left. After \p Milliseconds it ends.
bool confineScenario(int Output, unsigned Milliseconds, std::string &Error);

} // namespace cocodma::model

#endif // COCODMA_MODEL_CONFINEMENT_H
