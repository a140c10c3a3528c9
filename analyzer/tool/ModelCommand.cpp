// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma model`: executes scenarios on the emulated platform.
#include "tool/ModelCommand.h"
#include "model/RunResult.h"
#include "report/AtomicFile.h"
#include "tool/ModelBench.h"
#include "tool/ModelDiff.h"
#include "tool/ModelParts.h"
#include "tool/OptionCategory.h"
#include "treeprogram/TreeProgram.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace llvm;
using namespace cocodma;

namespace {

enum ExitStatus { Met = 0, NotMet = 1, UsageError = 2, NotReplayed = 3 };

cl::SubCommand
    ModelCommand("model",
                 "run SCENARIO.json...: execute a kernel's DMA layer on an "
                 "emulated confidential platform, and see what the host sees; "
                 "bench --kernel DIR: a table of what the tree's own storvsc "
                 "and netvsc show the host; diff --kernel DIR: compare random "
                 "mappings with what the analyzer says of them");
cl::list<std::string> Words(cl::Positional,
                            cl::desc("run SCENARIO.json... | bench | diff"),
                            cl::sub(ModelCommand));
cl::opt<std::string> Format("format", cl::desc("text (default) or json"),
                            cl::init("text"), cl::sub(ModelCommand),
                            cl::cat(Category));
cl::opt<std::string> Output("o", cl::desc("write the results there"),
                            cl::value_desc("FILE"), cl::init("-"),
                            cl::sub(ModelCommand), cl::cat(Category));
cl::alias OutputName("output", cl::desc("the same as -o"), cl::aliasopt(Output),
                     cl::cat(Category));
cl::opt<unsigned> Deadline("deadline",
                           cl::desc("seconds for all scenarios (default: 60)"),
                           cl::value_desc("N"), cl::init(60),
                           cl::sub(ModelCommand), cl::cat(Category));
cl::opt<std::string>
    ProgramFile("program",
                cl::desc("a program that was built around another kernel, "
                         "instead of the scenario's"),
                cl::value_desc("FILE"), cl::sub(ModelCommand),
                cl::cat(Category));

cl::opt<std::string>
    KernelTree("kernel",
               cl::desc("execute this kernel tree's own DMA layer, instead of "
                        "the scenario's kernel; it is compiled when needed"),
               cl::value_desc("DIR"), cl::sub(ModelCommand), cl::cat(Category));
cl::opt<std::string>
    Build("p", cl::desc("folder of compile_commands.json (default: the tree)"),
          cl::value_desc("BUILD"), cl::sub(ModelCommand), cl::cat(Category));
cl::opt<std::string>
    Cache("cache",
          cl::desc("folder of programs around kernel trees (default: the "
                   "user's cache folder)"),
          cl::value_desc("DIR"), cl::sub(ModelCommand), cl::cat(Category));

cl::opt<unsigned long long>
    Seed("seed", cl::desc("diff: of the random cases (default: 1)"),
         cl::value_desc("N"), cl::init(1), cl::sub(ModelCommand),
         cl::cat(Category));
cl::opt<unsigned long long>
    CaseCount("cases", cl::desc("diff: how many cases (default: 10000)"),
              cl::value_desc("N"), cl::init(10000), cl::sub(ModelCommand),
              cl::cat(Category));
cl::opt<unsigned long long>
    OneCase("case", cl::desc("diff: only this case of the seed, in full"),
            cl::value_desc("N"), cl::sub(ModelCommand), cl::cat(Category));

cl::opt<std::string>
    PatchFile("patch",
              cl::desc("run, bench: with this patch (a diff, a mail, or a "
                       "series) applied to the kernel tree, in the cache "
                       "only; - is standard input"),
              cl::value_desc("FILE"), cl::sub(ModelCommand), cl::cat(Category));

/// What the patch makes of the tree.
ChangedFiles Changes;

int usageError(const Twine &Message) {
  errs() << "cocodma: error: " << Message << "\n";
  return UsageError;
}

/// A scenario, and where it is from.
struct Input {
  std::string File;
  std::string Text;
  model::Scenario What;
};

/// A file holds a scenario, or a list of them.
bool readInputs(const std::string &File, std::vector<Input> &Inputs,
                std::string &Error) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer =
      MemoryBuffer::getFileOrSTDIN(File);
  if (!Buffer) {
    Error = File + ": " + Buffer.getError().message();
    return false;
  }
  std::vector<std::string> Texts = {(*Buffer)->getBuffer().str()};
  nlohmann::json Document = nlohmann::json::parse(Texts[0], nullptr, false);
  if (Document.is_array()) {
    Texts.clear();
    for (const nlohmann::json &Item : Document)
      Texts.push_back(Item.dump());
  }
  if (Texts.empty())
    Error = File + ": this list holds no scenario";
  for (size_t I = 0; I < Texts.size() && Error.empty(); ++I) {
    Inputs.push_back({File, Texts[I], {}});
    if (model::readScenario(Texts[I], Inputs.back().What, Error))
      continue;
    std::string Place = File + ": ";
    if (Document.is_array())
      Place += "scenario " + std::to_string(I) + ": ";
    Error.insert(0, Place);
  }
  return Error.empty();
}

