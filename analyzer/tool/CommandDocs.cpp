// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/CommandDocs.h"

#include "report/CheckTable.h"
#include "spec/SpecReader.h"
#include "tool/Options.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cocodma {
namespace {

/// The commands, by name; without the two that only LLVM needs.
std::vector<cl::SubCommand *> commands() {
  std::vector<cl::SubCommand *> Result;
  for (cl::SubCommand *Command : cl::getRegisteredSubcommands())
    if (!Command->getName().empty())
      Result.push_back(Command);
  llvm::sort(Result, [](const cl::SubCommand *A, const cl::SubCommand *B) {
    return A->getName() < B->getName();
  });
  return Result;
}

/// Our options of a command, by name.
std::vector<cl::Option *> optionsOf(cl::SubCommand &Command) {
  std::vector<cl::Option *> Result;
  for (auto &[Name, Option] : Command.OptionsMap)
    // LLVM's own are those of all commands.
    if (Option->Subs.contains(&Command))
      Result.push_back(Option);
  llvm::sort(Result, [](const cl::Option *A, const cl::Option *B) {
    return A->ArgStr < B->ArgStr;
  });
  return Result;
}

std::string spelled(const cl::Option &Option) {
  return (Option.ArgStr.size() == 1 ? "-" : "--") + Option.ArgStr.str();
}

/// What can stand behind an option, or as the argument of a command; empty if
/// that is a file or anything. \p Command is that of an option.
std::vector<std::string> valuesOf(StringRef Name, StringRef Command = "") {
  std::vector<std::string> Result;
  if (Name == "format" && Command == "model")
    Result = {"text", "json"};
  else if (Name == "model")
    Result = {"run", "bench", "diff"};
  else if (Name == "format")
    Result = {"text",   "json",     "sarif", "gitlab",
              "rdjson", "markdown", "mail",  "html"};
  else if (Name == "color")
    Result = {"auto", "always", "never"};
  else if (Name == "completion")
    Result = {"bash", "zsh", "fish"};
  else if (Name == "explain" || Name == "check")
    for (const CheckEntry &Check : checkTable())
      Result.push_back(Check.Name.str());
  else if (Name == "man")
    for (cl::SubCommand *Command : commands())
      Result.push_back(Command->getName().str());
  else if (Name == "profile")
    if (Expected<Spec> Vocabulary = loadSpec({}))
      for (const Profile &P : Vocabulary->Profiles)
        Result.push_back(P.Name);
  return Result;
}

/// Text for troff: no line of it is a request.
std::string troff(StringRef Text) {
  std::string Result;
  for (char C : Text)
    Result += C == '\\' ? "\\e" : C == '-' ? "\\-" : std::string(1, C);
  return Result;
}

void writeBash(raw_ostream &Out) {
  Out << "# Completion of cocodma for bash; made by `cocodma completion "
         "bash`.\n_cocodma() {\n  local word=${COMP_WORDS[COMP_CWORD]} "
         "before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
         "  COMPREPLY=()\n  if [[ $COMP_CWORD -eq 1 ]]; then\n"
         "    COMPREPLY=($(compgen -W '";
  for (cl::SubCommand *Command : commands())
    Out << Command->getName() << ' ';
  Out << "--help --version' -- \"$word\"))\n    return\n  fi\n"
         "  case \"$command $before\" in\n";
  for (cl::SubCommand *Command : commands())
    for (cl::Option *Option : optionsOf(*Command))
      if (auto Words = valuesOf(Option->ArgStr, Command->getName());
          !Words.empty())
        Out << "    '" << Command->getName() << " " << spelled(*Option)
            << "') COMPREPLY=($(compgen -W '" << join(Words, " ")
            << "' -- \"$word\")); return ;;\n";
  Out << "  esac\n"
         "  # Behind another option that takes a value: a file or a folder.\n"
         "  case \"$command $before\" in\n";
  for (cl::SubCommand *Command : commands())
    for (cl::Option *Option : optionsOf(*Command))
      if (!Option->ValueStr.empty() &&
          valuesOf(Option->ArgStr, Command->getName()).empty())
        Out << "    '" << Command->getName() << " " << spelled(*Option)
            << "') compopt -o default 2>/dev/null; return ;;\n";
  Out << "  esac\n  case $command in\n";
  for (cl::SubCommand *Command : commands()) {
    std::vector<std::string> Words = valuesOf(Command->getName());
    for (cl::Option *Option : optionsOf(*Command))
      Words.push_back(spelled(*Option));
    Out << "    " << Command->getName() << ") [[ $word == -* || '"
        << (valuesOf(Command->getName()).empty() ? "" : "values")
        << "' ]] && COMPREPLY=($(compgen -W '" << join(Words, " ")
        << "' -- \"$word\")) ;;\n";
  }
  Out << "  esac\n  # A file or a folder.\n"
         "  [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default 2>/dev/null\n"
         "}\ncomplete -F _cocodma cocodma\n";
}

/// Text in single quotes of fish.
std::string fishQuoted(StringRef Text) {
  std::string Result = "'";
  for (char C : Text)
    Result +=
        C == '\'' || C == '\\' ? std::string("\\") + C : std::string(1, C);
  return Result + "'";
}

void writeFish(raw_ostream &Out) {
  Out << "# Completion of cocodma for fish; made by `cocodma completion "
         "fish`.\n";
  for (cl::SubCommand *Command : commands()) {
    StringRef Name = Command->getName();
    Out << "complete -c cocodma -n __fish_use_subcommand -f -a " << Name
        << " -d " << fishQuoted(Command->getDescription()) << "\n";
    std::string Inside =
        "complete -c cocodma -n '__fish_seen_subcommand_from " + Name.str() +
        "'";
    if (std::vector<std::string> Words = valuesOf(Name); !Words.empty())
      Out << Inside << " -f -a " << fishQuoted(join(Words, " ")) << "\n";
    for (cl::Option *Option : optionsOf(*Command)) {
      Out << Inside << (Option->ArgStr.size() == 1 ? " -s " : " -l ")
          << Option->ArgStr << " -d " << fishQuoted(Option->HelpStr);
      if (Option->getValueExpectedFlag() != cl::ValueDisallowed &&
          !Option->ValueStr.empty())
        Out << " -r";
      if (std::vector<std::string> Words = valuesOf(Option->ArgStr, Name);
          !Words.empty())
        Out << " -f -a " << fishQuoted(join(Words, " "));
      Out << "\n";
    }
  }
}

void writeSynopsis(cl::SubCommand &Command, raw_ostream &Out) {
  Out << ".SH SYNOPSIS\n.B cocodma " << troff(Command.getName()) << "\n";
  if (!optionsOf(Command).empty())
    Out << "[\\fIOPTIONS\\fR]\n";
  for (cl::Option *Positional : Command.PositionalOpts)
    Out << "\\fI" << troff(Positional->HelpStr) << "\\fR\n";
}

void writeOptions(cl::SubCommand &Command, raw_ostream &Out) {
  std::vector<cl::Option *> Options = optionsOf(Command);
  if (Options.empty())
    return;
  Out << ".SH OPTIONS\n";
  for (cl::Option *Option : Options) {
    Out << ".TP\n\\fB" << troff(spelled(*Option)) << "\\fR";
    if (!Option->ValueStr.empty())
      Out << " \\fI" << troff(Option->ValueStr) << "\\fR";
    Out << "\n" << troff(Option->HelpStr) << "\n";
    std::vector<std::string> Words = valuesOf(Option->ArgStr);
    if (Option->ArgStr == "profile" && !Words.empty())
      Out << "(" << troff(join(Words, ", ")) << ")\n";
  }
}

/// What the exit statuses 1 and 3 say.
struct Statuses {
  StringRef One;
  StringRef Three;
};

Statuses statusesOf(StringRef Command) {
  if (Command == "gate" || Command == "diff")
    return {"a finding was introduced that counts; with --require-effect also "
            "an ineffective or partial fix",
            "newly incomplete: something could not be analyzed, or is unknown, "
            "that was not before"};
  if (Command == "model")
    return {"an expectation is not met",
            "a run without expectations did not come to its end"};
  if (Command == "validate")
    return {"something was refuted", "a finding was not replayed"};
  if (Command == "link")
    return {"", "a unit could not be analyzed"};
  if (Command == "prepare")
    return {"", "written, but a file that the kernel's build generates is "
                "missing"};
  if (Command.empty() || Command == "analyze")
    return {"there are findings",
            "incomplete: something that was asked for could not be analyzed, "
            "or a verdict is unknown"};
  return {};
}

void writeExit(StringRef Command, raw_ostream &Out) {
  Statuses Text = statusesOf(Command);
  Out << ".SH EXIT STATUS\nThe first that applies:\n"
         ".TP\n2\nusage, input or output error\n";
  if (!Text.One.empty())
    Out << ".TP\n1\n" << troff(Text.One) << "\n";
  if (!Text.Three.empty())
    Out << ".TP\n3\n" << troff(Text.Three) << "\n";
  Out << ".TP\n0\nnone of these\n";
}

/// Command lines that show what a command is for.
std::vector<StringRef> examplesOf(StringRef Command) {
  if (Command == "analyze")
    return {"cocodma analyze -p . --kernel . drivers/hv drivers/scsi",
            "cocodma analyze -p . --kernel . --format json -o report.json",
            "cocodma analyze -p . --kernel . --write-baseline known.json"};
  if (Command == "gate")
    return {"b4 am -o - MESSAGE-ID | cocodma gate -p . --kernel . --patch -",
            "cocodma gate -p . --kernel . --range origin/master..HEAD "
            "--baseline known.json",
            "cocodma gate -p . --kernel . --patch fix.patch --require-effect "
            "--format mail --write html=report.html"};
  if (Command == "diff")
    return {"cocodma diff old.json new.json"};
  if (Command == "report")
    return {"cocodma report report.json --kernel . --format html -o "
            "report.html"};
  if (Command == "explain")
    return {"cocodma explain coco-bounce"};
  if (Command == "completion")
    return {"source <(cocodma completion bash)",
            "cocodma completion fish > "
            "~/.config/fish/completions/cocodma.fish"};
  if (Command == "man")
    return {"cocodma man gate | man -l -"};
  if (Command == "prepare")
    return {"cocodma prepare --kernel ~/linux",
            "cocodma prepare --kernel ~/linux -p /tmp/build --config "
            "/boot/config-$(uname -r) drivers/gpu/drm/hyperv",
            "cocodma prepare --kernel ~/linux -p ~/linux --all"};
  if (Command == "link")
    return {"cocodma link -p . --kernel . -o tree.coco"};
  if (Command == "validate")
    return {"cocodma validate report.json --kernel . --in-place"};
  if (Command == "model")
    return {"cocodma model run scenario.json",
            "cocodma model bench --kernel ."};
  return {};
}

void writeExamples(StringRef Command, raw_ostream &Out) {
  std::vector<StringRef> Lines = examplesOf(Command);
  if (Lines.empty())
    return;
  Out << ".SH EXAMPLES\n.nf\n";
  for (StringRef Line : Lines)
    Out << troff(Line) << "\n";
  Out << ".fi\n";
}

} // namespace

