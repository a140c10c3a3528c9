// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line as it is defined: commands, their options, and what several
// commands do with them. Help, completion and manual pages are made from these
// definitions.
#ifndef COCODMA_TOOL_OPTIONS_H
#define COCODMA_TOOL_OPTIONS_H

#include "report/Formats.h"
#include "tool/Analyze.h"
#include "tool/OptionCategory.h"

#include "llvm/Support/CommandLine.h"

namespace cocodma {

/// How the program ends (docs/gate.md, README.md).
enum ExitStatus { Clean = 0, Findings = 1, UsageError = 2, Incomplete = 3 };

/// Prints \p Message as an error on standard error and gives UsageError.
int usageError(const llvm::Twine &Message);

extern llvm::cl::SubCommand AnalyzeCommand;
extern llvm::cl::SubCommand LinkCommand;
extern llvm::cl::SubCommand GateCommand;
extern llvm::cl::SubCommand DiffCommand;
extern llvm::cl::SubCommand ReportCommand;
extern llvm::cl::SubCommand ExplainCommand;
extern llvm::cl::SubCommand SpecCommand;
extern llvm::cl::SubCommand CompletionCommand;
extern llvm::cl::SubCommand ManCommand;

extern llvm::cl::opt<std::string> CheckName;
extern llvm::cl::opt<std::string> ReportFile;
extern llvm::cl::opt<std::string> Shell;
extern llvm::cl::opt<std::string> ManPage;
extern llvm::cl::opt<std::string> Kernel;
/// Where to write; "-" is standard output.
extern llvm::cl::opt<std::string> Output;
extern llvm::cl::list<std::string> Paths;
extern llvm::cl::opt<std::string> PatchFile;
extern llvm::cl::opt<std::string> Range;
extern llvm::cl::opt<bool> RequireEffect;
extern llvm::cl::opt<bool> Whole;
/// The two reports of gate and diff.
extern llvm::cl::list<std::string> ReportPair;

/// What -p, --kernel, --spec, --profile, --cache and -j say.
AnalyzeOptions analyzeOptions();

/// What --baseline and --policy name, applied to \p R; with --write-baseline
/// the file is written first. Gives Clean, or UsageError after a message.
int applyProjectFiles(Report &R);

/// Checks what analyzeOptions() takes as it is: that -p is there, and what
/// --cache-policy says. Clean, or UsageError after a message.
int checkBuildOptions();

/// Removes from the cache what --cache-policy says; for the end of a run.
void pruneCache();

/// Writes \p R as --format, -o, --color and --sites say; mails and pages quote
/// from \p Sources. Gives Clean, or UsageError after a message.
int writeOutput(const Report &R, ReportSources &Sources);

/// Checks the options that have a fixed set of values: Clean, or UsageError
/// after a message. To be called before work that takes long.
int checkOutputOptions();

} // namespace cocodma

#endif // COCODMA_TOOL_OPTIONS_H
