// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands.
#include "report/Checks.h"
#include "report/JsonReader.h"
#include "spec/Spec.h"
#include "tool/Options.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace cocodma;

namespace {

int statusOf(const Report &R) {
  if (countReported(R.Findings))
    return Findings;
  bool Unknown = false;
  for (const Site &S : R.Sites)
    Unknown |= S.Verdict == Verdict::Unknown;
  return !R.Summary.Complete || Unknown ? Incomplete : Clean;
}

int runExplain() {
  if (const CheckText *Check = checkNamed(CheckName)) {
    outs() << Check->Name << ": " << Check->Text << ".\n\n"
           << Check->Advice << "\n";
    return Clean;
  }
  std::string All;
  for (const CheckText &Check : allChecks())
    All += (All.empty() ? "" : ", ") + Check.Name.str();
  return usageError("unknown check '" + CheckName + "'; there are: " + All);
}

int runAnalyze() {
  if (int Bad = checkOutputOptions())
    return Bad;
  AnalyzeOptions Options = analyzeOptions();
  Options.Paths = {Paths.begin(), Paths.end()};
  Expected<Report> R = analyze(Options);
  if (!R)
    return usageError(toString(R.takeError()));
  for (const std::string &Warning : R->Configuration.Warnings)
    errs() << "cocodma: warning: " << Warning << "\n";
  SourceText Sources(kernelRoot(Options));
  if (int Bad = writeOutput(*R, Sources))
    return Bad;
  return statusOf(*R);
}

int runReport() {
  if (int Bad = checkOutputOptions())
    return Bad;
  Expected<Report> R = readReportFile(ReportFile);
  if (!R)
    return usageError(toString(R.takeError()));
  SourceText Sources(Kernel);
  return writeOutput(*R, Sources);
}

} // namespace

int main(int ArgCount, char **Arguments) {
  InitLLVM Init(ArgCount, Arguments);
  cl::HideUnrelatedOptions(Category, AnalyzeCommand);
  cl::HideUnrelatedOptions(Category, ReportCommand);
  cl::SetVersionPrinter([](raw_ostream &Out) {
    Out << "cocodma " COCODMA_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  std::string Problems;
  raw_string_ostream ProblemStream(Problems);
  if (!cl::ParseCommandLineOptions(
          ArgCount, Arguments,
          "cocodma: finds confidentiality leaks in Linux drivers for "
          "confidential VMs\n\n"
          "  cocodma analyze -p BUILD --kernel DIR   judge a kernel tree\n"
          "  cocodma report R.json --format html     another form of a report\n"
          "  cocodma spec                            print the vocabulary\n\n"
          "Exit status: 2 usage or input error, 1 findings, 3 incomplete, 0 "
          "clean.\n",
          &ProblemStream)) {
    errs() << ProblemStream.str();
    return UsageError;
  }
  if (AnalyzeCommand)
    return runAnalyze();
  if (ReportCommand)
    return runReport();
  if (ExplainCommand)
    return runExplain();
  if (SpecCommand) {
    outs() << builtinSpecText();
    return Clean;
  }
  cl::PrintHelpMessage(false, true);
  return UsageError;
}
