// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lowered form of one translation unit: what the cache stores, what link
// reads and what the evaluator executes. It knows no Clang and no spec.
#ifndef COCODMA_SUMMARY_UNITSUMMARY_H
#define COCODMA_SUMMARY_UNITSUMMARY_H

#include <cstdint>
#include <string>
#include <vector>

namespace cocodma {

/// Index of a string in UnitSummary::Strings.
using StringIndex = uint32_t;
/// Index of a type in UnitSummary::Types.
using TypeIndex = uint32_t;
/// Index of an instruction in its function; names the value that it computes.
using InstIndex = uint32_t;

/// "No operand", "no type", "no string".
inline constexpr uint32_t None = UINT32_MAX;

/// What a type is, as far as the analysis needs to know it.
enum class TypeKind : uint8_t {
  Void,
  Bool,
  Integer,  ///< Any integer or enumeration; Bits and Signed apply.
  Pointer,  ///< Inner is the pointee.
  Record,   ///< A struct or union; Name is its tag.
  Array,    ///< Inner is the element, Count the length (0: unknown).
  Function, ///< Inner is the result.
  Other,
};

/// One type. Typedef names are kept only where they carry meaning.
struct SummaryType {
  TypeKind Kind = TypeKind::Other;
  uint8_t Bits = 0;        ///< Width of an integer.
  uint8_t Signed = 0;      ///< 1 if the integer is signed.
  uint8_t Reserved = 0;    ///< Zero; keeps the layout free of padding.
  TypeIndex Inner = None;  ///< Pointee, element or result.
  StringIndex Name = None; ///< Record tag, or the typedef of an integer.
  uint32_t Count = 0;      ///< Array length.
  uint64_t Size = 0;       ///< In bytes; 0 if incomplete.
};

/// What an instruction computes. A, B, C and Value of Inst are its operands.
enum class Opcode : uint8_t {
  Constant,        ///< Value.
  StringLiteral,   ///< A pointer to constant characters; Name: these, or None
                   ///< if there are many.
  LocalAddress,    ///< A: local variable that lives in memory.
  GlobalAddress,   ///< Name: a global variable.
  FunctionAddress, ///< Name: a function.
  ReadLocal,       ///< A: local variable that lives in the frame.
  WriteLocal,      ///< A: local variable; B: value.
  FieldAddress,    ///< A: address of a record; Name: "record.field"; Value:
                   ///< the field's first bit there; C: how many bits it has;
                   ///< Sub: 1 if it is, or lies in, a member of a union.
  ElementAddress,  ///< A: address of the first element; B: index.
  Load,            ///< A: address; Type: what is read; Sub: 1 if the program
                   ///< may not get here (the unevaluated side of an operator),
                   ///< 2 if it reads where a static call goes.
  Store,           ///< A: address; B: value; Type: what is written.
  CopyObject,      ///< A: destination; B: source; both addresses of records.
  ZeroObject,      ///< A: address; everything behind it becomes zero.
  Binary,          ///< Sub: BinaryKind; A, B.
  Unary,           ///< Sub: UnaryKind; A.
  Cast,            ///< A; Type: target.
  ContainerOf,     ///< A: member's address; Name: "record.member[.member]".
  Call,            ///< Name or A: callee; B: first argument, C: count; Sub:
                   ///< a bit for each argument that is only read through.
  Select,          ///< A ? B : C, all three evaluated under their guards.
  LogicalAnd,      ///< A && B; B is only evaluated where A holds.
  LogicalOr,       ///< A || B.
  Assembly,        ///< Name: template; B: first operand, C: count.
  Undefined,       ///< A value that the language or the lowering leaves open.
};

/// The operators of Opcode::Binary.
enum class BinaryKind : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  ShiftLeft,
  ShiftRight,
  And,
  Or,
  ExclusiveOr,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
};

/// The operators of Opcode::Unary.
enum class UnaryKind : uint8_t {
  Negate,
  Complement,
  Not,
  SwapBytes16, ///< The bytes of a number of that many bits, the other way.
  SwapBytes32,
  SwapBytes64,
  CountBits, ///< How many bits are set.
  FirstBit,  ///< The number of the lowest bit that is set; nothing sensible
             ///< where none is.
  LastBit,   ///< That of the highest one.
};

/// One instruction. Its result is named by its index in the function.
struct Inst {
  Opcode Op = Opcode::Undefined;
  uint8_t Sub = 0;
  uint16_t Column = 0;
  uint32_t Line = 0;
  StringIndex File = None;
  StringIndex Name = None;
  TypeIndex Type = None;
  uint32_t A = None;
  uint32_t B = None;
  uint32_t C = None;
  int64_t Value = 0;

  /// True if this is a call that hands its argument \p N over to be read only.
  bool onlyReads(uint32_t N) const {
    return Op == Opcode::Call && N < 8 && (Sub >> N & 1);
  }
};

/// How a block ends.
enum class Terminator : uint8_t {
  Jump,        ///< To the only successor.
  Branch,      ///< On Condition: successor 0 if true, 1 if false.
  Switch,      ///< On Condition: successors by case; the last is the default.
  StaticKey,   ///< asm goto: one of all successors, decided by Key.
  Return,      ///< Condition is the value or None.
  Unreachable, ///< The path ends here (BUG(), noreturn).
};

/// One case range of a switch.
struct SwitchCase {
  int64_t Low = 0;
  int64_t High = 0;
};

