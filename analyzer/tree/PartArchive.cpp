// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tree/PartArchive.h"

#include "support/Archive.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/xxhash.h"

#include <functional>

namespace cocodma {

template <typename Archive>
void fields(Archive &A, Archived<Archive, SourceLocation> V) {
  A.value(V.File);
  A.value(V.Line);
  A.value(V.Column);
  A.value(V.Function);
  A.value(V.Within);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, TraceStep> V) {
  A.value(V.Kind);
  fields(A, V.Location);
  A.value(V.Message);
}
/// As drafts are: without what the report adds.
template <typename Archive>
void fields(Archive &A, Archived<Archive, Finding> V) {
  A.value(V.Check);
  A.value(V.Verdict);
  A.value(V.Severity);
  A.value(V.Message);
  fields(A, V.Location);
  A.value(V.DeviceClass);
  A.value(V.DataClass);
  A.value(V.Victim);
  A.value(V.Profiles);
  A.value(V.Guard);
  A.value(V.Trace);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, Tally> V) {
  A.value(V.Leak);
  A.value(V.Crashes);
  A.value(V.Unbound);
  A.value(V.Meant);
  A.value(V.Reached);
  A.value(V.Fails);
  A.value(V.Succeeds);
  A.value(V.Lost);
  A.value(V.Reasons);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, Place> V) {
  A.value(V.Key);
  fields(A, V.Location);
  A.value(V.Function);
  A.value(V.At);
  A.value(V.Kind);
  A.value(V.Expression);
  A.value(V.DeviceClass);
  A.value(V.DataClass);
  A.value(V.Barrier);
  A.value(V.Executed);
  A.value(V.NullTables);
  A.value(V.ByProfile);
  A.value(V.Leak);
  A.value(V.FailsClosed);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, PendingShare> V) {
  A.value(V.Place);
  A.value(V.Profile);
  A.value(V.How);
  A.value(V.Shared);
  A.value(V.Reasons);
  fields(A, V.Draft);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, LooseFinding> V) {
  A.value(V.Function);
  A.value(V.At);
  A.value(V.Expression);
  fields(A, V.What);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, Balance::Calls> V) {
  A.value(V.May);
  A.value(V.Surely);
  A.value(V.Drafts);
  fields(A, V.Location);
  A.value(V.Expression);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, Balance::Module> V) {
  A.value(V.Maps.Places);
  A.value(V.Unmaps.Places);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, PartResult> V) {
  A.value(V.Verdicts.Places);
  A.value(V.Verdicts.Undecided);
  A.value(V.Verdicts.CopyTargets);
  A.value(V.Verdicts.Ineffective);
  A.value(V.Verdicts.Loose);
  A.value(V.Verdicts.Problems);
  A.value(V.Verdicts.CutOff);
  A.value(V.Verdicts.Mappings.Reached);
  A.value(V.Verdicts.Mappings.Modules);
  A.value(V.Engine.Losses);
  A.value(V.Engine.Sharers);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, Consulted> V) {
  A.value(V.What);
  A.value(V.Name);
  A.value(V.Fingerprint);
}

namespace {

/// Gives numbers to what others number otherwise; false from the first one that
/// has no number. Places within functions are moved with their function.
class Renumbering {
public:
  using Map = std::function<uint32_t(uint32_t)>;
  /// \p Moved: by how many lines a function is moved, by its old number.
  Renumbering(Map Functions, Map Variables, Map Moved)
      : Functions(std::move(Functions)), Variables(std::move(Variables)),
        Moved(std::move(Moved)) {}

