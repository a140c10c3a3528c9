// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations, blocks and control flow.
#include "dataflow/Evaluator.h"

namespace cocodma {

namespace {
/// Up to this depth results are not abstracted: bus code, probe, its helper.
constexpr unsigned ExactDepth = 2;

/// What remains of the hooks while a global's writer is executed on its own.
class QuietHooks : public EvaluatorHooks {
public:
  explicit QuietHooks(EvaluatorHooks *Outer) : Outer(Outer) {}
  bool isIrrelevant(FunctionId Callee) override {
    return Outer && Outer->isIrrelevant(Callee);
  }

private:
  EvaluatorHooks *Outer;
};
} // namespace

std::unique_ptr<EvaluatorHooks> quietHooks(EvaluatorHooks *Outer) {
  return std::make_unique<QuietHooks>(Outer);
}

EvaluatorHooks::~EvaluatorHooks() = default;
PathChooser::~PathChooser() = default;
void EvaluatorHooks::registered(const Event &) {}
std::vector<TermId> EvaluatorHooks::candidates(StringIndex, ObjectId) {
  return {};
}
std::vector<TermId> EvaluatorHooks::keptIn(StringIndex, StringIndex) {
  return {};
}
bool EvaluatorHooks::isIrrelevant(FunctionId) { return false; }
bool EvaluatorHooks::repeatsLoops(FunctionId) { return true; }
void EvaluatorHooks::handedPointer(StringIndex, TermId) {}
void EvaluatorHooks::returned(FunctionId, const Frame *) {}
void EvaluatorHooks::called(StringIndex, Bdd) {}
void EvaluatorHooks::copiedBack(Bdd) {}
void EvaluatorHooks::gaveAway(TermId, Bdd, bool, std::optional<TermId>) {}
void EvaluatorHooks::handedOut(FunctionId, llvm::ArrayRef<Value>) {}
void EvaluatorHooks::boundTo(FunctionId, StringIndex, TermId, Bdd) {}
void EvaluatorHooks::leftFrame(TermId, ObjectId, Bdd) {}

Evaluator::Evaluator(const Program &Linked, const Spec &Vocabulary,
                     const Facts &Known, TermTable &Terms, Guards &Conditions)
    : Linked(Linked), Vocabulary(Vocabulary), Known(Known), Terms(Terms),
      Conditions(Conditions), B(Conditions.formulas()),
      Wakes(Linked, Vocabulary) {
  for (const Primitive &P : Vocabulary.Primitives) {
    StringIndex Name = Linked.find(P.Function);
    if (Name != None)
      Primitives[Name] = &P;
    if (P.Effect == Effect::SetUp)
      SetUpMembers[&P] = const_cast<Program &>(Linked).intern(P.Member);
  }
  for (const DeviceClass &Class : Vocabulary.Classes)
    for (const Marker &M : Class.Markers) {
      if (M.Field.empty())
        continue;
      StringIndex Field = Linked.find(Class.markerField(M));
      if (Field != None) {
        MarkerFields.insert(Field);
        KeptFields.insert(Field);
      }
      StringIndex Origin =
          M.From ? Linked.find(M.From->Struct + "." + M.From->Field) : None;
      if (Origin != None)
        KeptFields.insert(Origin);
    }
  StateField = const_cast<Program &>(Linked).intern("(memory).sharing");
  KeyState = const_cast<Program &>(Linked).intern("(key).enabled");
  ContainerEntries =
      const_cast<Program &>(Linked).intern("(container).entries");
  PoolDevice = const_cast<Program &>(Linked).intern("(pool).device");
  for (const AttributedFunction &F : Vocabulary.Design.Attributed)
    if (StringIndex Name = Linked.find(F.Function); Name != None)
      Mappings[Name] = &F;
  DmaAddressType = Linked.find(Vocabulary.Addresses.Type);
  Here = Conditions.yes();
  GoingOn = Conditions.yes();
  AnyIndex = Terms.namedSymbol("some index", Certainty::Free);
  DecryptedMark = Terms.namedSymbol("a decrypted protection", Certainty::Fixed);
}

const Plan &Evaluator::planOf(FunctionId Function) {
  auto [Entry, New] = Plans.try_emplace(Function);
  if (New)
    Entry->second = makePlan(*Linked.function(Function).Body);
  return Entry->second;
}

void Evaluator::rollBack(const Checkpoint &To) {
  Terms.rollBack(To.Terms);
  Conditions.rollBack(To.Conditions);
  Learned = To.Known;
  Events.resize(To.Events);
  Store = To.Store;
  Stopped = Conditions.no();
  Here = Conditions.yes();
  GoingOn = Conditions.yes();
}

Value Evaluator::boolean(Bdd When) {
  if (When.isTrue())
    return always(Conditions, Terms.constant(1));
  if (When.isFalse())
    return always(Conditions, Terms.constant(0));
  When = Conditions.abstracted(When, Here, Limits.DecisionSize);
  Value Result;
  addAlternative(Conditions, Result, When, Terms.constant(1));
  addAlternative(Conditions, Result, B.negate(When), Terms.constant(0));
  return Result;
}

Value Evaluator::execute(FunctionId Function, llvm::ArrayRef<Value> Arguments,
                         Bdd Path, const FramePointer &Caller, InstIndex Site) {
  Activation A;
  A.Self = std::make_shared<Frame>();
  A.Self->Caller = Caller;
  A.Self->Function = Function;
  A.Self->CallSite = Site;
  A.Self->Entry = Path;
  A.Self->AtomsBefore = uint32_t(Conditions.atomCount());
  A.Context = Conditions.abstractedPath(Path, Limits.ContextSize);
  A.Full = A.Context;
  A.Self->Depth = Caller ? Caller->Depth + 1 : 0;
  ObjectId FirstObject = Terms.objectCount();
  A.Body = Linked.function(Function).Body;
  A.Order = &planOf(Function);
  A.Registers.resize(A.Body->Insts.size());
  A.Locals.resize(A.Body->Locals.size());
  A.LocalObjects.assign(A.Body->Locals.size(), None);
  A.In.assign(A.Body->Blocks.size(), Conditions.no());
  A.Done.assign(A.Body->Blocks.size(), false);
  Learned.Visited.insert(Function);
  for (uint32_t I = 0; I < A.Body->Locals.size(); ++I) {
    const LocalVariable &Local = A.Body->Locals[I];
    Value Initial;
    if (I < A.Body->ParameterCount)
      Initial = I < Arguments.size()
                    ? Arguments[I]
                    : input(Local.Type, Linked.text(Local.Name).str(), None,
                            Local.Name);
    if (I < A.Body->ParameterCount)
      A.Given.push_back(Initial);
    if (!Local.InMemory) {
      A.Locals[I] = std::move(Initial);
      continue;
    }
    Object New;
    New.Kind = ObjectKind::Local;
    New.Type = Local.Type;
    New.Name = Linked.text(Local.Name).str();
    A.LocalObjects[I] = Terms.newObject(New);
    if (Initial.empty())
      continue;
    const SummaryType &Type = Linked.type(Local.Type);
    Value Own = always(Conditions, Terms.pointer(A.LocalObjects[I], 0));
    if (Type.Kind == TypeKind::Record)
      copyObject(Own, Initial, Path);
    else
      Store->set({A.LocalObjects[I], 0}, Initial);
  }
  A.In[0] = Conditions.yes();
  Stack.push_back(&A);
  runBlocks(A, A.Order->Order, None);
  Stack.pop_back();
  Stopped =
      B.isLarger(A.Crashed, Limits.CrashSize) ? Conditions.no() : A.Crashed;
  if (A.Abstracted)
    A.Returned = partitioned(Conditions, std::move(A.Returned));
  if (Linked.isPointer(A.Body->Result) &&
      (!Hooks || Hooks->repeatsLoops(Function)))
    settleReturned(A, FirstObject);
  if (Hooks)
    Hooks->returned(Function, Caller.get());
  // What an entry point returns tells its caller, the driver core, whether all
  // that it did is there: it stays exact.
  if (A.Self->Depth <= ExactDepth)
    return std::move(A.Returned);
  std::string What = "results of " + Linked.functionName(Function).str() + "()";
  return limitedResults(widenNumbers(std::move(A.Returned), What), A.Context,
                        What);
}

void Evaluator::settleReturned(Activation &A, ObjectId FirstObject) {
  // A constructor: whoever gets the new object gets it as it is where it is
  // returned, whatever became of it on the paths that failed.
  for (const Guarded &G : A.Returned) {
    const Term T = Terms.term(G.What);
    if (T.Kind != TermKind::Pointer || T.A < FirstObject || T.B != 0 ||
        Terms.object(T.A).Kind != ObjectKind::Heap)
      continue;
    Bdd Given = B.conj(A.Context, G.When);
    if (Given.isFalse() || Store->cellCount(T.A) > Limits.SettledCells)
      continue;
    for (PathId Path : Store->paths(T.A)) {
      Value Now = *Store->find({T.A, Path});
      if (Now.size() > 1)
        Store->set({T.A, Path}, settled(Conditions, Now, Given));
    }
  }
}

void Evaluator::runBlocks(Activation &A, const std::vector<uint32_t> &Blocks,
                          uint32_t InLoop) {
  Bdd Ignored = Conditions.no();
  for (uint32_t Index : Blocks) {
    if (A.Done[Index] || A.In[Index].isFalse())
      continue;
    uint32_t L = A.Order->LoopOf[Index];
    if (L != None && L != InLoop) {
      runLoop(A, L);
      continue;
    }
    if (L != None)
      continue; // The header of the loop that is running: runLoop does it.
    A.Done[Index] = true;
    runBlock(A, Index, InLoop, Ignored);
  }
}

void Evaluator::loseCounters(Activation &A, const Loop &L,
                             const std::vector<Value> &Before, Bdd Path,
                             bool Again) {
  for (uint32_t Local : L.Counters) {
    Value &Now = A.Locals[Local];
    if (Now == Before[Local])
      continue;
    const LocalVariable &Variable = A.Body->Locals[Local];
    if (Linked.isPointer(Variable.Type))
      continue;
    TermId Any =
        Terms.symbol(Linked.text(Variable.Name).str(), Certainty::Free);
    if (Again)
      noteCounter(A, L, Before[Local], under(Conditions, Now, Path), Any);
    Now = choose(Conditions, Path, always(Conditions, Any), Now);
  }
}

Bdd Evaluator::runRound(Activation &A, uint32_t LoopIndex, Bdd Entry) {
  const Loop &L = A.Order->Loops[LoopIndex];
  for (uint32_t Index : L.Blocks) {
    A.Done[Index] = false;
    A.In[Index] = Conditions.no();
  }
  A.In[L.Header] = Entry;
  Bdd Back = Conditions.no();
  for (uint32_t Index : L.Blocks) {
    if (A.Done[Index] || A.In[Index].isFalse())
      continue;
    uint32_t Inner = A.Order->LoopOf[Index];
    if (Inner != None && Inner != LoopIndex) {
      runLoop(A, Inner);
      continue;
    }
    A.Done[Index] = true;
    runBlock(A, Index, LoopIndex, Back);
  }
  return Back;
}

void Evaluator::runLoop(Activation &A, uint32_t LoopIndex) {
  // Two rounds: the first with the values of the entry, the second with
  // counters that may have any value. What a third round would do, the second
  // has done. Where only the header leaves the loop, and little hangs on it,
  // one round will do.
  const Loop &L = A.Order->Loops[LoopIndex];
  Bdd Entry = A.In[L.Header];
  const Bdd Start = Entry;
  const std::vector<Value> Outside = A.Locals;
  bool Twice = L.LeftInside || !Hooks || Hooks->repeatsLoops(A.Self->Function);
  // Where a table is searched for an id that is known, all is decided.
  bool Decided = Offered != nullptr;
  unsigned Rounds = Decided ? Limits.DecidedRounds : Twice ? 2 : 1;
  const unsigned Outer = A.Round;
  const Bdd OuterGoesOn = GoingOn;
  for (unsigned Round = 0; Round < Rounds && !Entry.isFalse(); ++Round) {
    std::vector<Value> Before = A.Locals;
    A.Round = Round;
    const unsigned ComparedBefore = Compared;
    Bdd Back = runRound(A, LoopIndex, Entry);
    if (Decided && (!(Back == Entry) || Compared == ComparedBefore) &&
        !Back.isFalse()) {
      Decided = false;
      Rounds = Twice ? Round + 2 : Round + 1;
      loseCounters(A, L, Before, Back, /*Again=*/true);
    } else if (Round == 0 && !Decided) {
      loseCounters(A, L, Before, Back, /*Again=*/true);
    }
    Entry = Back;
  }
  A.Round = Outer;
  GoingOn = OuterGoesOn;
  for (uint32_t Index : L.Blocks)
    A.Done[Index] = true;
  if (Entry.isFalse())
    return;
  // Further rounds would do what these did; then the loop is left, wherever it
  // was entered: what held in the rounds that were executed need not hold in
  // the last one. Whoever is still inside leaves, too: if that way ended here,
  // callers would go on with a result that belongs to another one.
  Entry = B.disj(Entry, B.conj(Start, Conditions.guess("a loop went on")));
  loseCounters(A, L, Outside, Entry, /*Again=*/false);
  for (uint32_t Index : L.Blocks)
    for (uint32_t To : A.Body->Blocks[Index].Successors)
      if (!L.Contains[To]) {
        A.In[To] = B.disj(A.In[To], Entry);
        return;
      }
}

void Evaluator::enter(Activation &A, uint32_t To, Bdd Path, uint32_t InLoop,
                      Bdd &Back) {
  if (Path.isFalse())
    return;
  if (InLoop != None && A.Order->Loops[InLoop].Header == To) {
    Back = B.disj(Back, Path);
    return;
  }
  A.In[To] = B.disj(A.In[To], Path);
}

void Evaluator::decide(Activation &A, uint32_t Index, uint32_t Successor,
                       Bdd Path, Bdd Taken) {
  if (Taken.isConstant())
    return;
  A.Self->Decisions.push_back(
      {Index, Successor, B.conj(A.Context, Path), Taken, Sequence});
}

void Evaluator::runBlock(Activation &A, uint32_t Index, uint32_t InLoop,
                         Bdd &Back) {
  const Block &Now = A.Body->Blocks[Index];
  Bdd Path = Conditions.abstractedPath(A.In[Index], Limits.PathSize);
  A.Abstracted |= !(Path == A.In[Index]);
  A.Full = B.conj(A.Context, Path);
  if (A.Full.isFalse())
    return;
  for (InstIndex I = Now.First; I < Now.End; ++I) {
    Here = A.Full;
    Stopped = Conditions.no();
    execute(A, I, Path);
    if (Follow && A.Body->Insts[I].Op == Opcode::Call) {
      // What was chosen inside holds from here on.
      Path = B.conj(Path, Follow->taken());
      A.Full = B.conj(A.Context, Path);
    }
    if (Stopped.isFalse())
      continue;
    A.Crashed = B.disj(A.Crashed, B.conj(Path, Stopped));
    Path = B.conj(Path, B.negate(Stopped));
    A.Full = B.conj(A.Context, Path);
    if (A.Full.isFalse())
      return;
  }
  A.Full = B.conj(A.Context, Path);
  terminate(A, Index, Path, InLoop, Back);
}

Bdd Evaluator::caseCondition(const Value &On, const SwitchCase &Case) {
  Bdd Result = Conditions.no();
  Bdd Open = Conditions.no();
  TermId Low = Terms.constant(Case.Low);
  TermId High = Terms.constant(Case.High);
  for (const Guarded &G : On) {
    Bdd Holds;
    if (Case.Low == Case.High)
      Holds = Conditions.equal(G.What, Low);
    else
      Holds = B.conj(B.negate(Conditions.less(G.What, Low, true)),
                     B.negate(Conditions.less(High, G.What, true)));
    if (Holds.isConstant() || On.size() <= 2 || Terms.isKept(G.What))
      Result = B.disj(Result, B.conj(G.When, Holds));
    else
      Open = B.disj(Open, G.When);
  }
  if (!Open.isFalse())
    Result =
        B.disj(Result, B.conj(Open, Conditions.guess("a case of a switch")));
  return Result;
}

void Evaluator::refine(Activation &A, InstIndex Condition, Bdd Path, Bdd When) {
  // `if (ret)` was simplified: from here on ret is zero or not as the decision
  // says, so that what is returned later agrees with the way that was taken.
  const Inst *Tested = &A.Body->Insts[Condition];
  while (Tested->Op == Opcode::Cast)
    Tested = &A.Body->Insts[Tested->A];
  if (Tested->Op != Opcode::ReadLocal)
    return;
  TypeIndex Type = A.Body->Locals[Tested->A].Type;
  if (Type == None || Linked.type(Type).Kind != TypeKind::Integer)
    return;
  Value New;
  TermId Any = Terms.symbol("a result", Certainty::Free);
  Terms.setMerged(Any);
  TermId Code = Terms.binary(BinaryKind::Or, Any, Terms.constant(1), true);
  addAlternative(Conditions, New, When, Code);
  addAlternative(Conditions, New, B.negate(When), Terms.constant(0));
  A.Locals[Tested->A] = choose(Conditions, Path, New, A.Locals[Tested->A]);
}

std::optional<bool> Evaluator::sideTaken(const Activation &A, uint32_t Yes,
                                         uint32_t No, Bdd When,
                                         uint32_t InLoop) {
  if (!Follow)
    return std::nullopt;
  if (B.disjoint(A.Full, When))
    return false;
  if (B.entails(A.Full, When))
    return true;
  Fork At{A.Self->Function, {Yes, No}, When, {}, A.Round};
  for (unsigned Side : {0, 1})
    At.Stays[Side] = InLoop != None && At.Successors[Side] != None &&
                     A.Order->Loops[InLoop].Contains[At.Successors[Side]];
  return Follow->takes(At);
}

void Evaluator::branch(Activation &A, uint32_t Yes, uint32_t No, Bdd Path,
                       Bdd When, uint32_t InLoop, Bdd &Back) {
  std::optional<bool> Taken = sideTaken(A, Yes, No, When, InLoop);
  if (Taken != false)
    enter(A, Yes, B.conj(Path, When), InLoop, Back);
  if (Taken != true)
    enter(A, No, B.conj(Path, B.negate(When)), InLoop, Back);
}

void Evaluator::terminate(Activation &A, uint32_t Index, Bdd Path,
                          uint32_t InLoop, Bdd &Back) {
  const Block &Now = A.Body->Blocks[Index];
  ++Sequence;
  switch (Now.Kind) {
  case Terminator::Jump:
    return enter(A, Now.Successors[0], Path, InLoop, Back);
  case Terminator::Branch: {
    Bdd Exact =
        truth(Conditions, under(Conditions, A.Registers[Now.Condition], Path));
    Bdd When = Conditions.abstracted(Exact, A.Full, Limits.DecisionSize);
    if (!(When == Exact))
      refine(A, Now.Condition, Path, When);
    decide(A, Index, 0, Path, When);
    noteGoingOn(A, Index, InLoop, When);
    return branch(A, Now.Successors[0], Now.Successors[1], Path, When, InLoop,
                  Back);
  }
  case Terminator::Switch: {
    Value On = under(Conditions, A.Registers[Now.Condition], Path);
    Bdd Rest = Path;
    for (uint32_t I = 0; I < Now.Cases.size(); ++I) {
      Bdd When = caseCondition(On, Now.Cases[I]);
      When = Conditions.abstracted(When, A.Full, Limits.DecisionSize);
      decide(A, Index, I, Rest, When);
      std::optional<bool> Taken =
          sideTaken(A, Now.Successors[I], None, When, InLoop);
      if (Taken != false)
        enter(A, Now.Successors[I], B.conj(Rest, When), InLoop, Back);
      if (Taken == true)
        return;
      Rest = B.conj(Rest, B.negate(When));
    }
    return enter(A, Now.Successors.back(), Rest, InLoop, Back);
  }
  case Terminator::StaticKey: {
    unsigned Labels = 0;
    Bdd Taken = staticKey(A, Now, Path, Labels);
    decide(A, Index, 1, Path, Taken);
    uint32_t Other = Labels >= 2 ? Now.Successors[2] : Now.Successors[0];
    return branch(A, Now.Successors[1], Other, Path, Taken, InLoop, Back);
  }
  case Terminator::Return:
    if (Now.Condition != None)
      for (const Guarded &G :
           under(Conditions, A.Registers[Now.Condition], Path))
        addAlternative(Conditions, A.Returned, B.conj(G.When, Path), G.What);
    return;
  case Terminator::Unreachable:
    A.Crashed = B.disj(A.Crashed, Path);
    return;
  }
}

} // namespace cocodma