/// A basic block: instructions [First, End) of its function.
struct Block {
  InstIndex First = 0;
  InstIndex End = 0;
  Terminator Kind = Terminator::Unreachable;
  InstIndex Condition = None;
  StringIndex Key = None; ///< The static key, if Kind is StaticKey.
  uint32_t Line = 0;      ///< Where the decision stands.
  uint16_t Column = 0;
  StringIndex File = None;
  StringIndex Text = None; ///< Source text of the condition, for people.
  std::vector<uint32_t> Successors;
  std::vector<SwitchCase> Cases; ///< Parallel to Successors but the last.
};

/// A parameter or local variable.
struct LocalVariable {
  StringIndex Name = None;
  TypeIndex Type = None;
  bool InMemory = false; ///< Its address is taken, or it is a record or array.
  uint8_t Reserved[3] = {}; ///< Zero; keeps the layout free of padding.
};

/// A function with a body.
struct FunctionSummary {
  StringIndex Name = None;
  StringIndex File = None;
  uint32_t Line = 0;
  TypeIndex Result = None;
  bool Internal = false; ///< static
  bool Weak = false;
  bool Inline = false;  ///< Its text stands in a header.
  bool Initial = false; ///< Stands in a section that is freed after boot.
  bool Final = false;   ///< Stands in a section for the unloading of a module.
  uint32_t ParameterCount = 0;
  std::vector<LocalVariable> Locals; ///< The parameters first.
  std::vector<Inst> Insts;
  std::vector<InstIndex> Operands; ///< Pool of call and asm operands.
  std::vector<Block> Blocks;       ///< Block 0 is the entry.
};

/// What a path of an initializer ends in.
struct InitializerEntry {
  std::vector<StringIndex> Path; ///< "record.field" or "#N" for an element.
  enum class Kind : uint8_t {
    Integer,
    Global,
    Function,
    String
  } What = Kind::Integer;
  int64_t Value = 0;
  StringIndex Name = None;             ///< Of the global or function, or the
                                       ///< characters of the string or None.
  std::vector<StringIndex> TargetPath; ///< Within that global.
};

/// A variable of static storage duration.
struct GlobalSummary {
  StringIndex Name = None;
  StringIndex File = None;
  uint32_t Line = 0;
  TypeIndex Type = None;
  bool Internal = false;
  bool Weak = false;
  bool Defined = false;
  bool Constant = false;  ///< const-qualified.
  bool Placed = false;    ///< In a section that the code names.
  uint32_t Alignment = 0; ///< In bytes; 0 if it is not defined here.
  std::vector<InitializerEntry> Initializer;
};

/// A declared function without a body here; what unresolved calls know.
struct DeclarationSummary {
  StringIndex Name = None;
  TypeIndex Result = None;
  bool NoReturn = false;
  uint8_t Reserved[3] = {}; ///< Zero; keeps the layout free of padding.
};

/// A file that the unit was made of, and what identifies its content.
struct Dependency {
  std::string Path; ///< As the compiler opened it.
  uint64_t Hash = 0;
  uint64_t Size = 0;
  int64_t ModificationTime = 0; ///< Nanoseconds; a hint, never proof.
};

/// The value of an enumerator that the spec names.
struct NamedConstant {
  StringIndex Name = None;
  uint32_t Reserved = 0; ///< Zero; keeps the layout free of padding.
  int64_t Value = 0;
};

/// A place, in words: what is known of it after the AST is gone.
struct DesignPlace {
  std::string File; ///< As the compiler opened it; empty if there is none.
  uint32_t Line = 0;
  uint32_t Column = 0;
  std::string Function; ///< The enclosing one; empty if there is none.
};

/// A further place that belongs to a finding.
struct DesignNote {
  DesignPlace At;
  std::string Text;
};

/// What a rule of design has to say about the unit.
struct DesignFinding {
  std::string Check; ///< "coco-bus-cast".
  DesignPlace At;
  std::string Message;
  /// What of its function or file it is about, whatever the line.
  std::string Subject;
  /// Callbacks that a table of operations lacks.
  std::vector<std::string> Lacking;
  /// Functions: if one of them is a BusTeller of any unit, nothing is wrong.
  std::vector<std::string> Unless;
  std::vector<DesignNote> Notes;
};

/// A lowered translation unit.
struct UnitSummary {
  std::string Source; ///< Absolute path of the main file.
  std::string Module; ///< KBUILD_MODNAME, or empty.
  std::vector<std::string> Strings;
  std::vector<SummaryType> Types;
  std::vector<FunctionSummary> Functions;
  std::vector<GlobalSummary> Globals;
  std::vector<DeclarationSummary> Declarations;
  /// Enumerators and object-like macros of the spec that this unit knows.
  std::vector<NamedConstant> NamedConstants;
  /// Fields of records of the spec that this unit saw: "record.field".
  std::vector<StringIndex> KnownFields;
  std::vector<Dependency> Dependencies;
  /// What the front end could not lower faithfully, in words.
  std::vector<std::string> Limits;
  /// What is not code, but was found by looking at it.
  std::vector<DesignFinding> Design;
  /// Functions that are true only for devices whose bus they compared.
  std::vector<std::string> BusTellers;
  /// Who should have filled in Design crashed.
  bool DesignLost = false;
};

} // namespace cocodma

#endif // COCODMA_SUMMARY_UNITSUMMARY_H
