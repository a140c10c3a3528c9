// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/KernelTree.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <set>

namespace cocodma {
namespace {

/// What --target=X or -target X says; empty if \p Job has neither.
std::string targetOf(const CompileJob &Job) {
  const std::vector<std::string> &Flags = Job.Arguments;
  for (size_t I = 0; I < Flags.size(); ++I) {
    llvm::StringRef Flag = Flags[I];
    if (Flag.consume_front("--target="))
      return Flag.str();
    if ((Flag == "-target" || Flag == "--target") && I + 1 < Flags.size())
      return Flags[I + 1];
  }
  return "";
}

/// The values of \p Options in the text of a .config.
std::map<std::string, std::string>
valuesOf(const std::set<std::string> &Options, llvm::StringRef Text) {
  std::map<std::string, std::string> Result;
  for (const std::string &Option : Options)
    Result[Option] = "n";
  for (llvm::StringRef Line : llvm::split(Text, '\n')) {
    auto [Name, Value] = Line.split('=');
    if (auto Found = Result.find(Name.str()); Found != Result.end())
      Found->second = Value.trim().str();
  }
  return Result;
}

} // namespace

std::string kernelRelease(const std::string &Root) {
  auto Buffer = llvm::MemoryBuffer::getFile(Root + "/Makefile");
  if (!Buffer)
    return "";
  std::string Parts[3];
  llvm::SmallVector<llvm::StringRef, 64> Lines;
  (*Buffer)->getBuffer().split(Lines, '\n', 40);
  for (llvm::StringRef Line : Lines)
    for (auto [I, Key] : {std::pair<int, const char *>{0, "VERSION"},
                          {1, "PATCHLEVEL"},
                          {2, "SUBLEVEL"}}) {
      auto [Name, Value] = Line.split('=');
      if (Name.trim() == Key)
        Parts[I] = Value.trim().str();
    }
  if (Parts[0].empty())
    return "";
  return Parts[0] + "." + Parts[1] + "." + Parts[2];
}

std::string kernelArchitecture(const CompileDatabase &Database) {
  std::string Target;
  for (const CompileJob &Job : Database.Jobs)
    if (Target = targetOf(Job); !Target.empty())
      break;
  llvm::Triple Compiled(Target.empty() ? llvm::sys::getDefaultTargetTriple()
                                       : Target);
  if (Compiled.getArch() == llvm::Triple::aarch64)
    return "arm64";
  return llvm::Triple::getArchTypeName(Compiled.getArch()).str();
}

void readConfiguration(const std::string &Build, const std::string &Root,
                       const Spec &Vocabulary, Configuration &Into) {
  auto Buffer = llvm::MemoryBuffer::getFile(Build + "/.config");
  if (!Buffer)
    Buffer = llvm::MemoryBuffer::getFile(Root + "/.config");
  if (!Buffer)
    return;
  std::set<std::string> Options = {"CONFIG_HYPERV", "CONFIG_SWIOTLB",
                                   "CONFIG_MODULES", "CONFIG_IOMMU_DMA"};
  std::set<std::string> Guests;
  for (const Profile &P : Vocabulary.Profiles)
    if (!P.Option.empty())
      Guests.insert(P.Option);
  Options.insert(Guests.begin(), Guests.end());
  Into.Options = valuesOf(Options, (*Buffer)->getBuffer());
  if (!Guests.empty() && llvm::all_of(Guests, [&](const std::string &Option) {
        return Into.Options[Option] == "n";
      }))
    Into.Warnings.push_back(
        "this configuration has none of " + llvm::join(Guests, ", ") +
        ": the branches for confidential guests are not compiled, and what "
        "they would do was not analyzed");
}

} // namespace cocodma
