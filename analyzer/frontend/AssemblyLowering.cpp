// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inline assembly. What single instructions of x86 compute is lowered like the
// expressions that say the same (Intel's manual, volume 2, is the source);
// atomic operations are such instructions. What is not known here leaves open
// values.
#include "frontend/AssemblyTemplate.h"
#include "frontend/FunctionLowering.h"
#include "frontend/LlvmVersion.h"

#include "clang/AST/Decl.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace cocodma {
namespace {

/// What an instruction does to its operands.
enum class Operation : uint8_t {
  Unknown,
  Exchange,
  CompareExchange,
  ExchangeAdd,
  Increment,
  Decrement,
  Negate,
  Complement,
  Add,
  Subtract,
  And,
  Or,
  ExclusiveOr,
  SwapBytes,
  Rotate,
  FirstBit,
  LastBit,
  CountBits,
};

Operation operationOf(llvm::StringRef Mnemonic) {
  auto Known = [](llvm::StringRef Name) {
    return llvm::StringSwitch<Operation>(Name)
        .Case("xchg", Operation::Exchange)
        .Case("cmpxchg", Operation::CompareExchange)
        .Case("xadd", Operation::ExchangeAdd)
        .Case("inc", Operation::Increment)
        .Case("dec", Operation::Decrement)
        .Case("neg", Operation::Negate)
        .Case("not", Operation::Complement)
        .Case("add", Operation::Add)
        .Case("sub", Operation::Subtract)
        .Case("and", Operation::And)
        .Case("or", Operation::Or)
        .Case("xor", Operation::ExclusiveOr)
        .Case("bswap", Operation::SwapBytes)
        .Case("rol", Operation::Rotate)
        .Case("ror", Operation::Rotate)
        .Case("bsf", Operation::FirstBit)
        .Case("tzcnt", Operation::FirstBit)
        .Case("bsr", Operation::LastBit)
        .Case("popcnt", Operation::CountBits)
        .Default(Operation::Unknown);
  };
  if (Operation Exact = Known(Mnemonic); Exact != Operation::Unknown)
    return Exact;
  return !Mnemonic.empty() && llvm::StringRef("bwlq").contains(Mnemonic.back())
             ? Known(Mnemonic.drop_back())
             : Operation::Unknown;
}

unsigned operandsOf(Operation What) {
  switch (What) {
  case Operation::Increment:
  case Operation::Decrement:
  case Operation::Negate:
  case Operation::Complement:
  case Operation::SwapBytes:
    return 1;
  default:
    return 2;
  }
}

std::optional<BinaryKind> binaryOf(Operation What) {
  switch (What) {
  case Operation::Increment:
  case Operation::Add:
  case Operation::ExchangeAdd:
    return BinaryKind::Add;
  case Operation::Decrement:
  case Operation::Subtract:
    return BinaryKind::Subtract;
  case Operation::And:
    return BinaryKind::And;
  case Operation::Or:
    return BinaryKind::Or;
  case Operation::ExclusiveOr:
    return BinaryKind::ExclusiveOr;
  default:
    return std::nullopt;
  }
}

std::string outputConstraint(const GCCAsmStmt &S, unsigned I) {
  return std::string(S.getOutputConstraint(I));
}

} // namespace

/// The operands of a statement while the instruction in it is lowered: all are
/// read before any is written.
struct FunctionLowering::AssemblyOperands {
  const GCCAsmStmt *At = nullptr;
  llvm::SmallVector<InstIndex, 4> Values; ///< Of outputs, then inputs; or None.
  llvm::SmallVector<InstIndex, 4> Results; ///< Of outputs; None: untouched.
  llvm::SmallVector<QualType, 4> Types;    ///< Of outputs, then inputs.
  InstIndex Zero = None;                   ///< The result was zero.
  InstIndex Negative = None;               ///< It was negative.
  bool isOutput(unsigned N) const { return N < Results.size(); }
};

bool FunctionLowering::lowerExchange(AssemblyOperands &Operands, unsigned First,
                                     unsigned Second, bool Compared) {
  const Stmt *At = Operands.At;
  InstIndex Old = Operands.Values[Second];
  if (!Compared) {
    if (!Operands.isOutput(First))
      return false;
    Operands.Results[First] = Old;
    Operands.Results[Second] = Operands.Values[First];
    return true;
  }
  // What is compared stands in the accumulator, which gets the old value.
  for (unsigned I = 0; I < Operands.Results.size(); ++I) {
    std::string Constraint = outputConstraint(*Operands.At, I);
    if (Constraint.find('a') == std::string::npos || Constraint[1] == '@' ||
        Operands.Values[I] == None || I == Second)
      continue;
    Operands.Zero = operate(BinaryKind::Equal, Old, Operands.Values[I], At,
                            Unit.context().IntTy);
    Operands.Results[I] = Old;
    Operands.Results[Second] = choose(Operands.Zero, Operands.Values[First],
                                      Old, At, Operands.Types[Second]);
    return true;
  }
  return false;
}

