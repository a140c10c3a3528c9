// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Balance.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {
namespace {

/// By function: whether a call of one that \p Wanted holds for is reached.
template <typename Predicate>
std::vector<bool> reaching(const Program &Linked, const Spec &Vocabulary,
                           Predicate Wanted) {
  std::vector<bool> Result(Linked.functionCount());
  std::vector<FunctionId> Work;
  for (FunctionId Id = 0; Id < Result.size(); ++Id)
    for (const Inst &I : Linked.function(Id).Body->Insts)
      if (I.Op == Opcode::Call && I.Name != None && !Result[Id])
        if (const AttributedFunction *F =
                Vocabulary.Design.attributed(Linked.text(I.Name));
            F && Wanted(F->Kind)) {
          Result[Id] = true;
          Work.push_back(Id);
        }
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    for (FunctionId Caller : Linked.callersOf(Id))
      if (!Result[Caller]) {
        Result[Caller] = true;
        Work.push_back(Caller);
      }
  }
  return Result;
}

/// How many atoms there were when the entry point was called in which \p Seen
/// happened.
size_t atomsBeforeEntry(const Event &Seen) {
  const Frame *Outermost = Seen.Where.get();
  while (Outermost->Caller)
    Outermost = Outermost->Caller.get();
  return Outermost->AtomsBefore;
}

bool mapsAt(const Balance::Sighting &New) {
  return New.Seen->What.Kind == EventKind::Map;
}

} // namespace

Balance::Balance(const Program &Linked, const Spec &Vocabulary,
                 Guards &Conditions, TermTable &Terms,
                 const TraceBuilder &Traces, const Profiles &Platforms)
    : Linked(Linked), Vocabulary(Vocabulary), Conditions(Conditions),
      Terms(Terms), Traces(Traces), Platforms(Platforms),
      Mapping(reaching(Linked, Vocabulary, mapsMemory)),
      Unmapping(reaching(Linked, Vocabulary, unmapsMemory)) {}

void Balance::addStores(FunctionId Function, std::set<StringIndex> &To) const {
  const FunctionSummary &Body = *Linked.function(Function).Body;
  auto Written = [&](uint32_t Register) {
    while (Register != None) {
      const Inst &Address = Body.Insts[Register];
      if (Address.Op == Opcode::FieldAddress)
        To.insert(Address.Name);
      else if (Address.Op != Opcode::ElementAddress)
        return;
      Register = Address.A;
    }
  };
  for (const Inst &I : Body.Insts) {
    if (I.Op == Opcode::Store)
      Written(I.A);
    // Who is given a member's address may write to it.
    if (I.Op == Opcode::Call)
      for (uint32_t N = 0; N < I.C; ++N)
        Written(Body.Operands[I.B + N]);
  }
}

std::set<FunctionId> Balance::mappingFunctions(llvm::StringRef Module) const {
  std::set<FunctionId> Result;
  std::vector<FunctionId> Work;
  for (FunctionId Id = 0; Id < Mapping.size(); ++Id)
    if (Mapping[Id] && Linked.moduleOf(Id) == Module)
      Work.push_back(Id);
  // And what they call: helpers that note what was done.
  while (!Work.empty()) {
    FunctionId Id = Work.back();
    Work.pop_back();
    if (!Result.insert(Id).second)
      continue;
    for (const Inst &I : Linked.function(Id).Body->Insts)
      if (I.Op == Opcode::Call && I.Value >= 0 &&
          Linked.moduleOf(FunctionId(I.Value)) == Module)
        Work.push_back(FunctionId(I.Value));
  }
  return Result;
}

const std::set<StringIndex> &Balance::stateOf(llvm::StringRef Module) {
  // Whoever asks depends on the module, also if the answer is known already.
  Linked.consultModule(Module);
  auto [Entry, New] = States.try_emplace(Module.str());
  if (New)
    for (FunctionId Id : mappingFunctions(Module))
      addStores(Id, Entry->second);
  return Entry->second;
}

bool Balance::isState(uint32_t Variable,
                      const std::set<StringIndex> &Members) const {
  const Atom &A = Conditions.atom(Variable);
  auto OfObject = [&](ObjectId Id) {
    return Members.count(Terms.object(Id).Field) != 0;
  };
  switch (A.What) {
  case Predicate::Choice:
    return false;
  case Predicate::NotNull:
  case Predicate::ErrorValue:
    return OfObject(A.Subject);
  case Predicate::SameObject:
    return OfObject(A.Subject) || OfObject(ObjectId(A.Operand));
  default:
    break;
  }
  std::vector<TermId> Work = {A.Subject};
  while (!Work.empty()) {
    Term T = Terms.term(Work.back());
    TermId Id = Work.back();
    Work.pop_back();
    if (T.Kind == TermKind::Symbol && Members.count(Terms.symbolOf(Id).Field))
      return true;
    if (T.Kind == TermKind::Pointer && OfObject(T.A))
      return true;
    if (T.Kind == TermKind::Binary || T.Kind == TermKind::Unary)
      Work.push_back(T.A);
    if (T.Kind == TermKind::Binary)
      Work.push_back(T.B);
  }
  return false;
}