  bool apply(PartResult &To) {
    for (auto &[Key, Where] : To.Verdicts.Places)
      renumber(Where);
    for (PendingShare &Share : To.Verdicts.Undecided)
      move(Share.Draft);
    for (LooseFinding &Found : To.Verdicts.Loose) {
      Found.Function = renumber(Found.Function, Functions);
      move(Found.What);
    }
    renumberKeys(To.Verdicts.Ineffective);
    for (auto &[Key, Of] : To.Verdicts.Mappings.Modules)
      for (Balance::Side *Which : {&Of.Maps, &Of.Unmaps}) {
        renumberKeys(Which->Places);
        for (auto &[Where, Here] : Which->Places) {
          move(Here.Location);
          for (std::optional<Finding> &Draft : Here.Drafts)
            if (Draft)
              move(*Draft);
        }
      }
    for (auto &[Class, Operations] : To.Verdicts.CutOff) {
      std::map<FunctionId, std::set<FunctionId>> New;
      for (auto &[Operation, Of] : Operations) {
        renumberSet(Of, Functions);
        New.emplace(renumber(Operation, Functions), std::move(Of));
      }
      Operations = std::move(New);
    }
    std::set<Balance::PlaceKey> Reached;
    for (const auto &[Function, At] : To.Verdicts.Mappings.Reached)
      Reached.insert({renumber(Function, Functions), At});
    To.Verdicts.Mappings.Reached = std::move(Reached);
    renumberSet(To.Engine.Sharers, Functions);
    return Fine;
  }

private:
  void renumber(Place &Where) {
    Where.Function = renumber(Where.Function, Functions);
    renumberSet(Where.NullTables, Variables);
    move(Where.Location);
    if (Where.Barrier)
      move(Where.Barrier->Location);
    for (std::optional<Finding> *Found : {&Where.Leak, &Where.FailsClosed})
      if (*Found)
        move(**Found);
  }
  void move(Finding &Found) {
    move(Found.Location);
    for (TraceStep &Step : Found.Trace)
      move(Step.Location);
  }
  void move(SourceLocation &Where) {
    if (Where.Within == None)
      return;
    Where.Line += Moved(Where.Within);
    Where.Within = renumber(Where.Within, Functions);
  }
  uint32_t renumber(uint32_t Id, const Map &How) {
    uint32_t New = How(Id);
    Fine &= New != None;
    return New;
  }
  void renumberSet(std::set<uint32_t> &Ids, const Map &How) {
    std::set<uint32_t> New;
    for (uint32_t Id : Ids)
      New.insert(renumber(Id, How));
    Ids = std::move(New);
  }
  template <typename T>
  void renumberKeys(std::map<std::pair<FunctionId, InstIndex>, T> &Where) {
    std::map<std::pair<FunctionId, InstIndex>, T> New;
    for (auto &[Key, What] : Where)
      New.emplace(std::pair(renumber(Key.first, Functions), Key.second),
                  std::move(What));
    Where = std::move(New);
  }

  Map Functions, Variables, Moved;
  bool Fine = true;
};

/// Puts the places of \p To under their keys as they are now.
void renewKeys(Contribution &To) {
  std::map<std::string, Place> Places;
  std::map<std::string, std::string> NewKeys;
  for (auto &[Key, Where] : To.Places) {
    Where.Key = placeKey(Where.Location, Where.Kind);
    NewKeys[Key] = Where.Key;
    std::string New = Where.Key;
    Places.emplace(std::move(New), std::move(Where));
  }
  To.Places = std::move(Places);
  for (PendingShare &Share : To.Undecided)
    Share.Place = NewKeys[Share.Place];
}

/// Numbers things by the order in which they are asked for.
class NameTable {
public:
  explicit NameTable(std::function<std::string(uint32_t)> NameOf)
      : NameOf(std::move(NameOf)) {}
  std::vector<std::string> Names;

