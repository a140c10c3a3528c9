// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "prepare/Kconfig.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using llvm::StringRef;

namespace cocodma {
namespace {

constexpr char Fragment[] =
#include "guest-config.inc"
    ;
constexpr char Targets[] =
#include "guest-targets.inc"
    ;

/// The options that a .config has set.
llvm::StringSet<> optionsOf(StringRef Config) {
  llvm::StringSet<> Result;
  for (StringRef Line : llvm::split(Config, '\n')) {
    auto [Name, Value] = Line.trim().split('=');
    if (!Name.starts_with("#") && (Value == "y" || Value == "m"))
      Result.insert(Name);
  }
  return Result;
}

} // namespace

StringRef guestFragment() { return Fragment; }

std::vector<std::string> guestTargets() {
  std::vector<std::string> Result;
  for (StringRef Line : llvm::split(StringRef(Targets), '\n'))
    if (StringRef Target = Line.trim();
        !Target.empty() && !Target.starts_with("#"))
      Result.push_back(Target.str());
  return Result;
}

bool anySet(StringRef Config, llvm::ArrayRef<std::string> Options) {
  llvm::StringSet<> Set = optionsOf(Config);
  return llvm::any_of(
      Options, [&](const std::string &Option) { return Set.contains(Option); });
}

std::vector<std::string> notTaken(StringRef Wanted, StringRef Config) {
  llvm::StringSet<> Set = optionsOf(Config);
  std::vector<std::string> Result;
  for (const auto &Option : optionsOf(Wanted))
    if (!Set.contains(Option.first()))
      Result.push_back(Option.first().str());
  llvm::sort(Result);
  return Result;
}

} // namespace cocodma
