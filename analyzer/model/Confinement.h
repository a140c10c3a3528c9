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

/// For the program and the copies of it that run a scenario each. They may call
/// what memory needs, and end; from the gate (SystemGate.h), which copies have
/// no more, also what is needed to start copies, to limit them, to wait for
/// them, to clear the guest's memory and to write results. Any other call ends
/// the process. False, with the reason in \p Error, if it cannot be had.
bool confineScenarios(std::string &Error);

/// For the copy that calls it: it ends after \p Milliseconds, and with the
/// program; the gate is gone. False, with the reason in \p Error, if the
/// system refuses.
bool enterScenario(unsigned Milliseconds, std::string &Error);

/// Starts a copy of this process, as fork() does. The number of the process, 0
/// in the copy, or a negative error number.
int copyProcess();

} // namespace cocodma::model

#endif // COCODMA_MODEL_CONFINEMENT_H
