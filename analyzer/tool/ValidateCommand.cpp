// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma validate`: executes what a report says.
#include "tool/ValidateCommand.h"
#include "report/AtomicFile.h"
#include "report/Escape.h"
#include "report/JsonReader.h"
#include "report/JsonWriter.h"
#include "spec/SpecReader.h"
#include "tool/ModelParts.h"
#include "tool/OptionCategory.h"
#include "treeprogram/TreeProgram.h"
#include "validate/Validator.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace llvm;
using namespace cocodma;

namespace {

enum ExitStatus { Agrees = 0, Contradicted = 1, UsageError = 2, Open = 3 };

cl::SubCommand ValidateCommand(
    "validate", "execute the findings and private sites of a JSON report on "
                "the runtime model, and write what was seen into it");
cl::opt<std::string> ReportFile(cl::Positional, cl::desc("REPORT.json"),
                                cl::Required, cl::sub(ValidateCommand));
cl::opt<std::string>
    Kernel("kernel", cl::desc("root of the tree that the report is about"),
           cl::value_desc("DIR"), cl::Required, cl::sub(ValidateCommand),
           cl::cat(Category));
cl::opt<std::string>
    Build("p", cl::desc("folder of compile_commands.json (default: the tree)"),
          cl::value_desc("BUILD"), cl::sub(ValidateCommand), cl::cat(Category));
cl::opt<std::string> Output("o",
                            cl::desc("write the report there (default: -)"),
                            cl::value_desc("FILE"), cl::init("-"),
                            cl::sub(ValidateCommand), cl::cat(Category));
cl::alias OutputName("output", cl::desc("the same as -o"), cl::aliasopt(Output),
                     cl::cat(Category));
cl::opt<bool> InPlace("in-place", cl::desc("write the report back to its file"),
                      cl::sub(ValidateCommand), cl::cat(Category));
cl::opt<std::string>
    Cache("cache",
          cl::desc("folder of programs around trees (default: the user's "
                   "cache folder)"),
          cl::value_desc("DIR"), cl::sub(ValidateCommand), cl::cat(Category));

int usageError(const Twine &Message) {
  errs() << "cocodma: error: " << Message << "\n";
  return UsageError;
}

void printCounts(const char *What,
                 const std::map<ValidationStatus, unsigned> &Counts) {
  errs() << What << ":";
  const char *Separator = " ";
  for (const auto &[Status, Count] : Counts) {
    errs() << Separator << Count << " " << nameOf(Status);
    Separator = ", ";
  }
  errs() << (Counts.empty() ? " none\n" : "\n");
}

void complain(const SourceLocation &At, const Validation &What) {
  errs() << "cocodma: error: " << plainText(At.File) << ":" << At.Line
         << ": refuted: " << plainText(What.Detail) << "\n";
}

/// Says on standard error what came of it; gives the exit status.
int summarize(const Report &R) {
  std::map<ValidationStatus, unsigned> Findings, Sites;
  for (const Finding &F : R.Findings) {
    ++Findings[F.Validation.Status];
    if (F.Validation.Status == ValidationStatus::Refuted)
      complain(F.Location, F.Validation);
  }
  for (const Site &S : R.Sites) {
    if (S.Validation.Status == ValidationStatus::NotRun)
      continue;
    ++Sites[S.Validation.Status];
    if (S.Validation.Status == ValidationStatus::Refuted)
      complain(S.Location, S.Validation);
  }
  printCounts("findings", Findings);
  printCounts("private and failing sites", Sites);
  if (Findings.count(ValidationStatus::Refuted) ||
      Sites.count(ValidationStatus::Refuted))
    return Contradicted;
  return Findings.count(ValidationStatus::NotReplayed) ? Open : Agrees;
}

/// Whether the model has a bench for the driver in \p Unit: a file of the same
/// name that includes it.
bool isBenched(const std::string &Unit) {
  std::string Bench =
      findModelPart("parts/tree/drivers/" + sys::path::filename(Unit).str());
  auto Text = MemoryBuffer::getFile(Bench);
  return !Bench.empty() && Text &&
         (*Text)->getBuffer().contains("#include \"" + Unit + "\"");
}

/// Units of the report whose driver the model has a bench for.
std::set<std::string> benchedUnits(const Report &R) {
  std::set<std::string> Result;
  for (const Finding &F : R.Findings)
    if (isBenched(F.Location.File))
      Result.insert(F.Location.File);
  return Result;
}

Expected<ValidateOptions> prepare(const Report &R) {
  ValidateOptions Options;
  Options.Kernel = realPath(Kernel);
  std::string Database = Build.empty() ? Options.Kernel : realPath(Build);
  Expected<bool> Mini = isMiniKernel(Database, Options.Kernel);
  if (!Mini)
    return Mini.takeError();
  Options.Mini = *Mini;
  Expected<std::string> Program =
      modelProgramOf(Options.Kernel, Database, Cache, {});
  if (!Program)
    return Program.takeError();
  Options.Program = *Program;
  if (Options.Mini)
    return Options;
  Expected<Spec> Vocabulary = loadSpec({});
  if (!Vocabulary)
    return Vocabulary.takeError();
  Options.Layer = Vocabulary->Layer;
  Options.DriverUnits = benchedUnits(R);
  if (Options.DriverUnits.empty())
    return Options;
  Program = modelProgramOf(Options.Kernel, Database, Cache, {.Drivers = true});
  if (!Program)
    return Program.takeError();
  Options.DriverProgram = *Program;
  return Options;
}

} // namespace

bool cocodma::validateCommandGiven() {
  return static_cast<bool>(ValidateCommand);
}

int cocodma::runValidateCommand() {
  if (InPlace && Output != "-")
    return usageError("--in-place and -o exclude each other");
  if (InPlace && ReportFile == "-")
    return usageError("standard input has no place to write back to; use -o");
  Expected<Report> R = readReportFile(ReportFile);
  if (!R)
    return usageError(toString(R.takeError()));
  Expected<ValidateOptions> Options = prepare(*R);
  if (!Options)
    return usageError(toString(Options.takeError()));
  if (Error E = validate(*R, *Options))
    return usageError(toString(std::move(E)));
  std::string To = InPlace ? ReportFile : Output;
  if (To == "-") {
    writeJson(*R, outs());
    outs().flush();
    if (outs().has_error()) {
      outs().clear_error();
      return usageError("standard output could not be written");
    }
  } else if (Error E = writeFileAtomically(
                 To, [&](raw_ostream &Out) { writeJson(*R, Out); })) {
    return usageError(toString(std::move(E)));
  }
  return summarize(*R);
}