bool FunctionLowering::lowerInstruction(AssemblyOperands &Operands,
                                        const AssemblyInstruction &Given) {
  const Operation What = operationOf(Given.Mnemonic);
  const size_t Count = Given.Operands.size();
  if (What == Operation::Unknown || Count != operandsOf(What) ||
      !Given.Operands.back().Operand)
    return false;
  const unsigned To = *Given.Operands.back().Operand;
  const Stmt *At = Operands.At;
  if (!Operands.isOutput(To))
    return false;
  const QualType Type = Operands.Types[To];
  if (!Type->isIntegralOrEnumerationType() && !Type->isPointerType())
    return false;
  if (What == Operation::Rotate) {
    const bool Halves =
        Given.Operands[0].Number == 8 && Unit.context().getTypeSize(Type) == 16;
    if (!Halves || Operands.Values[To] == None)
      return false;
    Operands.Results[To] =
        operate(UnaryKind::SwapBytes16, Operands.Values[To], At, Type);
    return true;
  }
  InstIndex Source = None;
  unsigned From = 0;
  if (Count == 2 && Given.Operands[0].Operand) {
    From = *Given.Operands[0].Operand;
    if (From >= Operands.Values.size() || From == To)
      return false;
    Source = Operands.Values[From];
  } else if (Count == 2 && Given.Operands[0].Number) {
    Source = constant(*Given.Operands[0].Number, At, Type);
  }
  if (Count == 2 && Source == None)
    return false;
  switch (What) {
  case Operation::FirstBit:
  case Operation::LastBit:
    if (!Given.Operands[0].Operand)
      return false;
    // Where no bit is set the destination stays what it was.
    Operands.Results[To] =
        lookForBit(Source, Operands.Types[From], What == Operation::LastBit,
                   Operands.Values[To], At, Type);
    return true;
  case Operation::CountBits:
    if (!Given.Operands[0].Operand)
      return false;
    Operands.Results[To] =
        operate(UnaryKind::CountBits,
                unsignedNumber(Source, Operands.Types[From], At), At, Type);
    return true;
  default:
    break;
  }
  InstIndex Old = Operands.Values[To];
  if (Old == None)
    return false;
  switch (What) {
  case Operation::Exchange:
  case Operation::CompareExchange:
    return Given.Operands[0].Operand &&
           lowerExchange(Operands, From, To,
                         What == Operation::CompareExchange);
  case Operation::SwapBytes:
    Operands.Results[To] =
        operate(Unit.context().getTypeSize(Type) > 32 ? UnaryKind::SwapBytes64
                                                      : UnaryKind::SwapBytes32,
                Old, At, Type);
    return true;
  case Operation::Complement:
  case Operation::Negate:
    Operands.Results[To] = operate(
        What == Operation::Negate ? UnaryKind::Negate : UnaryKind::Complement,
        Old, At, Type);
    return true;
  default:
    break;
  }
  if (Type->isPointerType())
    return false;
  if (Count == 1)
    Source = constant(1, At, Type);
  InstIndex New =
      castTo(operate(*binaryOf(What), Old, Source, At, Type), At, Type);
  Operands.Results[To] = New;
  if (What == Operation::ExchangeAdd) {
    if (!Operands.isOutput(From))
      return false;
    Operands.Results[From] = Old;
  }
  InstIndex Nothing = constant(0, At, Type);
  Operands.Zero =
      operate(BinaryKind::Equal, New, Nothing, At, Unit.context().IntTy);
  Operands.Negative =
      operate(BinaryKind::Less, New, Nothing, At, Unit.context().IntTy);
  return true;
}

/// What an output for a condition of the processor holds; None if it is not
/// known.
InstIndex FunctionLowering::conditionOutput(const AssemblyOperands &Operands,
                                            llvm::StringRef Condition) {
  const bool Not = Condition.consume_front("n");
  InstIndex Flag = Condition == "z" || Condition == "e" ? Operands.Zero
                   : Condition == "s"                   ? Operands.Negative
                                                        : None;
  return Flag != None && Not
             ? operate(UnaryKind::Not, Flag, Operands.At, Unit.context().IntTy)
             : Flag;
}

