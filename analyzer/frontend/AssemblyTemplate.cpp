// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/AssemblyTemplate.h"

#include "llvm/ADT/StringRef.h"

using namespace clang;

namespace cocodma {
namespace {

/// Stands for an operand in the text; its number follows.
constexpr char OperandMark = '\x01';

/// The template with each operand as a mark and its number; empty if it is
/// malformed.
std::string markedText(const GCCAsmStmt &Statement, const ASTContext &Context) {
  llvm::SmallVector<GCCAsmStmt::AsmStringPiece, 8> Pieces;
  unsigned At = 0;
  std::string Result;
  if (Statement.AnalyzeAsmString(Pieces, Context, At))
    return Result;
  for (const GCCAsmStmt::AsmStringPiece &Piece : Pieces)
    if (Piece.isString())
      Result += Piece.getString();
    else
      Result += OperandMark + std::to_string(Piece.getOperandNo());
  return Result;
}

/// Drops a comment and labels from a line.
llvm::StringRef bare(llvm::StringRef Line) {
  Line = Line.split('#').first.trim();
  for (size_t Colon = Line.find(':'); Colon != llvm::StringRef::npos;
       Colon = Line.find(':')) {
    if (Line.take_front(Colon).find_first_of(" \t,(") != llvm::StringRef::npos)
      break; // A segment prefix in an operand.
    Line = Line.drop_front(Colon + 1).trim();
  }
  return Line;
}

AssemblyOperand operand(llvm::StringRef Text) {
  AssemblyOperand Result;
  unsigned Number = 0;
  int64_t Value = 0;
  if (Text.consume_front(llvm::StringRef(&OperandMark, 1))) {
    if (!Text.getAsInteger(10, Number))
      Result.Operand = Number;
  } else if (Text.consume_front("$")) {
    Text.consume_front("$"); // Doubled in the pieces of a template.
    if (!Text.getAsInteger(0, Value))
      Result.Number = Value;
  }
  return Result;
}

AssemblyInstruction instruction(llvm::StringRef Line) {
  auto Word = [&] {
    llvm::StringRef First = Line.take_front(Line.find_first_of(" \t"));
    Line = Line.drop_front(First.size()).trim();
    return First;
  };
  AssemblyInstruction Result;
  llvm::StringRef Mnemonic = Word();
  while (Mnemonic == "lock" || Mnemonic == "rep")
    Mnemonic = Word();
  Result.Mnemonic = Mnemonic.str();
  llvm::SmallVector<llvm::StringRef, 3> Operands;
  if (!Line.empty())
    Line.split(Operands, ',');
  for (llvm::StringRef Text : Operands)
    Result.Operands.push_back(operand(Text.trim()));
  return Result;
}

} // namespace

llvm::SmallVector<AssemblyText, 2> readAssembly(const GCCAsmStmt &Statement,
                                                const ASTContext &Context) {
  const std::string Text = markedText(Statement, Context);
  llvm::SmallVector<AssemblyText, 2> Result(1);
  llvm::SmallVector<llvm::StringRef, 8> Lines;
  llvm::StringRef(Text).split(Lines, '\n');
  // The sections around a line; true: one of replacements.
  llvm::SmallVector<bool, 2> Sections;
  for (llvm::StringRef Whole : Lines) {
    llvm::SmallVector<llvm::StringRef, 2> Statements;
    bare(Whole).split(Statements, ';');
    for (llvm::StringRef Part : Statements) {
      llvm::StringRef Line = bare(Part);
      if (Line.starts_with(".pushsection")) {
        Sections.push_back(Line.contains("replacement"));
        if (Sections.back())
          Result.emplace_back();
      } else if (Line.starts_with(".popsection") && !Sections.empty()) {
        Sections.pop_back();
      }
      if (Line.empty() || Line.starts_with("."))
        continue;
      AssemblyInstruction Next = instruction(Line);
      if (!Next.Mnemonic.empty() && (Sections.empty() || Sections.back()))
        (Sections.empty() ? Result.front() : Result.back())
            .push_back(std::move(Next));
    }
  }
  return Result;
}

} // namespace cocodma
