//===- CheckTable.cpp - What checks there are -----------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckTable.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace cocodma;
using llvm::raw_ostream;
using llvm::StringRef;

namespace {

constexpr CheckEntry Checks[] = {
#define CHECK(...) {__VA_ARGS__},
#define OPTION(...)
#include "Checks.inc"
#undef CHECK
#undef OPTION
};

/// Begins with an entry of no check: a manifest without options is fine.
constexpr CheckOption Options[] = {
    {"", "", "", ""},
#define CHECK(...)
#define OPTION(...) {__VA_ARGS__},
#include "Checks.inc"
#undef CHECK
#undef OPTION
};

StringRef textOf(Availability Value) {
  switch (Value) {
  case Availability::Yes:
    return "yes";
  case Availability::InPart:
    return "in part (docs/limits.md)";
  case Availability::No:
    return "not yet";
  }
  return "not yet";
}

} // namespace

llvm::ArrayRef<CheckEntry> cocodma::checkTable() { return Checks; }

const CheckEntry *cocodma::findCheck(StringRef Name) {
  for (const CheckEntry &Check : Checks)
    if (Check.Name == Name)
      return &Check;
  return nullptr;
}

void cocodma::explainCheck(const CheckEntry &Check, raw_ostream &Out) {
  Out << Check.Name << ": " << Check.Summary << ".\n"
      << Check.Advice << "\n\n"
      << "  group:           " << Check.Group << "\n"
      << "  severity:        " << Check.Severity << "\n"
      << "  on by default:   " << (Check.Default ? "yes" : "no") << "\n"
      << "  cocodma analyze: " << textOf(Check.InAnalyze) << "\n"
      << "  clang-tidy:      " << textOf(Check.InTidy) << "\n"
      << "  page:            docs/checks/" << Check.Name << ".md\n";
  for (const CheckOption &Option : Options)
    if (Option.Check == Check.Name)
      Out << "  option:          " << Check.Name << "." << Option.Name
          << " (default: "
          << (Option.Default.empty() ? "empty" : Option.Default)
          << "): " << Option.Summary << "\n";
}

void cocodma::listChecks(raw_ostream &Out) {
  size_t Width = 0;
  for (const CheckEntry &Check : Checks)
    Width = std::max(Width, Check.Name.size());
  for (const CheckEntry &Check : Checks)
    Out << llvm::left_justify(Check.Name, Width) << "  " << Check.Summary
        << "\n";
}