/// The program around the tree of the command line. The operations of option 1
/// need another one than the rest.
std::string treeProgram(const model::Scenario &What, std::string &Error) {
  static std::map<ProgramParts, std::string> Made;
  ProgramParts With;
  With.DmaOps = What.Protection == "option-1";
  With.Drivers = any_of(What.Devices, [](const model::DeviceSpec &D) {
    return !D.Pci && D.Driver != "bench";
  });
  With.Channels = any_of(What.Operations, [](const auto &Op) {
    return Op.What == model::Action::Kernel && Op.Kind >= KERNEL_RING_OPEN &&
           Op.Kind <= KERNEL_GPADL_TEARDOWN;
  });
  if (auto Found = Made.find(With); Found != Made.end())
    return Found->second;
  Expected<std::string> Program =
      modelProgramOf(KernelTree, Build, Cache, With, Changes);
  if (!Program) {
    Error = toString(Program.takeError());
    return "";
  }
  return Made[With] = *Program;
}

/// Which program executes it; empty, with \p Error set, if there is none.
std::string programFor(const Input &In, std::string &Error) {
  if (!ProgramFile.empty()) {
    if (sys::fs::can_execute(ProgramFile))
      return ProgramFile;
    Error = ProgramFile + ": there is no program that can be executed";
    return "";
  }
  const model::Scenario &What = In.What;
  if (KernelTree.empty() && What.Kernel != "mini-6" && What.Kernel != "mini-7")
    Error =
        In.File + ": kernel is '" + What.Kernel +
        "', but must be mini-6 or mini-7; for a kernel tree give --kernel DIR";
  else if (What.Protection != "none" && What.Protection != "option-1" &&
           What.Protection != "option-2" && What.Protection != "option-3")
    Error = In.File + ": protection is '" + What.Protection +
            "', but must be none, option-1, option-2 or option-3";
  if (!Error.empty())
    return "";
  if (!KernelTree.empty())
    return treeProgram(What, Error);
  static std::map<std::string, std::string> Known;
  std::string &Program = Known[What.Kernel + "-" + What.Protection];
  if (Program.empty())
    Program = findModelPart(What.Kernel + "-" + What.Protection);
  if (Program.empty())
    Error = "the program of " + What.Kernel + " with protection " +
            What.Protection +
            " is not beside this executable; build all targets, or install";
  return Program;
}

int statusOf(const std::vector<nlohmann::json> &Results) {
  int Status = Met;
  for (const nlohmann::json &R : Results) {
    if (!R["expectations_met"].get<bool>())
      return NotMet;
    if (R["end"] != "completed" && R["expectations"].empty())
      Status = NotReplayed;
  }
  return Status;
}

int writeResults(const std::vector<nlohmann::json> &Results) {
  auto Write = [&](raw_ostream &Out) {
    if (Format == "json") {
      Out << nlohmann::json({{"schema_version", 1}, {"results", Results}})
                 .dump(1)
          << "\n";
      return;
    }
    for (const nlohmann::json &R : Results)
      Out << model::resultText(R);
  };
  if (Output != "-") {
    if (Error E = writeFileAtomically(Output, Write))
      return usageError(toString(std::move(E)));
    return statusOf(Results);
  }
  Write(outs());
  outs().flush();
  if (outs().has_error()) {
    outs().clear_error();
    return usageError("standard output could not be written");
  }
  return statusOf(Results);
}

int writeText(const std::string &Text) {
  auto Write = [&](raw_ostream &Out) { Out << Text; };
  if (Output != "-") {
    if (Error E = writeFileAtomically(Output, Write))
      return usageError(toString(std::move(E)));
    return Met;
  }
  Write(outs());
  outs().flush();
  if (outs().has_error()) {
    outs().clear_error();
    return usageError("standard output could not be written");
  }
  return Met;
}

/// What the guards do not explain is a failure.
int runDiff() {
  if (KernelTree.empty() || Words.size() > 1)
    return usageError("'cocodma model diff' needs a kernel tree, and nothing "
                      "else: --kernel DIR");
  if (!CaseCount)
    return usageError("--cases must be at least 1");
  ModelDiffRequest Request;
  Request.Kernel = KernelTree;
  Request.Build = Build;
  Request.Cache = Cache;
  Request.Name = treeName(realPath(KernelTree));
  Request.Seconds = Deadline;
  Request.Seed = Seed;
  Request.Cases = CaseCount;
  if (OneCase.getNumOccurrences())
    Request.Only = OneCase;
  std::string Text;
  raw_string_ostream Table(Text);
  Expected<bool> Same = runModelDiff(Request, Table);
  if (!Same)
    return usageError(toString(Same.takeError()));
  if (int Status = writeText(Text))
    return Status;
  return *Same ? Met : NotMet;
}

