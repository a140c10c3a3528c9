// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "prepare/Remedies.h"

#include "report/Escape.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Program.h"

#include <vector>

using llvm::StringRef;
using llvm::Twine;

namespace cocodma {
namespace {

constexpr size_t MostLines = 5;

bool hasProgram(const Twine &Name) {
  return bool(llvm::sys::findProgramByName(Name.str()));
}

/// What make or a compiler prints if something is missing or in the way.
struct Symptom {
  StringRef Text;
  StringRef Remedy;
};

constexpr Symptom Symptoms[] = {
    {"gelf.h", "install Debian's package libelf-dev"},
    {"libelf.h", "install Debian's package libelf-dev"},
    {"-lelf", "install Debian's package libelf-dev"},
    {"openssl/", "install Debian's package libssl-dev"},
    {"-lcrypto", "install Debian's package libssl-dev"},
    {"flex: not found", "install Debian's package flex"},
    {"bison: not found", "install Debian's package bison"},
    {"bc: not found", "install Debian's package bc"},
    {"perl: not found", "install Debian's package perl"},
    {"python3: not found", "install Debian's package python3"},
    {"cpio: not found", "install Debian's package cpio"},
    {"pahole: not found", "install Debian's package dwarves"},
    {"stdio.h' file not found", "install Debian's package libc6-dev"},
    {"source tree is not clean",
     "make keeps apart what it builds only if the source tree is clean: `make "
     "mrproper` there removes its configuration and all that was built in it; "
     "or give the tree itself with -p, and make will write into it"},
    {"No space left on device", "name a build folder with more room with -p"},
    {"Permission denied", "name a build folder that you may write to with -p"},
    {"Can't find default configuration",
     "give a configuration with --config, or another --arch"},
    {"is too old", "see Documentation/process/changes.rst of that kernel"},
};

bool speaksOfErrors(StringRef Line) {
  return Line.contains("rror:") || Line.contains("*** ") ||
         Line.contains("not found") || Line.contains("No such file");
}

} // namespace

std::string llvmSuffix() {
  std::string Suffix = "-" + std::to_string(LLVM_VERSION_MAJOR);
  return hasProgram("clang" + Suffix) || !hasProgram("clang") ? Suffix : "1";
}

llvm::Error checkPrograms(StringRef Suffix) {
  struct Need {
    std::string Program;
    std::string Package;
  };
  std::string End = Suffix == "1" ? "" : Suffix.str();
  const std::vector<Need> Needs = {
      {"make", "make"},
      {"flex", "flex"},
      {"bison", "bison"},
      {"bc", "bc"},
      {"clang" + End, "clang" + End},
      {"ld.lld" + End, "lld" + End},
      {"llvm-ar" + End, "llvm" + End},
  };
  std::string Programs, Packages;
  for (const Need &Wanted : Needs) {
    if (hasProgram(Wanted.Program))
      continue;
    Programs += (Programs.empty() ? "" : ", ") + Wanted.Program;
    Packages += " " + Wanted.Package;
  }
  if (Programs.empty())
    return llvm::Error::success();
  return llvm::createStringError(
      "preparing a kernel needs what is not in the PATH: " + Programs +
      "; on Debian: apt-get install" + Packages);
}

std::string remedyFor(StringRef Output) {
  std::vector<StringRef> Found;
  for (const Symptom &Known : Symptoms)
    if (Output.contains(Known.Text) && !llvm::is_contained(Found, Known.Remedy))
      Found.push_back(Known.Remedy);
  return llvm::join(Found, "; ");
}

std::string reasonOf(StringRef Output) {
  llvm::SmallVector<StringRef, 0> Lines;
  Output.rtrim().split(Lines, '\n', -1, /*KeepEmpty=*/false);
  std::vector<StringRef> Bad;
  for (StringRef Line : Lines)
    if (speaksOfErrors(Line) && Bad.size() < MostLines)
      Bad.push_back(Line);
  if (Bad.empty())
    Bad.assign(Lines.end() - std::min(Lines.size(), MostLines), Lines.end());
  std::string Result;
  for (StringRef Line : Bad)
    Result += "\n  " + plainText(Line.take_front(300));
  return Result;
}

} // namespace cocodma
