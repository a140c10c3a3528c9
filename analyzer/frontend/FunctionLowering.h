// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers one function body into instructions and blocks. Expressions become
// instructions in evaluation order; control flow becomes blocks; scopes with
// cleanup attributes become calls where they are left. What has no faithful
// lowering becomes Opcode::Undefined and is noted as a limit of the unit.
#ifndef COCODMA_FRONTEND_FUNCTIONLOWERING_H
#define COCODMA_FRONTEND_FUNCTIONLOWERING_H

#include "frontend/UnitBuilder.h"

#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallVector.h"

namespace cocodma {

struct AssemblyInstruction;

/// What a lowered body refers to and somebody else must lower or declare.
struct References {
  llvm::SetVector<const clang::FunctionDecl *> Functions;
  llvm::SetVector<const clang::VarDecl *> Globals;
};

/// Lowers one function. Single use: construct, run(), discard.
class FunctionLowering {
public:
  /// Will lower \p Function into \p Unit and add what it names to \p Used.
  FunctionLowering(UnitBuilder &Unit, const clang::FunctionDecl *Function,
                   References &Used)
      : Unit(Unit), Function(Function), Used(Used) {}

  /// The lowered function.
  FunctionSummary run();

private:
  /// An assignable place: a frame variable or an address.
  struct Place {
    uint32_t Local = None;
    InstIndex Address = None;
    clang::QualType Type;
    const clang::FieldDecl *BitField = nullptr; ///< If it is one.
  };
  /// A scope that may hold variables with a cleanup attribute.
  struct Scope {
    llvm::SmallVector<const clang::VarDecl *, 2> Cleanups;
  };
  /// Where break and continue lead, and how deep the scopes are there.
  struct JumpTarget {
    uint32_t Break = None;
    uint32_t Continue = None;
    size_t BreakDepth = 0;
    size_t ContinueDepth = 0;
  };
  /// The switch that case labels belong to.
  struct OpenSwitch {
    std::vector<uint32_t> Targets;
    std::vector<SwitchCase> Cases;
    uint32_t Default = None;
  };
  /// A label of the function.
  struct Label {
    uint32_t Block = None;
    size_t Depth = 0;
  };

  // Instructions (FunctionLowering.cpp).
  InstIndex emit(Opcode Op, const clang::Stmt *At, clang::QualType Type);
  Inst &inst(InstIndex Index) { return Result.Insts[Index]; }
  InstIndex constant(int64_t Value, const clang::Stmt *At,
                     clang::QualType Type);
  InstIndex undefined(const clang::Stmt *At, clang::QualType Type);
  uint32_t newBlock();
  void startBlock(uint32_t Index);
  bool terminated() const { return Current == None; }
  void jump(uint32_t Target);
  void branch(InstIndex Condition, const clang::Stmt *Text, uint32_t True,
              uint32_t False);
  void endPath();
  uint32_t localOf(const clang::VarDecl *Variable);
  void declareParameters();
  void findAddressTaken(const clang::Stmt *Body);

  // Expressions (ExpressionLowering.cpp).
  InstIndex lowerExpression(const clang::Expr *E);
  InstIndex lowerCast(const clang::CastExpr *E);
  InstIndex lowerUnary(const clang::UnaryOperator *E);
  InstIndex lowerIncrement(const clang::UnaryOperator *E);
  InstIndex lowerBinary(const clang::BinaryOperator *E);
  InstIndex lowerAssignment(const clang::BinaryOperator *E);
  InstIndex lowerCompoundAssignment(const clang::CompoundAssignOperator *E);
  InstIndex lowerLogical(const clang::BinaryOperator *E);
  InstIndex lowerConditional(const clang::AbstractConditionalOperator *E);
  InstIndex lowerCall(const clang::CallExpr *E);
  InstIndex lowerStaticCall(const clang::Expr *E, llvm::StringRef Name);
  std::optional<InstIndex> lowerBuiltin(const clang::CallExpr *E,
                                        llvm::StringRef Name);
  InstIndex lowerStatementExpression(const clang::StmtExpr *E);
  InstIndex lowerCompoundLiteral(const clang::CompoundLiteralExpr *E);
  InstIndex countElements(InstIndex Bytes, const clang::Expr *At,
                          clang::QualType Element);
  InstIndex lowerContainerOf(const clang::Expr *Pointer,
                             const clang::OffsetOfExpr *Offset,
                             const clang::Expr *At);
  InstIndex lowerReference(const clang::DeclRefExpr *E);
  InstIndex callInstruction(const clang::Stmt *At, clang::QualType Type,
                            StringIndex Name, InstIndex Callee,
                            llvm::ArrayRef<InstIndex> Arguments);
  bool lowerCondition(const clang::Expr *E, uint32_t True, uint32_t False);
  std::optional<int64_t> constantValue(const clang::Expr *E);
  void initialize(const Place &To, const clang::Expr *Init);
  void initializeList(InstIndex Address, clang::QualType Type,
                      const clang::InitListExpr *List);

