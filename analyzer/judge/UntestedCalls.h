// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operations of a table a tree calls without asking whether they are
// there. It differs between kernels, so it is read off the code.
#ifndef COCODMA_JUDGE_UNTESTEDCALLS_H
#define COCODMA_JUDGE_UNTESTEDCALLS_H

#include "link/Program.h"

#include <map>

namespace cocodma {

/// A call through a member of a struct that no branch on the way to it found
/// to be set.
struct UntestedCall {
  FunctionId Function = None;
  InstIndex At = None;
};

/// The members of \p Struct, without its name, that are called so; of each the
/// first such call.
std::map<std::string, UntestedCall> untestedCalls(const Program &Linked,
                                                  llvm::StringRef Struct);

} // namespace cocodma

#endif // COCODMA_JUDGE_UNTESTEDCALLS_H