bool Balance::Side::may(size_t Profile, size_t Setting) const {
  return llvm::any_of(Places, [&](const auto &Entry) {
    return Entry.second.May[Profile][Setting];
  });
}

bool Balance::Side::mayElsewhere(size_t Profile, size_t Setting) const {
  return llvm::any_of(Places, [&](const auto &Entry) {
    const std::vector<bool> &Row = Entry.second.May[Profile];
    for (size_t Other = 0; Other < Row.size(); ++Other)
      if (Other != Setting && Row[Other])
        return true;
    return false;
  });
}

void Balance::Record::add(Record Later) {
  auto Join = [](Table &To, const Table &Other) {
    for (size_t P = 0; P < To.size(); ++P)
      for (size_t S = 0; S < To[P].size(); ++S)
        To[P][S] = To[P][S] || Other[P][S];
  };
  Reached.merge(Later.Reached);
  Modules.merge(Later.Modules);
  for (auto &[Key, Of] : Later.Modules)
    for (Side Module::*Which : {&Module::Maps, &Module::Unmaps}) {
      Side &To = Modules.at(Key).*Which;
      To.Places.merge((Of.*Which).Places);
      for (auto &[Where, New] : (Of.*Which).Places) {
        Calls &Here = To.Places.at(Where);
        Join(Here.May, New.May);
        Join(Here.Surely, New.Surely);
        for (size_t S = 0; S < Here.Drafts.size(); ++S)
          if (!Here.Drafts[S])
            Here.Drafts[S] = std::move(New.Drafts[S]);
      }
    }
}

void Balance::add(llvm::ArrayRef<Sighting> All, Record &Into) {
  // Whether the one side surely happens matters only where the other does not.
  for (const Sighting &New : All)
    addPossible(New, Into);
  std::deque<SureWays> Ways;
  for (const auto &Platform : Platforms)
    Ways.emplace_back(*Platform);
  for (const Sighting &New : All)
    addSure(New, Ways, Into);
}

std::string Balance::keyOf(const Sighting &New) const {
  return Linked.moduleOf(New.Function).str() + "\n" + New.DeviceClass;
}

void Balance::addPossible(const Sighting &New, Record &Into) {
  Module &Of = Into.Modules[keyOf(New)];
  Calls &Here =
      (mapsAt(New) ? Of.Maps : Of.Unmaps).Places[{New.Function, New.At}];
  if (Here.May.empty()) {
    std::vector<bool> Row(New.Settings.size());
    Here.May = Here.Surely = Table(Platforms.size(), Row);
    Here.Drafts.resize(New.Settings.size());
    Here.Location = Traces.locationOf(New.Function, New.At);
    Here.Expression = Traces.expression(New.Function, New.At);
  }
  for (size_t P = 0; P < Platforms.size(); ++P)
    for (size_t S = 0; S < New.Settings.size(); ++S)
      if (Platforms[P]->isGuest() && !Here.May[P][S])
        Here.May[P][S] = !conditionOf(New, P, S).isFalse();
}

Bdd Balance::conditionOf(const Sighting &New, size_t Profile,
                         size_t Setting) const {
  return Platforms[Profile]->onPlatform(
      Conditions.bdd().conj(New.When, New.Settings[Setting].When));
}

void Balance::addSure(const Sighting &New, std::deque<SureWays> &Ways,
                      Record &Into) {
  const bool Maps = mapsAt(New);
  Module &Of = Into.Modules[keyOf(New)];
  const Side &Others = Maps ? Of.Unmaps : Of.Maps;
  Calls &Here = (Maps ? Of.Maps : Of.Unmaps).Places[{New.Function, New.At}];
  const std::set<StringIndex> &State = stateOf(Linked.moduleOf(New.Function));
  // What the entry point starts from is the same for those that map.
  const size_t Before = atomsBeforeEntry(New.Seen->What);
  auto Open = [&](uint32_t Variable) {
    return Guards::indexOf(Variable) >= Before && isState(Variable, State);
  };
  std::map<uint32_t, bool> Known; // Many profiles see the same formula.
  for (size_t P = 0; P < Platforms.size(); ++P)
    for (size_t S = 0; S < New.Settings.size(); ++S) {
      if (!Here.May[P][S] || Here.Surely[P][S] || Others.may(P, S))
        continue;
      const Bdd When = conditionOf(New, P, S);
      if (When.isFalse())
        continue;
      auto [Entry, First] = Known.try_emplace(When.id());
      if (First)
        Entry->second = Ways[P].exist(When, Open);
      Here.Surely[P][S] = Entry->second;
      if (Entry->second && !Here.Drafts[S]) {
        Here.Drafts[S] = draft(New, New.Settings[S].Text, Maps);
        for (TraceStep &Step : Traces.path(New.Seen->What, When))
          Here.Drafts[S]->Trace.push_back(std::move(Step));
      }
    }
}