bool writeManual(StringRef Name, raw_ostream &Out) {
  auto Heading = [&](StringRef Page, StringRef What) {
    Out << ".TH " << troff(Page.upper()) << " 1 \"\" \"cocodma "
        << COCODMA_VERSION << "\"\n.SH NAME\n"
        << troff(Page) << " \\- " << troff(What) << "\n";
  };
  if (Name.empty()) {
    Heading("cocodma", "find confidentiality leaks in Linux drivers for "
                       "confidential VMs");
    Out << ".SH SYNOPSIS\n.B cocodma\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
           ".SH COMMANDS\n";
    for (cl::SubCommand *Command : commands())
      Out << ".TP\n.BR cocodma\\-" << troff(Command->getName()) << " (1)\n"
          << troff(Command->getDescription()) << "\n";
    writeExit("", Out);
    return true;
  }
  for (cl::SubCommand *Command : commands()) {
    if (Command->getName() != Name)
      continue;
    Heading(("cocodma-" + Name).str(), Command->getDescription());
    writeSynopsis(*Command, Out);
    writeOptions(*Command, Out);
    writeExit(Name, Out);
    writeExamples(Name, Out);
    Out << ".SH SEE ALSO\n.BR cocodma (1)\n";
    return true;
  }
  return false;
}

std::string helpBelowOptions(StringRef Command) {
  std::string Text;
  raw_string_ostream Out(Text);
  if (std::vector<StringRef> Lines = examplesOf(Command); !Lines.empty()) {
    Out << "\nExamples:\n\n";
    for (StringRef Line : Lines)
      Out << "  " << Line << "\n";
    Statuses Ends = statusesOf(Command);
    Out << "\nExit status, the first that applies:\n\n"
           "  2  usage, input or output error\n";
    if (!Ends.One.empty())
      Out << "  1  " << Ends.One << "\n";
    if (!Ends.Three.empty())
      Out << "  3  " << Ends.Three << "\n";
    Out << "  0  none of these\n";
  }
  return Text;
}

bool writeCompletion(StringRef Shell, raw_ostream &Out) {
  if (Shell == "zsh")
    Out << "#compdef cocodma\nautoload -U +X bashcompinit && bashcompinit\n";
  if (Shell == "bash" || Shell == "zsh")
    writeBash(Out);
  else if (Shell == "fish")
    writeFish(Out);
  else
    return false;
  return true;
}

} // namespace cocodma
