//===- DesignCheck.cpp - What the design checks share ---------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignCheck.h"

#include "clang/Lex/Preprocessor.h"

using namespace cocodma;

void DesignCheck::examineUnit(clang::ASTContext &Context) {
  if (design().Operations.Struct.empty())
    return;
  bool IsModule = macros() && macros()->isMacroDefined("MODULE");
  examine(KernelUnit(Context, spec(), IsModule));
}
