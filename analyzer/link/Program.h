// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The linked program: all units of the database with names resolved as the
// kernel's linker and module loader resolve them. Strings and types of the
// units are merged into one table each.
#ifndef COCODMA_LINK_PROGRAM_H
#define COCODMA_LINK_PROGRAM_H

#include "summary/UnitSummary.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cocodma {

/// Index of a function entity of the program.
using FunctionId = uint32_t;
/// Index of a global variable entity of the program.
using GlobalId = uint32_t;

/// A function with a body, in one unit. Header functions have one entity for
/// each unit that uses them.
struct FunctionEntity {
  const FunctionSummary *Body = nullptr;
  uint32_t Unit = 0;
};

/// A variable of static storage duration.
struct GlobalEntity {
  StringIndex Name = None;
  uint32_t Unit = 0;
  const GlobalSummary *Definition = nullptr; ///< Null if only declared.
  TypeIndex Type = None;
  /// The module if it is not visible elsewhere.
  bool Internal = false;
};

/// A place where a field is written.
struct FieldWrite {
  FunctionId Function = None;
  InstIndex Store = None; ///< Or what hands out the address of a variable.
};

/// What is known of a field from any access to it.
struct FieldLayout {
  TypeIndex Type = None;
  uint64_t FirstBit = 0; ///< In the record that it is named after.
  uint32_t Bits = 0;     ///< How many; 0: not known.
  bool InUnion = false;  ///< It shares its bytes with other members.
};

/// What somebody looked at in a program. What hangs on it needs to be done
/// again only where that has changed.
struct ReadLog {
  llvm::BitVector Units; ///< Whose functions and variables.
  // What the whole program says of one thing, by the accessors of Program.
  std::set<StringIndex> Initializers, Writers, Records;
  std::set<GlobalId> GlobalWriters;
  std::set<FunctionId> Callers, Takers, Tables;
  std::set<FunctionId> Inspected; ///< What they do, wherever it stands.
};

/// Owns the units. Immutable after link(), but for who looks at what.
class Program {
public:
  /// Adds a unit; call link() when all are there. The order of calls decides
  /// nothing but the numbering.
  void add(UnitSummary Unit);
  /// Resolves every name. Instructions of calls and addresses get the entity's
  /// id in Inst::Value (or -1).
  void link();

  /// Text of an interned string.
  llvm::StringRef text(StringIndex Index) const {
    return Index == None ? llvm::StringRef() : llvm::StringRef(Texts[Index]);
  }
  /// The index of \p Text, interning it if it is new.
  StringIndex intern(llvm::StringRef Text);
  /// The index of \p Text, or None.
  StringIndex find(llvm::StringRef Text) const;
  const SummaryType &type(TypeIndex Index) const { return Types[Index]; }
  /// The name of the record that \p Index is or points to; None if neither.
  StringIndex recordOf(TypeIndex Index) const;
  /// True if \p Index is a pointer.
  bool isPointer(TypeIndex Index) const {
    return Index != None && Types[Index].Kind == TypeKind::Pointer;
  }
  /// The type that \p Index points to, or None.
  TypeIndex pointee(TypeIndex Index) const {
    return isPointer(Index) ? Types[Index].Inner : None;
  }

  const std::deque<UnitSummary> &units() const { return Units; }
  const FunctionEntity &function(FunctionId Id) const {
    consult(Functions[Id].Unit);
    return Functions[Id];
  }
  /// As function(), for those who look at all functions of the program in order
  /// to pick some: it is not noted. What they pick must not hang on the bodies
  /// of others.
  const FunctionEntity &peek(FunctionId Id) const { return Functions[Id]; }
  /// As function(), for those who look at what a function does without getting
  /// there: its lines, and the rest of its unit, do not matter to them.
  const FunctionEntity &inspect(FunctionId Id) const {
    if (Reads)
      Reads->Inspected.insert(Id);
    return Functions[Id];
  }
  size_t functionCount() const { return Functions.size(); }
  const GlobalEntity &global(GlobalId Id) const {
    consult(Globals[Id].Unit);
    return Globals[Id];
  }
  const GlobalEntity &peekGlobal(GlobalId Id) const { return Globals[Id]; }
  size_t globalCount() const { return Globals.size(); }

  /// From here on what somebody looks at is noted in \p Into, whose Units have
  /// a bit for each unit; null: nowhere. Borrowed. Returns what was noted into
  /// before.
  ReadLog *noteReads(ReadLog *Into) const { return std::exchange(Reads, Into); }
  /// Notes that somebody looked at a unit.
  void consult(uint32_t Unit) const {
    if (Reads)
      Reads->Units.set(Unit);
  }
  /// Notes that somebody looked at all units of a module.
  void consultModule(llvm::StringRef Module) const;

