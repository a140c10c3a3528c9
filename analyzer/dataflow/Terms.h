// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What values are made of: hash-consed terms over symbols, and objects with
// access paths. Two values are the same if and only if their terms are.
#ifndef COCODMA_DATAFLOW_TERMS_H
#define COCODMA_DATAFLOW_TERMS_H

#include "link/Program.h"
#include "support/InternIndex.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace cocodma {

/// Index of a term.
using TermId = uint32_t;
/// Index of an object.
using ObjectId = uint32_t;
/// Index of an access path; 0 is the empty path.
using PathId = uint32_t;

/// What is known of where a symbol's value comes from. Decides how the judge
/// quantifies over it (docs/design.md, "Atoms").
enum class Certainty : uint8_t {
  Fixed,  ///< Settled by the profile or the configuration.
  Free,   ///< An input, a channel flag, an allocation result, a failure.
  Opaque, ///< What the analysis lost.
};

/// The kinds of terms.
enum class TermKind : uint8_t {
  Constant, ///< Value.
  Symbol,   ///< A: index of the symbol.
  Pointer,  ///< A: object, B: path.
  Function, ///< A: function entity.
  String,   ///< A non-null pointer to characters; A: these, or None.
  Binary,   ///< Sub: BinaryKind; A and B are terms.
  Unary,    ///< Sub: UnaryKind; A is a term.
};

/// How many bits the operator reverses the bytes of; 0 if it does not.
inline unsigned swappedBits(UnaryKind Kind) {
  switch (Kind) {
  case UnaryKind::SwapBytes16:
    return 16;
  case UnaryKind::SwapBytes32:
    return 32;
  case UnaryKind::SwapBytes64:
    return 64;
  default:
    return 0;
  }
}

/// One term.
struct Term {
  TermKind Kind = TermKind::Constant;
  uint8_t Sub = 0;
  uint32_t A = 0;
  uint32_t B = 0;
  int64_t Value = 0;
  bool operator==(const Term &) const = default;
};

/// How many bits a term reverses the bytes of; 0 if it is of another kind.
inline unsigned swappedBits(const Term &T) {
  return T.Kind == TermKind::Unary ? swappedBits(UnaryKind(T.Sub)) : 0;
}

/// A value that the code does not compute.
struct Symbol {
  std::string Name; ///< For people: "offer->chn_flags", "result of kzalloc()".
  Certainty Kind = Certainty::Free;
  uint32_t Fact =
      None;            ///< The fact of the spec that a Fixed symbol stands for.
  bool Kept = false;   ///< Never abstracted away.
  bool Marks = false;  ///< A marker, or what one is made of.
  bool Merged = false; ///< Stands for several numbers that were merged.
  bool ErrorOrZero = false; ///< Negative if it is not zero.
  StringIndex Field = None; ///< The member that held it ("record.field").
};

/// What an object is.
enum class ObjectKind : uint8_t {
  Local,  ///< A local variable that lives in memory.
  Global, ///< A variable of static storage duration; Entity is its id.
  Heap,   ///< Came from an allocation that was executed.
  Input,  ///< Was there before; known by the path that led to it.
};

/// A piece of memory.
struct Object {
  ObjectKind Kind = ObjectKind::Input;
  TypeIndex Type = None;  ///< What it holds, as far as known.
  std::string Name;       ///< For people.
  uint32_t Entity = None; ///< Global: its id.
  bool Zeroed = false;    ///< What was never written is zero.
  bool MayBeNull = false; ///< The pointer to it was never tested.
  bool NoError = false;   ///< If that is not valid, it is null.
  bool Untyped = false;   ///< Reached through void *; a cast may type it.
  bool Lost = false; ///< Behind a pointer that was lost: so is what it holds.
  bool Made = false; ///< Input: an unknown function made it in a probe.
  uint8_t Unit = 0;  ///< Heap: the spec's unit of allocation, plus one.
  /// Heap or global: it shares no page with other objects, as far as known.
  bool WholePages = false;
  uint64_t Pages = 0;       ///< Heap: how many pages it has; 0: not known.
  ObjectId Parent = None;   ///< Input: the object whose field led here.
  StringIndex Field = None; ///< Input: that field.
  uint32_t Line = 0;        ///< Where it was allocated.
  StringIndex File = None;
};

/// One step of an access path.
struct PathStep {
  enum class Kind : uint8_t { Field, Element, Derived } What = Kind::Field;
  /// Field: string; Element: term of the index; Derived: what was added to the
  /// address of an allocation, if that is a small number, or 0.
  uint32_t Id = 0;
  bool operator==(const PathStep &) const = default;
};

/// Owns terms, symbols, objects and paths of one analysis.
class TermTable {
public:
  explicit TermTable(const Program &Linked);

