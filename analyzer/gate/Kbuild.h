// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a kernel Makefile says about an object, as far as it can be told without
// running make: for sources that no compile database knows yet.
#ifndef COCODMA_GATE_KBUILD_H
#define COCODMA_GATE_KBUILD_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace cocodma {

/// The module that \p Object ("hv_new.o", or "sub/new.o") is built into by the
/// lines of \p Makefile, as KBUILD_MODNAME spells it: the composite object that
/// lists it, or itself if `obj-` does. Conditions are not evaluated: a line
/// counts whatever the configuration is. Nothing if no line lists it.
std::optional<std::string> moduleOfObject(llvm::StringRef Makefile,
                                          llvm::StringRef Object);

} // namespace cocodma

#endif // COCODMA_GATE_KBUILD_H
