// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a patch means to protect something.
#ifndef COCODMA_GATE_PROTECTIONS_H
#define COCODMA_GATE_PROTECTIONS_H

#include "report/Report.h"
#include "report/SourceText.h"
#include "spec/Spec.h"

#include <set>

namespace cocodma {

/// The words that protections are made of: the markers, primitives and facts of
/// \p Vocabulary, and the members of the device that the code below the sites
/// of
/// \p R reads, taken from the lines of \p Sources that lead to the findings. A
/// guess, made for no more than to call a patch ineffective.
std::set<std::string> protectionWords(const Spec &Vocabulary, const Report &R,
                                      SourceText &Sources);

/// True if a line that \p Hunks add to or remove from a C source has one of
/// \p Words.
bool touchesProtection(const std::vector<Hunk> &Hunks,
                       const std::set<std::string> &Words);

} // namespace cocodma

#endif // COCODMA_GATE_PROTECTIONS_H
