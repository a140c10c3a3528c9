//===- BuiltinSpec.cpp - The text of the built-in spec --------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The build generates default-spec.inc from default-spec.json: the file's text
// between R"spec( and )spec".
//
//===----------------------------------------------------------------------===//

#include "Spec.h"

llvm::StringRef cocodma::builtinSpecText() {
  static constexpr char Text[] =
#include "default-spec.inc"
      ;
  return Text;
}
