// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/CompileDatabase.h"

#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <map>

using namespace clang::tooling;

namespace cocodma {
namespace {

/// True for flags that write beside the source or that clang does not know.
bool isDropped(llvm::StringRef Flag) {
  static const char *const Prefixes[] = {"-Wp,-M",
                                         "-MMD",
                                         "-MD",
                                         "-MP",
                                         "-Werror",
                                         "-save-temps",
                                         "-fplugin",
                                         "-mrecord-mcount",
                                         "-fconserve-stack",
                                         "-fno-allow-store-data-races",
                                         "-fno-var-tracking",
                                         "-falign-",
                                         "-mindirect-branch",
                                         "-mfunction-return",
                                         "-fmin-function-",
                                         "-mpreferred-stack-boundary",
                                         "-mno-fp-ret-in-387",
                                         "-fzero-init-padding",
                                         "-femit-struct-debug",
                                         "-fno-ipa",
                                         "-fno-partial-inlining",
                                         "-gz",
                                         "-fdiagnostics-show-context",
                                         "-flive-patching",
                                         "-fno-toplevel-reorder"};
  for (const char *Prefix : Prefixes)
    if (Flag.starts_with(Prefix))
      return true;
  return false;
}

bool takesValue(llvm::StringRef Flag) {
  return Flag == "-o" || Flag == "-MF" || Flag == "-MT" || Flag == "-MQ" ||
         Flag == "--param";
}

std::string moduleName(llvm::StringRef Define) {
  llvm::StringRef Value = Define.split('=').second;
  return Value.trim("\"'\\").str();
}

CompileJob adjust(const CompileCommand &Command, llvm::StringRef File) {
  CompileJob Job;
  Job.File = File.str();
  // Names are told from it that have to lie below the root of the tree, which
  // is named without links.
  llvm::SmallString<256> Directory;
  Job.Directory = llvm::sys::fs::real_path(Command.Directory, Directory)
                      ? Command.Directory
                      : Directory.str().str();
  for (size_t I = 0; I < Command.CommandLine.size(); ++I) {
    llvm::StringRef Flag = Command.CommandLine[I];
    if (takesValue(Flag)) {
      ++I;
      continue;
    }
    if (Flag == "-c" || isDropped(Flag))
      continue;
    if (Flag.starts_with("-DKBUILD_MODNAME="))
      Job.Module = moduleName(Flag);
    Job.Arguments.push_back(Flag.str());
  }
  // Warnings are the compiler's business, not ours.
  for (const char *Own : {"-w", "-fsyntax-only", "-Wno-error",
                          "-Wno-everything", "-fno-caret-diagnostics"})
    Job.Arguments.push_back(Own);
  Job.Arguments.push_back("-resource-dir=" COCODMA_RESOURCE_DIR);
  return Job;
}

/// Why the command compiles no unit of the kernel; empty if it does.
std::string notApplicable(const CompileCommand &Command, llvm::StringRef File) {
  llvm::StringRef Extension = llvm::sys::path::extension(File);
  if (Extension == ".S" || Extension == ".s")
    return "assembly";
  if (Extension != ".c")
    return "not a C source";
  for (const std::string &Flag : Command.CommandLine)
    if (Flag == "-D__KERNEL__" || Flag == "-nostdinc")
      return "";
  return "a program of the build host";
}

} // namespace

bool dropRefused(llvm::StringRef Message, CompileJob &Job) {
  size_t At = Message.find("unknown argument");
  if (At == llvm::StringRef::npos)
    At = Message.find("unsupported option");
  bool Argument = false;
  if (At == llvm::StringRef::npos) {
    At = Message.find("unsupported argument");
    Argument = true;
  }
  if (At == llvm::StringRef::npos)
    return false;
  llvm::StringRef Rest = Message.drop_front(At).split('\'').second;
  auto [Flag, Tail] = Rest.split('\'');
  // "unsupported argument 'VALUE' to option '-OPTION='".
  std::string Whole = Flag.str();
  if (Argument)
    Whole = (Tail.split('\'').second.split('\'').first + Flag).str();
  size_t Before = Job.Arguments.size();
  std::erase_if(Job.Arguments, [&](const std::string &Given) {
    return Given == Flag || Given == Whole;
  });
  return Job.Arguments.size() != Before;
}

llvm::Expected<CompileDatabase> readCompileDatabase(llvm::StringRef Build) {
  llvm::SmallString<256> Path(Build);
  if (llvm::sys::fs::is_directory(Path))
    llvm::sys::path::append(Path, "compile_commands.json");
  if (!llvm::sys::fs::exists(Path))
    return llvm::createStringError(
        "%s: no compile database there; make one with `cocodma prepare` from "
        "the kernel's source, or with `make LLVM=1 compile_commands.json` in a "
        "tree that was built, or name the folder that has it with -p",
        Path.c_str());
  // A pipe would be waited for.
  if (!llvm::sys::fs::is_regular_file(Path))
    return llvm::createStringError(
        "%s: not a compile database, for it is no regular file; make one with "
        "`cocodma prepare`",
        Path.c_str());
  std::string Error;
  std::unique_ptr<JSONCompilationDatabase> Database =
      JSONCompilationDatabase::loadFromFile(Path, Error,
                                            JSONCommandLineSyntax::Gnu);
  if (!Database)
    return llvm::createStringError(
        "%s: not a compile database (%s); make it again with "
        "scripts/clang-tools/gen_compile_commands.py",
        Path.c_str(), Error.c_str());
  CompileDatabase Result;
  std::map<std::string, CompileJob> Sorted;
  for (const CompileCommand &Command : Database->getAllCompileCommands()) {
    llvm::SmallString<256> File(Command.Filename);
    if (!llvm::sys::path::is_absolute(File)) {
      File = Command.Directory;
      llvm::sys::path::append(File, Command.Filename);
    }
    llvm::sys::path::remove_dots(File, /*remove_dot_dot=*/true);
    std::string Reason = notApplicable(Command, File);
    if (!Reason.empty())
      Result.Others.push_back({File.str().str(), Reason});
    else
      Sorted.try_emplace(File.str().str(), adjust(Command, File));
  }
  for (auto &[File, Job] : Sorted)
    Result.Jobs.push_back(std::move(Job));
  if (Result.Jobs.empty())
    return llvm::createStringError(
        "%s: the compile database has no C unit of a kernel in it; make it "
        "with `cocodma prepare`, or build the kernel first and make it again",
        Path.c_str());
  return Result;
}

} // namespace cocodma