  llvm::StringRef functionName(FunctionId Id) const {
    return text(Functions[Id].Body->Name);
  }
  /// KBUILD_MODNAME of the unit of \p Id.
  llvm::StringRef moduleOf(FunctionId Id) const {
    return Units[Functions[Id].Unit].Module;
  }
  /// The function of external linkage called \p Name; None if there is none.
  FunctionId externalFunction(llvm::StringRef Name) const;
  /// What \p Name means in \p Unit: a static of its own or the external one.
  FunctionId resolve(uint32_t Unit, StringIndex Name) const {
    return resolveFunction(Unit, Name);
  }
  /// The variable that \p Name means in \p Unit; None if it is unknown.
  GlobalId resolveVariable(uint32_t Unit, StringIndex Name) const;
  /// Any function called \p Name, statics included; None if there is none.
  FunctionId anyFunction(llvm::StringRef Name) const;
  /// Functions that initializers put into \p Field ("record.field").
  llvm::ArrayRef<FunctionId> initializersOf(StringIndex Field) const;
  /// Stores to \p Field anywhere in the program.
  llvm::ArrayRef<FieldWrite> writesOf(StringIndex Field) const;
  /// Stores to a global itself (not to one of its fields), and, of one that is
  /// neither record nor array, what gives its address to others.
  llvm::ArrayRef<FieldWrite> writesOfGlobal(GlobalId Id) const;
  /// True if \p Record has a member of record type \p Inner, at any depth that
  /// the program's code reaches.
  bool embeds(StringIndex Record, StringIndex Inner) const;
  /// The records that \p Record has as members.
  llvm::ArrayRef<StringIndex> embeddedIn(StringIndex Record) const;
  /// The type of \p Field ("record.field") in the first unit that accesses it;
  /// None if none does.
  TypeIndex typeOfField(StringIndex Field) const;
  /// The place of \p Field in its record, likewise; null if none does.
  const FieldLayout *layoutOf(StringIndex Field) const;
  /// True if only code of one module reaches into \p Record.
  bool isPrivate(StringIndex Record) const;
  /// Functions whose body calls \p Id directly.
  llvm::ArrayRef<FunctionId> callersOf(FunctionId Id) const;
  /// Functions whose body takes the address of \p Id.
  llvm::ArrayRef<FunctionId> takersOf(FunctionId Id) const;
  /// True if \p Id is what static calls go to at first, and nobody else has its
  /// address: it is executed where these are, under the condition under which
  /// they go there, and is no entry point of its own. Only calls in the unit
  /// that defines the variable with the target are known.
  bool isStaticTarget(FunctionId Id) const;
  /// Globals whose initializer names \p Id.
  llvm::ArrayRef<GlobalId> tablesOf(FunctionId Id) const;
  /// Value of an enumerator that the spec names, if any unit has it.
  std::optional<int64_t> namedConstant(llvm::StringRef Name) const;
  /// True if some unit has the field "record.field".
  bool hasField(llvm::StringRef Name) const;

private:
  void mergeStrings(UnitSummary &Unit, std::vector<StringIndex> &Map);
  void mergeTypes(UnitSummary &Unit, const std::vector<StringIndex> &Strings,
                  std::vector<TypeIndex> &Map);
  TypeIndex mergeType(const UnitSummary &Unit, TypeIndex Index,
                      const std::vector<StringIndex> &Strings,
                      std::vector<TypeIndex> &Map);
  void declareEntities();
  void declareGlobal(uint32_t Unit, const GlobalSummary &Global);
  void resolveUnit(uint32_t Unit);
  void indexFunction(FunctionId Id);
  void indexEscapes(FunctionId Id, InstIndex Index);
  void indexEscape(FunctionId Id, InstIndex Index, InstIndex Value);
  FunctionId resolveFunction(uint32_t Unit, StringIndex Name) const;
  GlobalId resolveGlobal(uint32_t Unit, StringIndex Name);

  std::deque<UnitSummary> Units;
  std::vector<std::string> Texts;
  llvm::StringMap<StringIndex> TextIds;
  std::vector<SummaryType> Types;
  std::map<std::tuple<int, int, int, uint32_t, uint32_t, uint32_t, uint64_t>,
           TypeIndex>
      TypeIds;
  std::vector<FunctionEntity> Functions;
  std::vector<GlobalEntity> Globals;
  llvm::DenseMap<StringIndex, FunctionId> External;
  llvm::DenseMap<std::pair<uint32_t, StringIndex>, FunctionId> Internal;
  llvm::DenseMap<StringIndex, GlobalId> ExternalGlobals;
  llvm::DenseMap<std::pair<uint32_t, StringIndex>, GlobalId> InternalGlobals;
  std::map<StringIndex, std::vector<FunctionId>> FieldInitializers;
  std::map<StringIndex, std::vector<FieldWrite>> FieldWrites;
  std::map<GlobalId, std::vector<FieldWrite>> GlobalWrites;
  std::map<FunctionId, std::vector<FunctionId>> Callers;
  std::map<FunctionId, std::vector<FunctionId>> Takers;
  std::map<FunctionId, std::vector<GlobalId>> Tables;
  /// Who makes static calls, by the variable that holds their target.
  std::map<GlobalId, std::vector<FunctionId>> StaticCallers;
  std::map<StringIndex, std::vector<StringIndex>> Embedded;
  std::map<StringIndex, std::vector<StringIndex>> UsersOfRecord;
  llvm::DenseMap<StringIndex, FieldLayout> Layouts;
  llvm::StringMap<int64_t> Constants;
  llvm::StringMap<bool> Fields;
  mutable ReadLog *Reads = nullptr;
};

} // namespace cocodma

#endif // COCODMA_LINK_PROGRAM_H
