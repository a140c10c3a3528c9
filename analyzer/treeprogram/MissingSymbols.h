// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Symbols that a kernel uses and nobody defines.
#ifndef COCODMA_TREEPROGRAM_MISSINGSYMBOLS_H
#define COCODMA_TREEPROGRAM_MISSINGSYMBOLS_H

#include "llvm/Support/Error.h"

#include <string>

namespace cocodma {

/// Assembly that gives every undefined symbol of \p Object, but those of the
/// model's interface, an address where no memory is, and lists their names for
/// analyzer/model/tree/trap.c: whoever calls, reads or writes one traps there.
llvm::Expected<std::string> missingSymbols(const std::string &Object);

} // namespace cocodma

#endif // COCODMA_TREEPROGRAM_MISSINGSYMBOLS_H
