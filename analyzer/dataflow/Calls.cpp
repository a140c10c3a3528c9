// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls: executed in place where the callee is known, otherwise replaced by
// what an unknown function may do.
#include "dataflow/Evaluator.h"

namespace cocodma {

Value Evaluator::fact(FactId Id) {
  return always(Conditions,
                Terms.namedSymbol(Known.describe(Id), Certainty::Fixed, Id));
}

TermId Evaluator::undefinedFunction(StringIndex Name) {
  TermId Id =
      Terms.namedSymbol("&" + Linked.text(Name).str() + "()", Certainty::Free);
  Learned.UndefinedFunctions[Id] = Name;
  return Id;
}

bool Evaluator::onStack(const FramePointer &Top, FunctionId Function,
                        unsigned Times) {
  for (const Frame *F = Top.get(); F; F = F->Caller.get())
    if (F->Function == Function && Times-- <= 1)
      return true;
  return false;
}

Value Evaluator::call(Activation &A, InstIndex Index, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  llvm::SmallVector<Value, 8> Arguments;
  for (uint32_t N = 0; N < I.C; ++N)
    Arguments.push_back(
        under(Conditions, A.Registers[A.Body->Operands[I.B + N]], Path));
  Value Result;
  if (I.Name != None)
    Result = callNamed(A, Index, I.Value >= 0 ? FunctionId(I.Value) : None,
                       Linked.text(I.Name), Arguments, A.Full);
  else
    Result = callThrough(A, Index, under(Conditions, A.Registers[I.A], Path),
                         Arguments, A.Full);
  return under(Conditions, Result, Path);
}

Value Evaluator::callNamed(Activation &A, InstIndex Index, FunctionId Target,
                           llvm::StringRef Name,
                           llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  StringIndex NameIndex =
      Target != None ? Linked.function(Target).Body->Name : Linked.find(Name);
  auto [Entry, New] = NameClasses.try_emplace(NameIndex, 0);
  if (New) {
    bool Fact = false;
    for (const Profile &P : Vocabulary.Profiles)
      for (const cocodma::Fact &F : P.Facts)
        Fact |= F.FactKind == Fact::Kind::Call && F.Name == Name;
    Entry->second = Fact;
  }
  if (Entry->second) {
    llvm::SmallVector<std::optional<int64_t>, 2> Constants;
    for (const Value &Argument : Arguments)
      Constants.push_back(Argument.size() == 1
                              ? Terms.constantOf(Argument[0].What)
                              : std::nullopt);
    FactId Id = Known.call(Name, Constants);
    if (Id != None)
      return fact(Id);
  }
  if (arrived(NameIndex, Path))
    return {};
  noteMapping(A, Index, NameIndex, Arguments, Path);
  if (Hooks)
    Hooks->called(NameIndex, Path);
  auto Found = Primitives.find(NameIndex);
  if (Found != Primitives.end() && Found->second->Effect == Effect::Compare) {
    if (std::optional<Value> Known = compared(*Found->second, Arguments))
      return *Known;
  } else if (Found != Primitives.end())
    return primitive(A, Index, *Found->second, Arguments, Path);
  if (Target == None)
    if (std::optional<Value> Known = pooled(A, Index, Name, Arguments, Path))
      return *Known;
  if (Target == None || (Hooks && Hooks->isIrrelevant(Target)))
    return external(A, Index, Name, Arguments, Path);
  if (A.Self->Depth >= Limits.Depth || onStack(A.Self, Target, 2) ||
      exhausted()) {
    if (exhausted())
      CutOff.insert(Target);
    ++Noticed
          .Losses[exhausted() ? "execution budget spent at " + Name.str() + "()"
                              : "recursion or depth at " + Name.str() + "()"];
    TermId Lost =
        Terms.symbol("result of " + Name.str() + "()", Certainty::Opaque);
    return always(Conditions, Lost);
  }
  Bdd Before = Stopped;
  Value Result = execute(Target, Arguments, Path, A.Self, Index);
  if (!(Path == A.Full))
    Stopped = B.conj(Path, Stopped);
  Stopped = B.disj(Before, Stopped);
  const FunctionSummary &Body = *Linked.function(Target).Body;
  if (DmaAddressType != None && Body.Result != None &&
      Linked.type(Body.Result).Name == DmaAddressType) {
    Event &Mapped = note(EventKind::MapResult, A, Index, Path);
    Mapped.Subject = Result;
    if (!Arguments.empty())
      Mapped.Device = Arguments[0];
    Mapped.Text = Name.str();
  }
  (void)I;
  return Result;
}

void Evaluator::noteNullCall(Activation &A, InstIndex Index,
                             llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const std::vector<Inst> &Insts = A.Body->Insts;
  const Inst &Callee = Insts[Insts[Index].A];
  if (Callee.Op != Opcode::Load || Insts[Callee.A].Op != Opcode::FieldAddress)
    return;
  const Inst &Member = Insts[Callee.A];
  if (Linked.text(Member.Name).split('.').first !=
      Vocabulary.Design.Operations.Struct)
    return;
  Event &Crash = note(EventKind::NullCall, A, Index, Path);
  Crash.Subject = under(Conditions, A.Registers[Member.A], Path);
  Crash.Field = Member.Name;
  if (!Arguments.empty())
    Crash.Device = Arguments[0];
}

llvm::ArrayRef<FunctionId> Evaluator::operations(TermId Pointer) {
  const Term &T = Terms.term(Pointer);
  if (T.Kind != TermKind::Pointer || T.B != 0)
    return {};
  const Object &O = Terms.object(T.A);
  if (O.Kind != ObjectKind::Input || O.Field == None)
    return {};
  llvm::ArrayRef<FunctionId> Known = Linked.initializersOf(O.Field);
  return Known.size() <= Limits.Operations ? Known
                                           : llvm::ArrayRef<FunctionId>();
}

Value Evaluator::callThrough(Activation &A, InstIndex Index,
                             const Value &Callee,
                             llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  Value Result;
  bool Any = false;
  for (const Guarded &G : Callee) {
    Bdd When = B.conj(Path, G.When);
    if (When.isFalse())
      continue;
    const Term T = Terms.term(G.What);
    if (T.Kind == TermKind::Constant) {
      // A null pointer: this path crashes, it does not go on.
      noteNullCall(A, Index, Arguments, When);
      continue;
    }
    Value One;
    if (T.Kind == TermKind::Function) {
      One = callNamed(A, Index, T.A, Linked.functionName(T.A), Arguments, When);
    } else if (auto Known = Learned.UndefinedFunctions.find(G.What);
               Known != Learned.UndefinedFunctions.end()) {
      One = callNamed(A, Index, None, Linked.text(Known->second), Arguments,
                      When);
    } else if (llvm::ArrayRef<FunctionId> Known = operations(G.What);
               !Known.empty()) {
      // The table is not known, but all that tables put there is.
      Bdd Rest = When;
      for (size_t N = 0; N < Known.size(); ++N) {
        Bdd This =
            N + 1 == Known.size()
                ? Rest
                : B.conj(Rest,
                         Conditions.choice(
                             Terms.describe(G.What) + " is " +
                                 Linked.functionName(Known[N]).str() + "()",
                             Certainty::Free));
        Rest = B.conj(Rest, B.negate(This));
        for (const Guarded &V :
             callNamed(A, Index, Known[N], Linked.functionName(Known[N]),
                       Arguments, This))
          addAlternative(Conditions, One, B.conj(This, V.When), V.What);
      }
    } else {
      std::string Name = Terms.describe(G.What);
      ++Noticed.Losses["call through " + Name];
      Event &Lost = note(EventKind::Unresolved, A, Index, When);
      Lost.Text = "call through " + Name;
      Lost.Subject = always(Conditions, G.What);
      One = I.Type != None && Linked.type(I.Type).Kind != TypeKind::Pointer
                ? always(Conditions,
                         Terms.symbol("result of a call through " + Name,
                                      Certainty::Opaque))
                : input(I.Type, "result of a call through " + Name, None, None);
    }
    Any = true;
    for (const Guarded &V : One)
      addAlternative(Conditions, Result, B.conj(G.When, V.When), V.What);
  }
  if (!Any || (Result.empty() && I.Type != None &&
               Linked.type(I.Type).Kind != TypeKind::Void))
    return input(I.Type, "result of a call through no function", None, None);
  return Result;
}

bool Evaluator::isLostPredicate(const Inst &I,
                                llvm::ArrayRef<Value> Arguments) {
  if (I.Type == None || Linked.type(I.Type).Kind != TypeKind::Bool)
    return false;
  // Of a kernel that is not there nothing is known: what its predicates say is
  // settled by the platform as often as not, and was never asked for twice to
  // get two answers.
  if (Linked.units().size() == 1)
    return true;
  for (const Value &Argument : Arguments)
    for (const Guarded &G : Argument) {
      const Term &T = Terms.term(G.What);
      if (T.Kind != TermKind::Pointer)
        continue;
      const Object &O = Terms.object(T.A);
      StringIndex Record = O.Type == None ? None : Linked.recordOf(O.Type);
      if (Record != None && Vocabulary.classOfStruct(Linked.text(Record)))
        return true;
    }
  return false;
}

void Evaluator::handOut(FunctionId Code, llvm::ArrayRef<Value> Arguments,
                        size_t At, Bdd Path) {
  Hooks->handedOut(Code, Arguments.drop_front(At + 1));
  for (const Value &Argument : Arguments) {
    std::optional<Cell> Where;
    if (Argument.size() == 1)
      Where = target(Argument[0].What);
    if (!Where || !lasts(Where->Object))
      continue;
    TypeIndex Type = Where->Path == 0 ? Terms.object(Where->Object).Type
                     : Terms.last(Where->Path).What == PathStep::Kind::Field
                         ? typeOfField(Terms.last(Where->Path).Id)
                         : TypeIndex(None);
    StringIndex Record = Type == None || Linked.isPointer(Type)
                             ? StringIndex(None)
                             : Linked.recordOf(Type);
    if (Record != None)
      Hooks->boundTo(Code, Record, Terms.pointer(Where->Object, Where->Path),
                     Path);
  }
}

void Evaluator::runCallbacks(Activation &A, InstIndex Index,
                             llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  for (size_t N = 0; N < Arguments.size(); ++N)
    for (const Guarded &G : Arguments[N]) {
      const Term T = Terms.term(G.What);
      if (T.Kind == TermKind::Function) {
        if (Hooks)
          handOut(T.A, Arguments, N, B.conj(Path, G.When));
        continue;
      }
      // A trace point, say, gets the whole record, and queues nothing.
      if (I.onlyReads(N))
        continue;
      std::optional<Cell> Where = target(G.What);
      if (!Where || T.Kind != TermKind::Pointer)
        continue;
      if (Hooks && Where->Path != 0 &&
          Terms.last(Where->Path).What == PathStep::Kind::Field &&
          Terms.object(Where->Object).Kind == ObjectKind::Heap) {
        TypeIndex Inner = typeOfField(Terms.last(Where->Path).Id);
        StringIndex Record = Inner == None || Linked.isPointer(Inner)
                                 ? None
                                 : Linked.recordOf(Inner);
        if (Record != None)
          Hooks->handedPointer(Record,
                               Terms.pointer(Where->Object, Where->Path));
      }
      // A work item, timer or completion: a record with a function in it that
      // takes the record's address.
      for (PathId P : Store->paths(Where->Object)) {
        if (P == Where->Path || !Terms.startsWith(P, Where->Path) ||
            Terms.parent(P) != Where->Path)
          continue;
        const Value *Code = Store->find({Where->Object, P});
        for (const Guarded &F : Value(*Code)) {
          const Term Target = Terms.term(F.What);
          if (Target.Kind != TermKind::Function)
            continue;
          const FunctionSummary &Body = *Linked.function(Target.A).Body;
          if (Body.ParameterCount != 1 || onStack(A.Self, Target.A, 1) ||
              (Hooks && Hooks->isIrrelevant(Target.A)))
            continue;
          if (Linked.pointee(Body.Locals[0].Type) == None)
            continue;
          StringIndex Wanted = Linked.recordOf(Body.Locals[0].Type);
          llvm::StringRef Owner =
              Linked.text(Terms.last(P).Id).rsplit('.').first;
          // What a device has is called when its last user is gone.
          if (Wanted == None || Linked.text(Wanted) != Owner ||
              Owner == Vocabulary.Core.Struct)
            continue;
          Bdd When = B.conj(Path, B.conj(G.When, F.When));
          if (!When.isFalse())
            callNamed(
                A, Index, Target.A, Linked.functionName(Target.A),
                {always(Conditions, Terms.pointer(Where->Object, Where->Path))},
                When);
        }
      }
    }
}

std::optional<Value> Evaluator::sameMemory(const Inst &I,
                                           llvm::ArrayRef<Value> Arguments) {
  // From a page to its address or back: another handle of the same memory.
  if (Arguments.size() != 1 || !Linked.isPointer(I.Type))
    return std::nullopt;
  const StringIndex Page = Linked.find(Vocabulary.PageStruct);
  bool ToPage = Page != None && Linked.recordOf(I.Type) == Page;
  bool Leads = false;
  Value Result;
  for (const Guarded &G : Arguments[0]) {
    const Term T = Terms.term(G.What);
    if (T.Kind == TermKind::Constant) {
      addAlternative(Conditions, Result, G.When, G.What);
      continue;
    }
    if (T.Kind != TermKind::Pointer)
      return std::nullopt;
    Leads = true;
    const Object &O = Terms.object(T.A);
    bool FromPage =
        Page != None && O.Type != None && Linked.recordOf(O.Type) == Page;
    if (!ToPage && !FromPage)
      return std::nullopt;
    addAlternative(
        Conditions, Result, G.When,
        Terms.pointer(T.A, Terms.extend(T.B, {PathStep::Kind::Derived, 0})));
  }
  return Leads ? std::optional<Value>(Result) : std::nullopt;
}

void Evaluator::mayBounce(Activation &A, InstIndex Index, llvm::StringRef Name,
                          llvm::ArrayRef<Value> Arguments, Bdd Path) {
  // Without the tree's DMA core the spec says what may bounce; whether it does
  // is open.
  const MayBounce *Known = Vocabulary.mayBounce(Name);
  if (!Known || Known->Device >= Arguments.size())
    return;
  Bdd Open = Conditions.choice(
      "whether " + Name.str() + "() bounces: the database lacks the DMA core",
      Certainty::Opaque);
  Event &Bounced = note(EventKind::Bounce, A, Index, B.conj(Path, Open));
  Bounced.Device = Arguments[Known->Device];
}

void Evaluator::noteHandedOver(const Inst &I, llvm::ArrayRef<Value> Arguments,
                               Bdd Path) {
  // What is called back for an object comes with it, or with what is returned.
  auto Lasts = [&](const Guarded &G) {
    const Term &T = Terms.term(G.What);
    return T.Kind == TermKind::Pointer && lasts(T.A);
  };
  bool ForDevice = Linked.isPointer(I.Type);
  for (const Value &Argument : Arguments)
    ForDevice |= llvm::any_of(Argument, Lasts);
  for (const Value &Argument : Arguments) {
    noteGivenAway(Argument, Path, ForDevice);
    noteLeft(Argument, None, Path);
    for (const Guarded &G : Argument) {
      const Term T = Terms.term(G.What);
      if (T.Kind != TermKind::Pointer ||
          Terms.object(T.A).Kind != ObjectKind::Local)
        continue;
      for (PathId P : Store->paths(T.A))
        noteGivenAway(*Store->find({T.A, P}), B.conj(Path, G.When), ForDevice);
    }
  }
}

Value Evaluator::external(Activation &A, InstIndex Index, llvm::StringRef Name,
                          llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  if (Hooks)
    noteHandedOver(I, Arguments, Path);
  mayBounce(A, Index, Name, Arguments, Path);
  // They may be called, or later: whether they come back says nothing here.
  Bdd Before = Stopped;
  runCallbacks(A, Index, Arguments, Path);
  Stopped = Before;
  // An out parameter: a local variable whose address is given away may hold
  // anything afterwards.
  for (size_t N = 0; N < Arguments.size(); ++N)
    for (const Guarded &G : Arguments[N]) {
      const Term T = Terms.term(G.What);
      if (T.Kind != TermKind::Pointer || T.B != 0 || I.onlyReads(N) ||
          Terms.object(T.A).Kind != ObjectKind::Local)
        continue;
      TypeIndex Type = Terms.object(T.A).Type;
      if (Type == None || Linked.type(Type).Kind == TypeKind::Record ||
          Linked.type(Type).Kind == TypeKind::Array)
        continue;
      Value Any =
          input(Type, Terms.object(T.A).Name + " set by " + Name.str() + "()",
                None, None);
      store({T.A, 0}, Any, Type, B.conj(Path, G.When));
    }
  if (I.Type == None || Linked.type(I.Type).Kind == TypeKind::Void)
    return {};
  if (std::optional<Value> Same = sameMemory(I, Arguments))
    return *Same;
  std::string Result = "result of " + Name.str() + "()";
  if (isLostPredicate(I, Arguments)) {
    ++Noticed.Losses["no body for predicate " + Name.str() + "()"];
    return always(Conditions, Terms.symbol(Result, Certainty::Opaque));
  }
  Value Given = input(I.Type, Result, None, None);
  if (Probing && Given.size() == 1 &&
      Terms.term(Given[0].What).Kind == TermKind::Pointer) {
    Object &O = Terms.object(Terms.term(Given[0].What).A);
    O.Made |= O.Kind == ObjectKind::Input && O.Parent == None && O.MayBeNull;
  }
  return Given;
}

} // namespace cocodma
