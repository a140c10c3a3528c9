//===- Module.cpp - The clang-tidy module ---------------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loaded into clang-tidy with `--load=libcocodma-tidy.so`.
//
//===----------------------------------------------------------------------===//

#include "RegistrationIncludes.inc"

#include "clang-tidy/ClangTidyModule.h"

using namespace clang::tidy;

namespace cocodma {
namespace {

class CocodmaModule : public ClangTidyModule {
public:
  void addCheckFactories(ClangTidyCheckFactories &Factories) override {
#include "Registration.inc"
  }
};

const ClangTidyModuleRegistry::Add<CocodmaModule>
    Registered("coco-module", "Leaks of confidential VMs' data to their host");

} // namespace
} // namespace cocodma
