// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known without executing code: ids in constant tables and in the
// host's offers, static keys and calls, and pools whose code is not there.
#include "dataflow/Evaluator.h"

namespace cocodma {

std::map<std::vector<StringIndex>, int64_t>
Evaluator::constantBytes(GlobalId Global, PathId Path) {
  std::map<std::vector<StringIndex>, int64_t> Result;
  size_t Depth = 0;
  for (PathId P = Path; P != 0; P = Terms.parent(P))
    ++Depth;
  for (const InitializerEntry &Entry :
       Linked.global(Global).Definition->Initializer) {
    if (Entry.Path.size() < Depth || Entry.Value == 0 ||
        Entry.What != InitializerEntry::Kind::Integer ||
        pathOf({Entry.Path.begin(), Entry.Path.begin() + Depth}) != Path)
      continue;
    Result[{Entry.Path.begin() + Depth, Entry.Path.end()}] = Entry.Value;
  }
  return Result;
}

std::optional<Value> Evaluator::comparedTexts(const Primitive &P,
                                              llvm::ArrayRef<Value> Arguments) {
  const Value Left = argument(P, Role::Address, Arguments);
  const Value Right = argument(P, Role::Other, Arguments);
  size_t Most = llvm::StringRef::npos;
  if (Value Size = argument(P, Role::Size, Arguments); !Size.empty()) {
    std::optional<int64_t> Count =
        Size.size() == 1 ? Terms.constantOf(Size[0].What) : std::nullopt;
    if (!Count)
      return std::nullopt;
    Most = size_t(*Count);
  }
  auto TextOf = [&](TermId Id) -> std::optional<llvm::StringRef> {
    const Term &T = Terms.term(Id);
    if (T.Kind != TermKind::String || T.A == None)
      return std::nullopt;
    return Linked.text(T.A).take_front(Most);
  };
  Value Result;
  for (const Guarded &L : Left)
    for (const Guarded &R : Right) {
      Bdd When = B.conj(L.When, R.When);
      if (When.isFalse())
        continue;
      std::optional<llvm::StringRef> One = TextOf(L.What), Two = TextOf(R.What);
      if (!One || !Two)
        return std::nullopt;
      addAlternative(Conditions, Result, When,
                     Terms.constant(One->compare(*Two)));
    }
  return Result.empty() ? std::nullopt : std::optional<Value>(Result);
}

std::optional<Value> Evaluator::compared(const Primitive &P,
                                         llvm::ArrayRef<Value> Arguments) {
  if (std::optional<Value> Known = comparedTexts(P, Arguments))
    return Known;
  // The id of an offer with one in a constant table. Two offers may be two.
  if (!Offered)
    return std::nullopt;
  bool OfOffer = false;
  std::optional<std::map<std::vector<StringIndex>, int64_t>> Constant;
  for (Role Which : {Role::Address, Role::Other}) {
    Value Side = argument(P, Which, Arguments);
    std::optional<Cell> Where =
        Side.size() == 1 ? target(Side[0].What) : std::nullopt;
    if (!Where)
      return std::nullopt;
    const Object &O = Terms.object(Where->Object);
    if (Where->Path != 0 && Terms.last(Where->Path) ==
                                PathStep{PathStep::Kind::Field, Offered->Field})
      OfOffer = true;
    else if (O.Kind == ObjectKind::Global &&
             Linked.global(O.Entity).Definition &&
             Linked.global(O.Entity).Definition->Constant)
      Constant = constantBytes(O.Entity, Where->Path);
  }
  if (!OfOffer || !Constant)
    return std::nullopt;
  ++Compared;
  return always(Conditions, Terms.constant(*Constant != Offered->Bytes));
}

std::optional<Value> Evaluator::pooled(Activation &A, InstIndex Index,
                                       llvm::StringRef Name,
                                       llvm::ArrayRef<Value> Arguments,
                                       Bdd Path) {
  const PoolFunction *How = Vocabulary.poolFunction(Name);
  if (!How)
    return std::nullopt;
  if (How->Pool)
    return takenFromPool(A, Index, *How, Arguments, Path);
  if (*How->Device >= Arguments.size())
    return std::nullopt;
  Object New;
  New.Kind = ObjectKind::Heap;
  New.MayBeNull = true;
  New.Type = Linked.pointee(A.Body->Insts[Index].Type);
  New.Name = "pool of " + Name.str() + "()";
  ObjectId Pool = Terms.newObject(New);
  Store->set({Pool, Terms.field(0, PoolDevice)}, Arguments[*How->Device]);
  return always(Conditions, Terms.pointer(Pool, 0));
}

Value Evaluator::takenFromPool(Activation &A, InstIndex Index,
                               const PoolFunction &How,
                               llvm::ArrayRef<Value> Arguments, Bdd Path) {
  // New memory each time, as if the pool were empty: that it may be part of a
  // page that was taken before changes nothing, as all of it is alike.
  FunctionId Target = Linked.anyFunction(How.Calls);
  Value Result;
  if (Target == None || *How.Pool >= Arguments.size())
    return external(A, Index, How.Function, {}, Path);
  for (const Guarded &G : Arguments[*How.Pool]) {
    std::optional<Cell> Pool = target(G.What);
    const Value *Device =
        Pool ? Store->find({Pool->Object, Terms.field(0, PoolDevice)})
             : nullptr;
    Bdd When = B.conj(Path, G.When);
    Value Taken;
    if (!Device || When.isFalse()) {
      Taken = external(A, Index, How.Function, {}, When);
    } else {
      const FunctionSummary &Body = *Linked.function(Target).Body;
      std::vector<Value> Passed;
      for (uint32_t I = 0; I < Body.ParameterCount; ++I) {
        auto Own = How.Arguments.find(I);
        auto Same = How.Constants.find(I);
        if (I == How.DeviceThere)
          Passed.push_back(Value(*Device));
        else if (Own != How.Arguments.end() && Own->second < Arguments.size())
          Passed.push_back(Arguments[Own->second]);
        else if (Same != How.Constants.end())
          Passed.push_back(always(Conditions, Terms.constant(Same->second)));
        else
          Passed.push_back(input(Body.Locals[I].Type,
                                 Linked.text(Body.Locals[I].Name).str(), None,
                                 Body.Locals[I].Name));
      }
      Taken = callNamed(A, Index, Target, How.Calls, Passed, When);
    }
    for (const Guarded &V : Taken)
      addAlternative(Conditions, Result, B.conj(G.When, V.When), V.What);
  }
  return Result;
}

void Evaluator::setTarget(const Value &Key, const Value &Function, Bdd Path) {
  StringIndex Field = Linked.find(Vocabulary.StaticCalls.Target);
  if (Field == None)
    return; // No such call is known.
  for (const Guarded &G : Key)
    if (std::optional<Cell> Where = target(G.What))
      store({Where->Object, Terms.field(Where->Path, Field)}, Function,
            typeOfField(Field), B.conj(Path, G.When));
}

TermId Evaluator::keyState(const std::string &Name) {
  if (FactId Id = Known.staticKey(Name); Id != None)
    return Terms.namedSymbol(Known.describe(Id), Certainty::Fixed, Id);
  return Terms.namedSymbol("static key " + Name, Certainty::Free);
}

Bdd Evaluator::staticKey(Activation &A, const Block &Now, Bdd Path,
                         unsigned &Labels) {
  const Inst &Asm = A.Body->Insts[Now.Condition];
  Labels = Now.Successors.size() - 1;
  std::vector<Value> Operands;
  Operands.reserve(Asm.C);
  for (uint32_t I = 0; I < Asm.C; ++I)
    Operands.push_back(A.Registers[A.Body->Operands[Asm.B + I]]);
  if (Labels == 1 && Operands.size() >= 2 && Operands[0].size() == 1 &&
      Terms.term(Operands[0][0].What).Kind == TermKind::Pointer) {
    // A static key: its address and the sense of the branch.
    const Object &Key = Terms.object(Terms.term(Operands[0][0].What).A);
    if (Key.Kind == ObjectKind::Global) {
      FactId Id = Known.staticKey(Key.Name);
      // Where nothing that was executed turned it, somebody else may have.
      Cell Turned{Terms.term(Operands[0][0].What).A, Terms.field(0, KeyState)};
      const Value *Held = Id == None ? Store->find(Turned) : nullptr;
      Bdd On = Held ? truth(Conditions, under(Conditions, *Held, Path))
                    : Conditions.truth(keyState(Key.Name));
      return B.exclusiveOr(On, truth(Conditions, Operands[1]));
    }
  }
  if (Labels == 2 && !Operands.empty() && Operands[0].size() == 1)
    if (std::optional<int64_t> Feature =
            Terms.constantOf(Operands[0][0].What)) {
      FactId Id = Known.cpuFeature(*Feature);
      return Conditions.truth(
          Id != None
              ? Terms.namedSymbol(Known.describe(Id), Certainty::Fixed, Id)
              : Terms.namedSymbol("CPU feature " + std::to_string(*Feature),
                                  Certainty::Free));
    }
  return Conditions.choice("the branch of inline assembly", Certainty::Free);
}

} // namespace cocodma