  // Places (PlaceLowering.cpp).
  Place place(const clang::Expr *E);
  InstIndex addressOf(const clang::Expr *E);
  InstIndex read(const Place &From, const clang::Stmt *At);
  /// Gives what will be read there.
  InstIndex write(const Place &To, InstIndex Value, const clang::Stmt *At);
  InstIndex fieldAddress(InstIndex Base, const clang::FieldDecl *Field,
                         const clang::Stmt *At);
  InstIndex elementAddress(InstIndex Base, InstIndex Index,
                           const clang::Stmt *At, clang::QualType Type);

  // Statements (StatementLowering.cpp).
  void lowerStatement(const clang::Stmt *S);
  void lowerCompound(const clang::CompoundStmt *S);
  void lowerDeclaration(const clang::DeclStmt *S);
  void lowerVariable(const clang::VarDecl *Variable);
  void lowerIf(const clang::IfStmt *S);
  void lowerWhile(const clang::WhileStmt *S);
  void lowerDo(const clang::DoStmt *S);
  void lowerFor(const clang::ForStmt *S);
  void lowerSwitch(const clang::SwitchStmt *S);
  void lowerCase(const clang::SwitchCase *S);
  void lowerReturn(const clang::ReturnStmt *S);
  void lowerGoto(const clang::GotoStmt *S);
  void lowerIndirectGoto(const clang::IndirectGotoStmt *S);
  void lowerLabel(const clang::LabelStmt *S);
  void leaveScopes(size_t Depth);
  void runCleanup(const clang::VarDecl *Variable);
  Label &label(const clang::LabelDecl *Declaration);

  // Inline assembly (AssemblyLowering.cpp).
  struct AssemblyOperands;
  void lowerAssembly(const clang::GCCAsmStmt *S);
  void lowerStaticKey(const clang::GCCAsmStmt *S,
                      llvm::ArrayRef<InstIndex> Inputs);
  bool lowerKnownAssembly(const clang::GCCAsmStmt *S,
                          llvm::ArrayRef<InstIndex> Inputs,
                          llvm::ArrayRef<Place> Outputs);
  bool lowerInstruction(AssemblyOperands &Operands,
                        const AssemblyInstruction &Given);
  bool lowerExchange(AssemblyOperands &Operands, unsigned First,
                     unsigned Second, bool Compared);
  InstIndex conditionOutput(const AssemblyOperands &Operands,
                            llvm::StringRef Condition);

  // Bits of numbers (BitLowering.cpp).
  std::optional<InstIndex> lowerBitBuiltin(const clang::CallExpr *E,
                                           llvm::StringRef Name);
  /// The number of the lowest (or \p Last) bit of \p Number that is set, or \p
  /// Otherwise (None: whatever) where none is.
  InstIndex lookForBit(InstIndex Number, clang::QualType NumberType, bool Last,
                       InstIndex Otherwise, const clang::Stmt *At,
                       clang::QualType Type);
  InstIndex unsignedNumber(InstIndex Number, clang::QualType Type,
                           const clang::Stmt *At);
  InstIndex operate(BinaryKind Kind, InstIndex Left, InstIndex Right,
                    const clang::Stmt *At, clang::QualType Type);
  InstIndex operate(UnaryKind Kind, InstIndex Operand, const clang::Stmt *At,
                    clang::QualType Type);
  InstIndex choose(InstIndex Condition, InstIndex True, InstIndex False,
                   const clang::Stmt *At, clang::QualType Type);
  InstIndex castTo(InstIndex Operand, const clang::Stmt *At,
                   clang::QualType Type);

  UnitBuilder &Unit;
  const clang::FunctionDecl *Function;
  References &Used;
  FunctionSummary Result;
  uint32_t Current = None; ///< The open block, or None after a terminator.
  llvm::DenseMap<const clang::VarDecl *, uint32_t> LocalIds;
  llvm::DenseSet<const clang::VarDecl *> AddressTaken;
  llvm::DenseMap<const clang::LabelDecl *, Label> Labels;
  /// Depth of operands that are lowered in line although the program may not
  /// evaluate them.
  unsigned Speculating = 0;
  llvm::DenseMap<const clang::Expr *, InstIndex> OpaqueValues;
  llvm::SmallVector<Scope, 8> Scopes;
  llvm::SmallVector<JumpTarget, 4> Jumps;
  llvm::SmallVector<OpenSwitch *, 2> Switches;
  bool InConstantArm = false;
};

} // namespace cocodma

#endif // COCODMA_FRONTEND_FUNCTIONLOWERING_H