/// The tree, and the patch that was tried on it.
std::string benchedName() {
  std::string Name = treeName(realPath(KernelTree));
  if (PatchFile.empty())
    return Name;
  return Name + " with " +
         (PatchFile == "-" ? "a patch" : sys::path::filename(PatchFile).str());
}

/// A table; that it shows a leak is no failure.
int runBench() {
  if (KernelTree.empty() || Words.size() > 1)
    return usageError("'cocodma model bench' needs a kernel tree, and nothing "
                      "else: --kernel DIR");
  std::string Text;
  raw_string_ostream Table(Text);
  for (bool Channels : {false, true}) {
    ProgramParts With;
    (Channels ? With.Channels : With.Drivers) = true;
    Expected<std::string> Program =
        modelProgramOf(KernelTree, Build, Cache, With, Changes);
    if (!Program)
      return usageError(toString(Program.takeError()));
    if (Error E = Channels
                      ? runChannelBench(*Program, Deadline, Table)
                      : runModelBench(*Program, benchedName(), Deadline, Table))
      return usageError(toString(std::move(E)));
  }
  return writeText(Text);
}

/// Runs neighbours that need the same program in one go.
bool execute(const std::vector<Input> &Inputs,
             std::vector<nlohmann::json> &Results, std::string &Error) {
  std::vector<std::string> Programs;
  for (const Input &In : Inputs) {
    Programs.push_back(programFor(In, Error));
    if (!Error.empty())
      return false;
  }
  for (std::size_t First = 0, Next; First < Inputs.size(); First = Next) {
    std::vector<std::string> Texts;
    for (Next = First;
         Next < Inputs.size() && Programs[Next] == Programs[First]; ++Next)
      Texts.push_back(Inputs[Next].Text);
    std::vector<model::ProgramOutput> Outputs;
    if (!model::runProgram(Programs[First], Texts, Deadline, Outputs, Error))
      return false;
    for (std::size_t I = First; I < Next; ++I)
      Results.push_back(model::makeResult(Inputs[I].What, Outputs[I - First]));
  }
  return true;
}

/// Options that what is asked for does not heed would mislead. 0, or the status
/// for an error.
int checkOptions() {
  if (!Deadline)
    return usageError("--deadline must be at least 1");
  StringRef What = Words.empty() ? "" : StringRef(Words[0]);
  if (What != "diff" &&
      (Seed.getNumOccurrences() || CaseCount.getNumOccurrences() ||
       OneCase.getNumOccurrences()))
    return usageError("--seed, --cases and --case go with 'cocodma model "
                      "diff' only");
  if ((What == "bench" || What == "diff") &&
      (Format.getNumOccurrences() || ProgramFile.getNumOccurrences()))
    return usageError("--format and --program go with 'cocodma model run' "
                      "only; tables are Markdown");
  return Met;
}

/// 0, or the status for an error.
int readPatch() {
  if (PatchFile.empty())
    return Met;
  if (KernelTree.empty() || Words.empty() ||
      (Words[0] != "run" && Words[0] != "bench"))
    return usageError("--patch changes a kernel tree that run or bench "
                      "executes; name it with --kernel");
  Expected<ChangedFiles> Files = patchedFiles(PatchFile, KernelTree);
  if (!Files)
    return usageError(toString(Files.takeError()));
  Changes = std::move(*Files);
  return Met;
}

} // namespace

bool cocodma::modelCommandGiven() { return static_cast<bool>(ModelCommand); }

int cocodma::runModelCommand() {
  if (int Status = checkOptions())
    return Status;
  if (int Status = readPatch())
    return Status;
  if (!Words.empty() && Words[0] == "bench")
    return runBench();
  if (!Words.empty() && Words[0] == "diff")
    return runDiff();
  if (Words.empty() || Words[0] != "run")
    return usageError("'cocodma model' needs what to do: run SCENARIO.json..., "
                      "bench --kernel DIR, or diff --kernel DIR");
  if (Words.size() < 2)
    return usageError("'cocodma model run' needs a scenario: a file, or - for "
                      "standard input");
  if (Format != "text" && Format != "json")
    return usageError("unknown format '" + Format + "'; use text or json");
  std::vector<Input> Inputs;
  std::vector<nlohmann::json> Results;
  std::string Error;
  for (std::size_t I = 1; I < Words.size(); ++I)
    if (!readInputs(Words[I], Inputs, Error))
      return usageError(Error);
  if (!KernelTree.empty() && !ProgramFile.empty())
    return usageError("--kernel and --program exclude each other");
  if (KernelTree.empty() && !Build.empty())
    return usageError("-p tells of a kernel tree; name it with --kernel");
  if (!KernelTree.empty())
    for (Input &In : Inputs)
      In.What.Kernel = treeName(realPath(KernelTree));
  if (!execute(Inputs, Results, Error))
    return usageError(Error);
  return writeResults(Results);
}
