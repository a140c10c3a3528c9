//===- DesignRule.cpp - What the rules of design share --------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/DesignRule.h"

using namespace cocodma;

std::vector<Violation> DesignRule::run(const KernelUnit &Unit) {
  Found.clear();
  // A spec without DMA operations knows no kernel that the rules are about.
  if (!design().Operations.Struct.empty())
    examine(Unit);
  return std::move(Found);
}

Violation &DesignRule::report(clang::SourceLocation Where,
                              const llvm::Twine &Message,
                              const llvm::Twine &Subject) {
  Violation &New = Found.emplace_back();
  New.Where = Where;
  New.Message = Message.str();
  New.Subject = Subject.str();
  return New;
}
