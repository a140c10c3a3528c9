// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "prepare/KernelMake.h"

#include "prepare/Remedies.h"
#include "treeprogram/Processes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Signals.h"

#include <cstdlib>

namespace cocodma {
namespace {

std::string textOf(const std::string &File) {
  auto Buffer = llvm::MemoryBuffer::getFile(File);
  return Buffer ? (*Buffer)->getBuffer().str() : "";
}

} // namespace

KernelMake::KernelMake(std::string Kernel, std::string Build,
                       llvm::StringRef Architecture, llvm::StringRef Suffix,
                       unsigned Jobs)
    : Kernel(std::move(Kernel)), Build(std::move(Build)),
      Log(this->Build + "/cocodma-make.log"), Jobs(Jobs) {
  Words = {"make", ("ARCH=" + Architecture).str(), ("LLVM=" + Suffix).str()};
  if (this->Build != this->Kernel)
    Words.push_back("O=" + this->Build);
  // The messages are read; and we may be called by a make ourselves.
  setenv("LC_ALL", "C", 1);
  for (const char *Name : {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES",
                           "KBUILD_OUTPUT", "KBUILD_EXTMOD", "M", "V", "O"})
    unsetenv(Name);
}

int KernelMake::start(const std::vector<std::string> &Arguments,
                      const std::string &Messages) const {
  Command What;
  What.Words = Words;
  What.Words.insert(What.Words.end(), Arguments.begin(), Arguments.end());
  What.Directory = Kernel;
  What.Messages = Messages;
  return runAll({What}, 1).front();
}

llvm::Error KernelMake::run(const std::vector<std::string> &Arguments) const {
  std::vector<std::string> All = {"-j" + std::to_string(Jobs)};
  All.insert(All.end(), Arguments.begin(), Arguments.end());
  if (!start(All, Log))
    return llvm::Error::success();
  std::string Output = textOf(Log);
  std::string Text = llvm::join(Words, " ") + " " + llvm::join(Arguments, " ") +
                     " failed in " + Kernel + ":" + reasonOf(Output);
  if (std::string Remedy = remedyFor(Output); !Remedy.empty())
    Text += "\nwhat to do: " + Remedy;
  return llvm::createStringError(Text + "\nall that make said: " + Log);
}

void KernelMake::tryAll(std::vector<std::string> Arguments) const {
  Arguments.insert(Arguments.begin(), {"-k", "-j" + std::to_string(Jobs)});
  start(Arguments, Log);
}

llvm::Expected<std::string>
KernelMake::dryRun(const std::vector<std::string> &Targets) const {
  std::string File = Build + "/.cocodma-dry-run.tmp";
  llvm::sys::RemoveFileOnSignal(File);
  llvm::FileRemover Remove(File);
  std::vector<std::string> All = {"-n", "--trace", "-k"};
  All.insert(All.end(), Targets.begin(), Targets.end());
  // A kernel need not have all targets, and linking cannot be planned without
  // objects: what counts is what is printed.
  int Status = start(All, File);
  std::string Text = textOf(File);
  if (Status == 127 || Text.empty())
    return llvm::createStringError("make -n printed nothing in " + Kernel);
  return Text;
}

} // namespace cocodma
