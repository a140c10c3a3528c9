// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions can reach which primitives: what has to be executed, and
// which calls are sites of the ledger.
#ifndef COCODMA_LIFECYCLE_REACH_H
#define COCODMA_LIFECYCLE_REACH_H

#include "link/Program.h"
#include "spec/Spec.h"

#include <set>

namespace cocodma {

/// Kinds of primitives that a function can reach, as bits.
enum ReachBits : uint8_t {
  ReachesBounce = 1,
  ReachesShare = 2,
  ReachesAlias = 4,
  ReachesRegister = 8,
  ReachesCopy = 16,
  ReachesFree = 32,
  ReachesBounceBack = 64, ///< From the bounce slot to the original buffer.
  ReachesMemory = 128,    ///< Allocation, and protections of mappings.
};

/// A function of more instructions than this, with what it calls, is not cheap:
/// who need not execute it does not.
inline constexpr unsigned CheapFunction = 160;

/// Marks in \p Marked, by function, the callers of what is marked. Gives the
/// number of instructions of each function with everything that it calls, up to
/// a limit. Both follow recursion a few rounds deep.
std::vector<unsigned> spreadToCallers(const Program &Linked,
                                      std::vector<bool> &Marked);

/// Reachability over direct calls and over operations whose tables are known.
class Reach {
public:
  Reach(const Program &Linked, const Spec &Vocabulary);

  /// Bits of what a call of \p Id may reach.
  uint8_t of(FunctionId Id) const { return Bits[Id]; }
  /// Bits of what the call \p Call in \p Caller may reach.
  uint8_t ofCall(const Inst &Call) const;
  /// What the ledger calls the site that \p Call is in code of \p Module:
  /// "map", "share" or "alias". Empty if it is none: it reaches no primitive,
  /// or the site is further down, in code of a driver or a bus.
  llvm::StringRef siteKind(llvm::StringRef Module, const Inst &Call) const;
  /// True if \p Id, or what it calls, writes a marker.
  bool writesMarker(FunctionId Id) const { return MarkerWriters[Id]; }
  /// The classes whose drivers or devices \p Module has, by index in the spec.
  const std::set<unsigned> &classesOf(llvm::StringRef Module) const;
  /// True if \p Module registers a driver of any bus.
  bool isDriverModule(llvm::StringRef Module) const {
    return DriverModules.count(Module.str()) != 0;
  }
  /// The struct of the drivers that \p Module registers.
  std::string driverStruct(llvm::StringRef Module) const;
  /// Drivers of a class: global variables of its driver struct.
  const std::vector<GlobalId> &driversOf(unsigned Class) const {
    return Drivers[Class];
  }
  /// Functions that register devices of a class.
  const std::vector<FunctionId> &registrarsOf(unsigned Class) const {
    return Registrars[Class];
  }

  /// True if executing \p Id can neither reach a primitive nor change or read
  /// what a verdict may depend on, and is not cheap either.
  bool isIrrelevant(FunctionId Id) const { return Irrelevant[Id]; }
  /// True if \p Id is one of \p Roots, or they call it, however indirectly.
  bool isWithin(FunctionId Id, const std::set<FunctionId> &Roots) const;

private:
  void findMarkerWriters();
  void findIrrelevant();
  bool takesMemory(const FunctionSummary &Body) const;
  bool isForeign(FunctionId Id) const;
  bool writesDevice(const FunctionSummary &Body) const;
  std::set<StringIndex> relevantFields() const;
  uint8_t primitiveBits(llvm::StringRef Name) const;
  uint8_t bitsOfCall(const FunctionSummary &Body, const Inst &Call) const;
  /// Variables from which \p Id reads functions that it calls, each with the
  /// member that the function is in, or None if it is no record.
  std::set<std::pair<GlobalId, StringIndex>> tablesCalled(FunctionId Id) const;
  /// By function: who calls it through a variable of the same module.
  std::map<FunctionId, std::vector<FunctionId>> callersByTable() const;
  void propagate();
  void findModules();
  void findRegistrars();

  const Program &Linked;
  const Spec &Vocabulary;
  std::vector<uint8_t> Bits;
  std::map<FunctionId, std::vector<FunctionId>> TableCallers;
  std::vector<bool> MarkerWriters;
  std::vector<bool> Irrelevant;
  std::map<std::string, std::set<unsigned>> ModuleClasses;
  std::map<std::string, std::string> DriverModules;
  std::vector<std::vector<GlobalId>> Drivers;
  std::vector<std::vector<FunctionId>> Registrars;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_REACH_H