Finding Balance::draft(const Sighting &New, const std::string &Text,
                       bool Maps) const {
  Finding Result;
  Result.Check = "coco-unbalanced-map";
  Result.Verdict = Verdict::Private;
  Result.Severity = Severity::Medium;
  Result.Location = Traces.locationOf(New.Function, New.At);
  Result.DeviceClass = New.DeviceClass;
  Result.DataClass = New.DataClass;
  Result.Victim = "channel";
  std::string Call = Traces.expression(New.Function, New.At);
  Result.Message = Maps ? "what is mapped by " + Call +
                              " is never unmapped: its slots of "
                              "the bounce buffer are lost"
                        : "what was never mapped is unmapped by " + Call;
  Result.Guard = Text;
  return Result;
}

std::string Balance::notReached(llvm::StringRef Module, bool Maps,
                                const Record &Seen) const {
  const std::vector<bool> &Reaches = Maps ? Mapping : Unmapping;
  for (FunctionId Id = 0; Id < Reaches.size(); ++Id) {
    const FunctionSummary &Body = *Linked.function(Id).Body;
    if (!Reaches[Id] || Body.Inline || Linked.moduleOf(Id) != Module)
      continue;
    for (InstIndex At = 0; At < Body.Insts.size(); ++At) {
      const Inst &I = Body.Insts[At];
      if (I.Op != Opcode::Call || I.Name == None)
        continue;
      bool Leaves = I.Value < 0 || Linked.function(I.Value).Body->Inline ||
                    Linked.moduleOf(FunctionId(I.Value)) != Module;
      const AttributedFunction *F =
          Vocabulary.Design.attributed(Linked.text(I.Name));
      bool Is = F ? (Maps ? mapsMemory(F->Kind) : unmapsMemory(F->Kind))
                  : I.Value >= 0 && Reaches[I.Value];
      if (Leaves && Is && !Seen.Reached.count({Id, At}))
        return Traces.expression(Id, At) + " in " +
               Linked.functionName(Id).str();
    }
  }
  return "";
}

void Balance::compare(const Side &These, const Side &Others, bool Maps,
                      std::vector<Imbalance> &Into) const {
  for (const auto &[Key, Here] : These.Places) {
    Imbalance New{{}, Maps, {}, Key.first, Key.second};
    for (size_t P = 0; P < Platforms.size(); ++P)
      for (size_t S = Here.Surely[P].size(); S-- > 0;)
        if (Here.Surely[P][S] && !Others.may(P, S) &&
            Others.mayElsewhere(P, S)) {
          if (New.Profiles.empty())
            New.What = *Here.Drafts[S];
          New.Profiles.push_back(P);
          break;
        }
    if (New.Profiles.empty())
      continue;
    // The partner: the next one in the same function, or any.
    auto Other = Others.Places.lower_bound(Key);
    bool Near = Other != Others.Places.end() && Other->first.first == Key.first;
    if (!Near)
      Other = Others.Places.begin();
    TraceStep Step;
    Step.Kind = "other";
    Step.Location = Other->second.Location;
    Step.Message = Other->second.Expression;
    Step.Message += Maps ? " takes mappings back, under other conditions only"
                         : " maps, under other conditions only";
    if (Maps && Near) // It is the unmapping that will be changed.
      std::swap(New.What.Location, Step.Location);
    New.What.Trace.push_back(std::move(Step));
    Into.push_back(std::move(New));
  }
}

std::vector<Balance::Imbalance>
Balance::imbalances(const Record &Seen, std::vector<Skipped> &Unjudged) const {
  std::vector<Imbalance> Result;
  for (const auto &[Key, Of] : Seen.Modules) {
    if (Of.Maps.Places.empty() || Of.Unmaps.Places.empty())
      continue;
    llvm::StringRef Module = llvm::StringRef(Key).split('\n').first;
    // One root, one finding: where both sides are wrong, the unmapping is.
    for (bool Maps : {false, true}) {
      std::vector<Imbalance> Found;
      compare(Maps ? Of.Maps : Of.Unmaps, Maps ? Of.Unmaps : Of.Maps, Maps,
              Found);
      if (Found.empty())
        continue;
      std::string Missing = notReached(Module, /*Maps=*/!Maps, Seen);
      if (Missing.empty()) {
        llvm::move(Found, std::back_inserter(Result));
        break;
      }
      Unjudged.push_back(
          {"not-executed", Missing,
           "no execution reached it, and what it does may be the other side "
           "of " +
               Found[0].What.Location.Function,
           "whether mappings and unmappings of this module agree is not told"});
    }
  }
  return Result;
}

} // namespace cocodma