  TermId constant(int64_t Value);
  TermId symbol(std::string Name, Certainty Kind, uint32_t Fact = None);
  /// The symbol of that name, created at the first call.
  TermId namedSymbol(const std::string &Name, Certainty Kind,
                     uint32_t Fact = None);
  TermId pointer(ObjectId Object, PathId Path);
  TermId function(FunctionId Id);
  /// A pointer to \p Characters (None: any).
  TermId string(StringIndex Characters = None);
  TermId binary(BinaryKind Kind, TermId A, TermId B, bool Signed);
  TermId unary(UnaryKind Kind, TermId A);

  /// A negative number, of which \p Number tells the rest.
  TermId errorCode(TermId Number);
  /// True if the term is known to be an error code: as a pointer it is none.
  bool isErrorCode(TermId Id) const;
  /// True if \p Id is the number of a page, made an address, or was computed
  /// from one: no memory is so high that it is all ones.
  bool isPageAddress(TermId Id) const;

  const Term &term(TermId Id) const { return Terms[Id]; }
  const Symbol &symbolOf(TermId Id) const { return Symbols[Terms[Id].A]; }
  std::optional<int64_t> constantOf(TermId Id) const {
    if (Terms[Id].Kind != TermKind::Constant)
      return std::nullopt;
    return Terms[Id].Value;
  }

  /// What rollBack() goes back to.
  struct Checkpoint {
    size_t Terms = 0, Symbols = 0, Paths = 0;
    std::vector<Object> Objects;
  };
  Checkpoint checkpoint() const {
    return {Terms.size(), Symbols.size(), Paths.size(), Objects};
  }
  /// Forgets what was made since \p To, and what was learned of objects.
  void rollBack(const Checkpoint &To);

  ObjectId newObject(Object New);
  Object &object(ObjectId Id) { return Objects[Id]; }
  const Object &object(ObjectId Id) const { return Objects[Id]; }
  size_t objectCount() const { return Objects.size(); }

  PathId extend(PathId Path, PathStep Step);
  PathId field(PathId Path, StringIndex Name) {
    return extend(Path, {PathStep::Kind::Field, Name});
  }
  PathId parent(PathId Path) const { return Paths[Path].Parent; }
  const PathStep &last(PathId Path) const { return Paths[Path].Step; }
  /// How many steps of the path are elements of arrays.
  unsigned elements(PathId Path) const { return Paths[Path].Elements; }
  /// True if the path leads into a member of a union, whose bytes other
  /// members share.
  bool inUnion(PathId Path) const { return Paths[Path].InUnion; }
  /// True if \p Inner is \p Outer or starts with it.
  bool startsWith(PathId Inner, PathId Outer) const;
  /// \p Inner with its prefix \p Outer replaced by \p Replacement.
  PathId rebase(PathId Inner, PathId Outer, PathId Replacement);

  /// The term in words.
  std::string describe(TermId Id) const;
  /// The path in words: "device.driver_data".
  std::string describePath(PathId Path) const;
  /// Notes that the symbol \p Id (a symbol term) is to be kept; \p Marks if it
  /// is (part of) a marker.
  void keep(TermId Id, bool Marks) {
    Symbols[Terms[Id].A].Kept = true;
    Symbols[Terms[Id].A].Marks = Marks;
  }
  /// Notes that the symbol \p Id was read from \p Member ("record.field").
  void setMember(TermId Id, StringIndex Member) {
    Symbols[Terms[Id].A].Field = Member;
  }
  /// Notes that the symbol \p Id is negative or zero.
  void setErrorOrZero(TermId Id) { Symbols[Terms[Id].A].ErrorOrZero = true; }
  /// Notes that the symbol \p Id stands for numbers that were merged.
  void setMerged(TermId Id) { Symbols[Terms[Id].A].Merged = true; }
  /// The symbols that were read from \p Member, the oldest first.
  std::vector<TermId> symbolsOf(StringIndex Member) const;
  /// True if the term depends on numbers that were merged.
  bool isMerged(TermId Id) const;
  /// True if the term is made of facts and markers only.
  bool isMarking(TermId Id) const;
  /// True if the term is made of facts and of what is to be kept only.
  bool isKept(TermId Id) const;
  /// The certainty of the least certain symbol in the term.
  Certainty certainty(TermId Id) const;
  const Program &program() const { return Linked; }

private:
  struct PathNode {
    PathId Parent = 0;
    PathStep Step;
    unsigned Elements = 0;
    bool InUnion = false;
  };
  static uint64_t hashOf(const Term &T);
  static uint64_t hashOf(PathId Path, PathStep Step);
  /// True if every symbol of the term is fixed or has \p Flag.
  bool onlySymbols(TermId Id, bool Symbol::*Flag) const;
  TermId intern(const Term &T);
  std::optional<int64_t> fold(BinaryKind Kind, int64_t A, int64_t B,
                              bool Signed) const;

  const Program &Linked;
  std::vector<Term> Terms;
  std::vector<Symbol> Symbols;
  std::vector<Object> Objects;
  std::vector<PathNode> Paths;
  InternIndex TermIds, PathIds;
  std::unordered_map<std::string, TermId> Named;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_TERMS_H
