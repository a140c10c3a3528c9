// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "prepare/MakeOutput.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/StringSaver.h"

using llvm::StringRef;

namespace cocodma {
namespace {

bool isSource(StringRef Name) {
  return Name.ends_with(".c") || Name.ends_with(".h") || Name.ends_with(".inc");
}

/// What make says about a rule that it would run.
struct Reason {
  StringRef Target;
  StringRef Newer; ///< Prerequisites, separated by blanks.
};

/// A line of --trace: "FILE:LINE: update target 'X' due to: A B", or
/// "FILE:LINE: target 'X' does not exist".
std::optional<Reason> readReason(StringRef Line) {
  auto [Before, Rest] = Line.split("target '");
  if (Rest.empty() ||
      !(Before.ends_with(": ") || Before.ends_with(": update ")))
    return std::nullopt;
  auto [Target, Why] = Rest.split('\'');
  return Reason{Target, Why.split("due to: ").second};
}

} // namespace

std::vector<std::string> simpleCommands(StringRef Line) {
  std::vector<std::string> Result;
  std::string Current;
  char Quote = 0;
  auto End = [&] {
    if (StringRef Text = StringRef(Current).trim(); !Text.empty())
      Result.push_back(Text.str());
    Current.clear();
  };
  for (size_t I = 0; I < Line.size(); ++I) {
    char C = Line[I];
    if (C == '\\' && Quote != '\'' && I + 1 < Line.size()) {
      Current += C;
      Current += Line[++I];
      continue;
    }
    if (Quote)
      Quote = C == Quote ? 0 : Quote;
    else if (C == '\'' || C == '"')
      Quote = C;
    else if (StringRef(";&|()").contains(C)) {
      End();
      continue;
    }
    Current += C;
  }
  End();
  return Result;
}

std::pair<std::string, UnitCommand> unitCommand(StringRef Text) {
  // Cheap, since most commands are none of a compiler.
  if (!Text.contains(" -c ") || !Text.contains("-D__KERNEL__"))
    return {};
  llvm::BumpPtrAllocator Memory;
  llvm::StringSaver Saver(Memory);
  llvm::SmallVector<const char *, 128> Words;
  llvm::cl::TokenizeGNUCommandLine(Text, Saver, Words);
  std::string Object;
  for (size_t I = 0; I + 1 < Words.size(); ++I)
    if (StringRef(Words[I]) == "-o")
      Object = Words[I + 1];
  StringRef Unit = Words.empty() ? "" : Words.back();
  if (!Unit.ends_with(".c") || !StringRef(Object).ends_with(".o"))
    return {};
  return {Object, {Text.str(), Unit.str()}};
}

DryRun readDryRun(StringRef Text) {
  DryRun Result;
  std::map<std::string, std::set<std::string>> Needs;
  for (StringRef Line : llvm::split(Text, '\n')) {
    if (std::optional<Reason> Why = readReason(Line)) {
      if (isSource(Why->Target))
        Result.Generated[Why->Target.str()];
      if (Why->Target.ends_with(".o"))
        for (StringRef Newer : llvm::split(Why->Newer, ' '))
          if (isSource(Newer))
            Needs[Newer.str()].insert(Why->Target.str());
      continue;
    }
    if (!Line.contains("-D__KERNEL__"))
      continue;
    for (const std::string &Command : simpleCommands(Line))
      if (auto [Object, Found] = unitCommand(Command); !Object.empty())
        Result.Commands.try_emplace(Object, Found);
  }
  for (auto &[File, Objects] : Result.Generated)
    if (auto Found = Needs.find(File); Found != Needs.end())
      Objects = Found->second;
  return Result;
}

std::string savedCommand(StringRef Text) {
  StringRef Line = Text.take_until([](char C) { return C == '\n'; });
  if (!Line.consume_front("savedcmd_") && !Line.consume_front("cmd_"))
    return "";
  StringRef Command = Line.split(" := ").second;
  // make's own escapes.
  std::string Result;
  while (!Command.empty()) {
    if (Command.consume_front("$(pound)")) {
      Result += '#';
      continue;
    }
    if (Command.starts_with("\\#") || Command.starts_with("$$"))
      Command = Command.drop_front();
    Result += Command.front();
    Command = Command.drop_front();
  }
  for (const std::string &One : simpleCommands(Result))
    if (!unitCommand(One).first.empty())
      return One;
  return "";
}

} // namespace cocodma
