// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables of static storage duration and their constant initializers.
#ifndef COCODMA_FRONTEND_GLOBALLOWERING_H
#define COCODMA_FRONTEND_GLOBALLOWERING_H

#include "frontend/FunctionLowering.h"

namespace cocodma {

/// The summary of \p Variable, with its initializer if this unit defines it.
/// Functions and variables that the initializer names are added to \p Used.
GlobalSummary lowerGlobal(UnitBuilder &Unit, const clang::VarDecl *Variable,
                          References &Used);

} // namespace cocodma

#endif // COCODMA_FRONTEND_GLOBALLOWERING_H
