// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place from which the program may call the system for what scenarios
// must not: start a copy, wait for it, write results. A seccomp filter knows it
// by the address of its instruction (Confinement.h), so that one filter,
// installed once, serves the program and all its copies. A copy takes the place
// out of its address space before it runs any code of a kernel, and can have no
// other executable memory: what was there cannot be called again.
#ifndef COCODMA_MODEL_SYSTEMGATE_H
#define COCODMA_MODEL_SYSTEMGATE_H

#include <cstdint>

namespace cocodma::model {

/// System call \p Number with up to four arguments, from the gate. What the
/// system returns: a negative error number if it fails.
long callThroughGate(long Number, long A = 0, long B = 0, long C = 0,
                     long D = 0);

/// What a filter sees as the address of a call from the gate.
std::uintptr_t gateAddress();

/// Takes the gate away, for good. False if the system refuses.
bool removeGate();

} // namespace cocodma::model

#endif // COCODMA_MODEL_SYSTEMGATE_H