bool FunctionLowering::lowerKnownAssembly(const GCCAsmStmt *S,
                                          llvm::ArrayRef<InstIndex> Inputs,
                                          llvm::ArrayRef<Place> Outputs) {
  const AssemblyInstruction *Known = nullptr;
  llvm::SmallVector<AssemblyText, 2> Texts = readAssembly(*S, Unit.context());
  for (const AssemblyText &Text : Texts)
    if (!Known && Text.size() == 1 &&
        operationOf(Text[0].Mnemonic) != Operation::Unknown)
      Known = &Text[0];
  if (!Known)
    return false;
  AssemblyOperands Operands;
  Operands.At = S;
  for (unsigned I = 0; I < Outputs.size(); ++I) {
    InstIndex Value = None;
    if (S->isOutputPlusConstraint(I))
      Value = read(Outputs[I], S);
    for (unsigned In = 0; In < Inputs.size(); ++In)
      if (std::string(S->getInputConstraint(In)) == std::to_string(I))
        Value = Inputs[In];
    Operands.Values.push_back(Value);
    Operands.Types.push_back(Outputs[I].Type);
    Operands.Results.push_back(None);
  }
  for (unsigned I = 0; I < Inputs.size(); ++I) {
    Operands.Values.push_back(Inputs[I]);
    Operands.Types.push_back(S->getInputExpr(I)->getType());
  }
  if (!lowerInstruction(Operands, *Known))
    return false;
  for (unsigned I = 0; I < Outputs.size(); ++I) {
    std::string Constraint = outputConstraint(*S, I);
    InstIndex Value = Operands.Results[I];
    if (llvm::StringRef(Constraint).starts_with("=@cc"))
      Value = conditionOutput(Operands, Constraint.substr(4));
    if (Value == None && S->isOutputPlusConstraint(I))
      continue; // No operand of the instruction.
    write(Outputs[I], Value != None ? Value : undefined(S, Outputs[I].Type), S);
  }
  return true;
}

void FunctionLowering::lowerStaticKey(const GCCAsmStmt *S,
                                      llvm::ArrayRef<InstIndex> Inputs) {
  // Which way it goes depends on the operands: the evaluator decides.
  uint32_t Fall = newBlock();
  SourcePlace Where = Unit.place(S->getBeginLoc());
  InstIndex Key = emit(Opcode::Assembly, S, Unit.context().IntTy);
  inst(Key).Name = Unit.string(assemblyText(*S));
  inst(Key).B = Result.Operands.size();
  inst(Key).C = Inputs.size();
  Result.Operands.insert(Result.Operands.end(), Inputs.begin(), Inputs.end());
  Block &Open = Result.Blocks[Current];
  Open.End = Result.Insts.size();
  Open.Kind = Terminator::StaticKey;
  Open.Condition = Key;
  Open.File = Where.File;
  Open.Line = Where.Line;
  Open.Column = Where.Column;
  Open.Key = Unit.string(assemblyText(*S));
  Open.Successors = {Fall};
  uint32_t Head = Current;
  Current = None;
  for (const auto *Target : S->labels()) {
    uint32_t Index = label(Target->getLabel()).Block;
    Result.Blocks[Head].Successors.push_back(Index);
  }
  startBlock(Fall);
}

void FunctionLowering::lowerAssembly(const GCCAsmStmt *S) {
  llvm::SmallVector<InstIndex, 4> Inputs;
  for (unsigned I = 0; I < S->getNumInputs(); ++I)
    Inputs.push_back(lowerExpression(S->getInputExpr(I)));
  if (S->isAsmGoto())
    return lowerStaticKey(S, Inputs);
  llvm::SmallVector<Place, 3> Outputs;
  for (unsigned I = 0; I < S->getNumOutputs(); ++I)
    Outputs.push_back(place(S->getOutputExpr(I)));
  if (lowerKnownAssembly(S, Inputs, Outputs))
    return;
  for (unsigned I = 0; I < S->getNumOutputs(); ++I) {
    std::string Template = assemblyText(*S);
    if (Template.empty() && S->isOutputPlusConstraint(I))
      continue; // A barrier: the value stays what it is.
    // An operand tied to this output, or the one input of a plain move, is
    // what the output becomes; anything else is an open value.
    InstIndex Tied = None;
    for (unsigned In = 0; In < S->getNumInputs(); ++In)
      if (S->getInputConstraint(In) == std::to_string(I))
        Tied = Inputs[In];
    if (Tied == None && S->getNumInputs() == 1 && S->getNumOutputs() == 1 &&
        llvm::StringRef(Template).contains("mov") &&
        S->getInputExpr(0)->isLValue())
      Tied = Inputs[0];
    InstIndex Value = Tied;
    if (Value == None) {
      Value = emit(Opcode::Assembly, S, Outputs[I].Type);
      inst(Value).Name = Unit.string(Template);
      inst(Value).B = Result.Operands.size();
      inst(Value).C = Inputs.size();
      Result.Operands.insert(Result.Operands.end(), Inputs.begin(),
                             Inputs.end());
    }
    write(Outputs[I], Value, S);
  }
}

} // namespace cocodma
