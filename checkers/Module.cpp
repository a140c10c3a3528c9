//===- Module.cpp - The clang-tidy module ---------------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loaded into clang-tidy with `--load=libcocodma-tidy.so`, which picks the one
// for its version of LLVM. Whoever loads a wrong one directly gets a message.
//
//===----------------------------------------------------------------------===//

#include "RegistrationIncludes.inc"

#include "loader/HostVersion.h"

#include "clang-tidy/ClangTidyModule.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Registry.h"

#include <cstdio>
#include <cstdlib>

using namespace clang::tidy;

namespace cocodma {
namespace {

class CocodmaModule : public ClangTidyModule {
public:
  void addCheckFactories(ClangTidyCheckFactories &Factories) override {
#include "Registration.inc"
  }
};

/// Registers the checks, if this is the program that they were built for. Else
/// the program ends here: it has the libraries of two versions now, which share
/// symbols, and crashes sooner or later whatever it does.
bool registerChecks() {
  long Host = hostVersion();
  if (Host != LLVM_VERSION_MAJOR) {
    std::fprintf(
        stderr,
        "libcocodma-tidy-%d.so: cannot go on in this program, which is "
        "of LLVM %ld, not %d; load libcocodma-tidy.so, which finds the "
        "right module\n",
        LLVM_VERSION_MAJOR, Host, LLVM_VERSION_MAJOR);
    std::_Exit(1);
  }
  // By its full name: the header with the short one differs between versions.
  static const llvm::Registry<ClangTidyModule>::Add<CocodmaModule> Checks(
      "coco-module", "Leaks of confidential VMs' data to their host");
  return true;
}

const bool IsRegistered = registerChecks();

} // namespace
} // namespace cocodma
