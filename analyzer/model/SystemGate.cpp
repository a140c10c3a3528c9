// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/SystemGate.h"

#include <cstddef>
#include <sys/mman.h>

// A page of its own, since it is unmapped as one. In a section of its own it
// ends up behind the rest of the program's code.
asm(".pushsection .gate, \"ax\", @progbits\n"
    ".globl cocodma_gate, cocodma_gate_after\n"
    ".balign 4096\n"
    "cocodma_gate:\n"
    "  movq %rdi, %rax\n"
    "  movq %rsi, %rdi\n"
    "  movq %rdx, %rsi\n"
    "  movq %rcx, %rdx\n"
    "  movq %r8, %r10\n"
    "  syscall\n"
    "cocodma_gate_after:\n"
    "  ret\n"
    ".balign 4096\n"
    ".popsection");

// Names are those of the assembly. NOLINTBEGIN(readability-identifier-naming)
extern "C" long cocodma_gate(long Number, long A, long B, long C, long D);
extern "C" const char cocodma_gate_after[];
// NOLINTEND(readability-identifier-naming)

namespace cocodma::model {

long callThroughGate(long Number, long A, long B, long C, long D) {
  return cocodma_gate(Number, A, B, C, D);
}

std::uintptr_t gateAddress() {
  return reinterpret_cast<std::uintptr_t>(cocodma_gate_after);
}

bool removeGate() {
  constexpr std::size_t OnePage = 4096; // As the assembly says.
  return munmap(reinterpret_cast<void *>(&cocodma_gate), OnePage) == 0;
}

} // namespace cocodma::model
