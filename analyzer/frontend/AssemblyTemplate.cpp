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
  unsigned Elsewhere = 0;   // Depth of sections that are not the code's own.
  bool Replacement = false; // In one that holds instructions.
  for (llvm::StringRef Whole : Lines) {
    llvm::SmallVector<llvm::StringRef, 2> Statements;
    bare(Whole).split(Statements, ';');
    for (llvm::StringRef Part : Statements) {
      llvm::StringRef Line = bare(Part);
      if (Line.empty())
        continue;
      if (Line.starts_with(".pushsection")) {
        ++Elsewhere;
        Replacement = Line.contains("replacement");
        if (Replacement)
          Result.emplace_back();
      } else if (Line.starts_with(".popsection")) {
        Elsewhere -= Elsewhere != 0;
        Replacement = false;
      } else if (Line.starts_with(".") || (Elsewhere && !Replacement)) {
        continue;
      } else if (AssemblyInstruction Next = instruction(Line);
                 !Next.Mnemonic.empty()) {
        (Replacement ? Result.back() : Result.front())
            .push_back(std::move(Next));
      }
    }
  }
  return Result;
}

} // namespace cocodma