  uint32_t number(uint32_t Id) {
    auto [Entry, New] = Numbers.try_emplace(Id, uint32_t(Names.size()));
    if (New)
      Names.push_back(NameOf(Id));
    return Names[Entry->second].empty() ? None : Entry->second;
  }

private:
  std::function<std::string(uint32_t)> NameOf;
  std::map<uint32_t, uint32_t> Numbers;
};

} // namespace

ProgramNames::ProgramNames(const Program &Linked) : Linked(Linked) {
  // A file may be compiled more than once.
  for (const UnitSummary &Unit : Linked.units()) {
    std::string Name = Unit.Source + "\t" + Unit.Module;
    while (!Units.try_emplace(Name, uint32_t(Names.size())).second)
      Name += "\tagain";
    Names.push_back(std::move(Name));
  }
}

uint32_t ProgramNames::findUnit(llvm::StringRef Name) const {
  auto Found = Units.find(Name);
  return Found == Units.end() ? None : Found->second;
}

std::string ProgramNames::function(FunctionId Id) const {
  const FunctionEntity &Function = Linked.peek(Id);
  std::string Name =
      Names[Function.Unit] + "\n" + Linked.text(Function.Body->Name).str();
  return findFunction(Name) == Id ? Name : "";
}

std::string ProgramNames::variable(GlobalId Id) const {
  const GlobalEntity &Variable = Linked.peekGlobal(Id);
  std::string Name =
      Names[Variable.Unit] + "\n" + Linked.text(Variable.Name).str();
  return findVariable(Name) == Id ? Name : "";
}

FunctionId ProgramNames::findFunction(llvm::StringRef Name) const {
  auto [Unit, Function] = Name.split('\n');
  uint32_t Where = findUnit(Unit);
  StringIndex Text = Linked.find(Function);
  return Where == None || Text == None ? None : Linked.resolve(Where, Text);
}

GlobalId ProgramNames::findVariable(llvm::StringRef Name) const {
  auto [Unit, Variable] = Name.split('\n');
  uint32_t Where = findUnit(Unit);
  StringIndex Text = Linked.find(Variable);
  return Where == None || Text == None ? None
                                       : Linked.resolveVariable(Where, Text);
}

static uint64_t checksumOf(llvm::StringRef Key, llvm::StringRef Bytes) {
  return llvm::xxh3_64bits((llvm::Twine(Key) + "\n" + Bytes).str());
}

std::string serializePart(llvm::StringRef Key, const PartResult &Found,
                          const std::vector<Consulted> &LookedAt,
                          const ProgramNames &Names) {
  NameTable Functions([&](uint32_t Id) { return Names.function(Id); });
  NameTable Variables([&](uint32_t Id) { return Names.variable(Id); });
  PartResult Numbered = Found;
  Renumbering Renumber([&](uint32_t Id) { return Functions.number(Id); },
                       [&](uint32_t Id) { return Variables.number(Id); },
                       [&](uint32_t Id) { return 0 - Names.firstLine(Id); });
  if (!Renumber.apply(Numbered))
    return "";
  ArchiveWriter Out;
  Out.value(LookedAt);
  Out.value(Functions.Names);
  Out.value(Variables.Names);
  fields(Out, Numbered);
  ArchiveWriter Whole;
  Whole.value(checksumOf(Key, Out.Bytes));
  return Whole.Bytes + Out.Bytes;
}

std::optional<PartResult>
deserializePart(llvm::StringRef Key, llvm::StringRef Bytes,
                const ProgramNames &Names, bool &Damaged,
                llvm::function_ref<bool(const std::vector<Consulted> &)> Fits) {
  uint64_t Checksum = 0;
  Damaged = true;
  if (Bytes.size() < sizeof(Checksum))
    return std::nullopt;
  std::memcpy(&Checksum, Bytes.data(), sizeof(Checksum));
  Bytes = Bytes.drop_front(sizeof(Checksum));
  if (Checksum != checksumOf(Key, Bytes))
    return std::nullopt;
  ArchiveReader In(Bytes);
  std::vector<Consulted> LookedAt;
  In.value(LookedAt);
  if (!Fits(LookedAt)) {
    Damaged = false;
    return std::nullopt;
  }
  std::vector<std::string> Functions, Variables;
  In.value(Functions);
  In.value(Variables);
  PartResult Result;
  fields(In, Result);
  if (In.failed())
    return std::nullopt;
  Damaged = false;
  Renumbering Renumber(
      [&](uint32_t Id) {
        return Id < Functions.size() ? Names.findFunction(Functions[Id]) : None;
      },
      [&](uint32_t Id) {
        return Id < Variables.size() ? Names.findVariable(Variables[Id]) : None;
      },
      [&](uint32_t Id) {
        FunctionId Now =
            Id < Functions.size() ? Names.findFunction(Functions[Id]) : None;
        return Now == None ? 0 : Names.firstLine(Now);
      });
  if (!Renumber.apply(Result))
    return std::nullopt;
  renewKeys(Result.Verdicts);
  return Result;
}

} // namespace cocodma
