// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The floor: what the spec's primitives and the language's own memory
// functions do.
#include "dataflow/Evaluator.h"

#include "llvm/Support/MathExtras.h"

namespace cocodma {

Event &Evaluator::note(EventKind Kind, Activation &A, InstIndex Index,
                       Bdd Path) {
  Event New;
  New.Kind = Kind;
  New.When = Path;
  if (Kind == EventKind::Share || Kind == EventKind::Alias ||
      Kind == EventKind::Copy)
    New.Device = ownerInScope();
  New.Where = A.Self;
  New.At = Index;
  New.Shared = Conditions.no();
  New.Unknown = Conditions.no();
  New.Sequence = ++Sequence;
  Events.push_back(std::move(New));
  return Events.back();
}

Value Evaluator::ownerInScope() {
  // Whose memory is this? The nearest activation that was given a channel or a
  // device of a class answers.
  for (size_t I = Stack.size(); I-- > 0;) {
    const Activation &A = *Stack[I];
    for (uint32_t P = 0; P < A.Body->ParameterCount; ++P) {
      if (A.Body->Locals[P].InMemory)
        continue;
      for (const Guarded &G : A.Given.size() > P ? A.Given[P] : A.Locals[P]) {
        std::optional<Cell> Where = target(G.What);
        if (!Where || Terms.term(G.What).Kind != TermKind::Pointer)
          continue;
        const Object &O = Terms.object(Where->Object);
        StringIndex Record = O.Type == None ? None : Linked.recordOf(O.Type);
        if (Record != None && Vocabulary.classOfStruct(Linked.text(Record)))
          return A.Given.size() > P ? A.Given[P] : A.Locals[P];
      }
    }
  }
  return {};
}

void Evaluator::noteWrite(Activation &A, InstIndex Index, Cell Which,
                          const Value &New, Bdd Path) {
  if (Which.Path == 0 || Terms.last(Which.Path).What != PathStep::Kind::Field)
    return;
  StringIndex Field = Terms.last(Which.Path).Id;
  const Object &O = Terms.object(Which.Object);
  bool Marker = MarkerFields.count(Field) != 0;
  bool Device = false;
  if (!Marker && O.Type != None) {
    StringIndex Record = Linked.recordOf(O.Type);
    const DeviceClass *Class =
        Record == None ? nullptr
                       : Vocabulary.classOfStruct(Linked.text(Record));
    if (Class && Class->Device.Struct == Linked.text(Record))
      Device = Linked.text(Field).starts_with(Vocabulary.Core.Struct + ".");
  }
  if (!Marker && !Device)
    return;
  Value Before =
      Marker ? under(Conditions, load(Which, typeOfField(Field), Path), Path)
             : Value();
  Event &Written = note(
      Marker ? EventKind::MarkerWrite : EventKind::DeviceWrite, A, Index, Path);
  Written.Subject = New;
  Written.Before = std::move(Before);
  Written.Field = Field;
  Written.Target = Which;
}

Value Evaluator::argument(const Primitive &P, Role Which,
                          llvm::ArrayRef<Value> Arguments) const {
  std::optional<unsigned> Position = P.position(Which);
  std::optional<Argument> Given = P.argument(Which);
  if (!Position && Given && CallerInst) {
    // Given by the type of the parameter: its place differs between kernels.
    StringIndex Wanted = Linked.find(std::get<std::string>(*Given));
    for (uint32_t N = 0; N < CallerInst->C && Wanted != None; ++N) {
      TypeIndex Type =
          CallerBody->Insts[CallerBody->Operands[CallerInst->B + N]].Type;
      if (Type != None && Linked.type(Type).Name == Wanted)
        Position = N;
    }
  }
  return Position && *Position < Arguments.size() ? Arguments[*Position]
                                                  : Value();
}

Value Evaluator::primitive(Activation &A, InstIndex Index, const Primitive &P,
                           llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  CallerBody = A.Body;
  CallerInst = &I;
  switch (P.Effect) {
  case Effect::Share:
  case Effect::Unshare:
    return convert(A, Index, P, Arguments, Path);
  case Effect::Bounce:
    bounce(A, Index, P, Arguments, Path);
    return {};
  case Effect::DecryptedProtection:
    return always(Conditions, DecryptedMark);
  case Effect::EncryptedProtection:
    return argument(P, Role::Protection, Arguments);
  case Effect::Alias:
    return alias(A, Index, P, Arguments, Path);
  case Effect::Unalias:
  case Effect::Wake:
    return {};
  case Effect::Wait:
    awaited(argument(P, Role::Address, Arguments), Path);
    return I.Type != None && Linked.type(I.Type).Kind != TypeKind::Void
               ? input(I.Type, "result of " + P.Function + "()", None, None)
               : Value();
  case Effect::SetBit:
  case Effect::ClearBit:
  case Effect::ChangeBit:
    return bitOperation(A, I, P, Arguments, Path);
  case Effect::EnableKey:
  case Effect::DisableKey:
    for (const Guarded &G : argument(P, Role::Address, Arguments))
      if (std::optional<Cell> Key = target(G.What))
        store({Key->Object, Terms.field(0, KeyState)},
              always(Conditions, Terms.constant(P.Effect == Effect::EnableKey)),
              None, B.conj(Path, G.When));
    return {};
  case Effect::SetTarget:
    setTarget(argument(P, Role::Address, Arguments),
              argument(P, Role::Source, Arguments), Path);
    return {};
  case Effect::FillIn:
    for (const Guarded &G : argument(P, Role::Address, Arguments))
      if (std::optional<Cell> Where = target(G.What))
        fillIn(canonical(*Where), "what " + P.Function + "() filled in",
               B.conj(B.conj(Path, G.When), P.Flag.empty()
                                                ? Conditions.yes()
                                                : hasFlag(P, Arguments)));
    return I.Type != None && Linked.type(I.Type).Kind != TypeKind::Void
               ? input(I.Type, "result of " + P.Function + "()", None, None)
               : Value();
  case Effect::PutIn:
    return putIn(A, Index, P, Arguments, Path);
  case Effect::LookUp:
    return lookUp(A, Index, P, Arguments, Path);
  case Effect::TakeOut:
    return takeOut(A, Index, P, Arguments, Path);
  case Effect::SetUp:
    for (const Guarded &G : argument(P, Role::Address, Arguments))
      if (std::optional<Cell> Where = target(G.What))
        store({Where->Object, Terms.field(Where->Path, SetUpMembers.at(&P))},
              argument(P, Role::Source, Arguments), None, B.conj(Path, G.When));
    [[fallthrough]];
  case Effect::Stop:
    return I.Type != None && Linked.type(I.Type).Kind != TypeKind::Void
               ? input(I.Type, "result of " + P.Function + "()", None, None)
               : Value();
  case Effect::Fill:
    return fill(P, Arguments, Path);
  case Effect::TakeReference:
    return argument(P, Role::Address, Arguments);
  case Effect::Compare:
    break; // As any function, unless both sides are known: compared().
  case Effect::Allocate:
    return allocate(A, Index, P, Arguments, Path);
  case Effect::Free:
    return release(A, Index, P, Arguments, Path);
  case Effect::Copy: {
    Value To = argument(P, Role::Destination, Arguments);
    Value From = argument(P, Role::Source, Arguments);
    copied(A, Index, To, From, Path);
    copyObject(To, From, Path);
    return I.Type != None && Linked.isPointer(I.Type)
               ? To
               : external(A, Index, P.Function, {}, Path);
  }
  case Effect::RegisterDevice: {
    const Value Device = argument(P, Role::Device, Arguments);
    const Bdd Reached = runUntilProbe(A, Index, P, Arguments, Path);
    Event &Known = note(EventKind::Register, A, Index, Reached);
    Known.Device = Device;
    Event Copy = Known;
    if (Hooks)
      Hooks->registered(Copy);
    return always(Conditions, Terms.symbol("result of " + P.Function + "()",
                                           Certainty::Free));
  }
  }
  return {};
}

bool Evaluator::isPageMultiple(TermId Size) const {
  if (std::optional<int64_t> C = Terms.constantOf(Size))
    return *C % int64_t(Vocabulary.PageSize) == 0;
  const Term &T = Terms.term(Size);
  if (T.Kind != TermKind::Binary)
    return false;
  switch (BinaryKind(T.Sub)) {
  case BinaryKind::Multiply:
  case BinaryKind::And:
    return isPageMultiple(T.A) || isPageMultiple(T.B);
  case BinaryKind::Add:
  case BinaryKind::Subtract:
    return isPageMultiple(T.A) && isPageMultiple(T.B);
  case BinaryKind::ShiftLeft: {
    std::optional<int64_t> By = Terms.constantOf(T.B);
    return isPageMultiple(T.A) ||
           (By && *By >= int64_t(llvm::Log2_64(Vocabulary.PageSize)));
  }
  default:
    return false;
  }
}

void Evaluator::countPages(const Primitive &P, llvm::ArrayRef<Value> Arguments,
                           Object &New) const {
  // An allocator aligns what is whole pages to pages (slab objects as well,
  // since 5.4).
  Value Size = argument(P, Role::Size, Arguments);
  Value Count = argument(P, Role::Count, Arguments);
  Value Order = argument(P, Role::Order, Arguments);
  auto AllMultiples = [&](const Value &V) {
    return !V.empty() && llvm::all_of(V, [&](const Guarded &G) {
      return isPageMultiple(G.What);
    });
  };
  New.WholePages =
      P.Unit == Unit::Pages || P.Unit == Unit::Vmalloc ||
      P.Unit == Unit::Area ||
      (P.Unit == Unit::Slab && (AllMultiples(Size) || AllMultiples(Count)));
  auto Only = [&](const Value &V) {
    return V.size() == 1 ? Terms.constantOf(V[0].What) : std::nullopt;
  };
  int64_t PageSize = Vocabulary.PageSize;
  if (std::optional<int64_t> N = Only(Order); N && *N >= 0 && *N < 32)
    New.Pages = uint64_t(1) << *N;
  else if (std::optional<int64_t> Bytes = Only(Size);
           Bytes && *Bytes > 0 && Count.empty() && New.WholePages)
    New.Pages = (*Bytes + PageSize - 1) / PageSize;
  else if (Size.empty() && Order.empty() && Count.empty() &&
           P.Unit == Unit::Pages)
    New.Pages = 1;
}

Value Evaluator::allocate(Activation &A, InstIndex Index, const Primitive &P,
                          llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  Object New;
  New.Kind = ObjectKind::Heap;
  New.MayBeNull = true;
  New.NoError = P.Failure == Failure::Null;
  New.Unit = uint8_t(P.Unit) + 1;
  New.File = I.File;
  New.Line = I.Line;
  New.Name = "memory of " + P.Function + "() in " +
             Linked.functionName(A.Self->Function).str() + "()";
  New.Zeroed = P.Zeroed == Zeroed::Always;
  if (P.Zeroed == Zeroed::ByAllocationFlags) {
    const FlagBit &Zeroing = Vocabulary.ZeroingFlag;
    int64_t Mask = int64_t(1) << Linked.namedConstant(Zeroing.Constant)
                                     .value_or(Zeroing.Otherwise);
    Value Flags = argument(P, Role::AllocationFlags, Arguments);
    New.Zeroed = !Flags.empty();
    for (const Guarded &G : Flags) {
      std::optional<int64_t> C = Terms.constantOf(G.What);
      New.Zeroed &= C && (*C & Mask);
    }
  }
  if (TypeIndex To = Linked.pointee(I.Type);
      To != None && Linked.type(To).Kind == TypeKind::Record)
    New.Type = To;
  countPages(P, Arguments, New);
  Value Result = always(Conditions, Terms.pointer(Terms.newObject(New), 0));
  if (Value From = argument(P, Role::Source, Arguments); !From.empty())
    copyObject(Result, From, Conditions.yes());
  if (Value Old = argument(P, Role::Address, Arguments); !Old.empty()) {
    copyObject(Result, Old, Conditions.yes());
    release(A, Index, P, Arguments, B.conj(Path, truth(Conditions, Result)));
  }
  return Result;
}

Value Evaluator::release(Activation &A, InstIndex Index, const Primitive &P,
                         llvm::ArrayRef<Value> Arguments, Bdd Path) {
  // Some allocators take back what is theirs only, and say so.
  Value Taken;
  if (P.Success == Result::TrueOnSuccess) {
    Taken = always(Conditions, Terms.symbol("result of " + P.Function + "()",
                                            Certainty::Free));
    Path = B.conj(Path, truth(Conditions, Taken));
  }
  for (const Guarded &G : argument(P, Role::Address, Arguments)) {
    std::optional<Cell> Where = target(rootOf(G.What));
    // A mapping is not the memory that it shows.
    if (!Where || Learned.AliasSources.count(Where->Object))
      continue;
    if (P.TakesBack &&
        Terms.object(Where->Object).Unit != uint8_t(*P.TakesBack) + 1)
      continue;
    Value State = sharing(Where->Object, Path);
    Event &Given = note(EventKind::Free, A, Index, B.conj(Path, G.When));
    Given.Subject = always(Conditions, G.What);
    Given.Converted =
        Store->find({Where->Object, Terms.field(0, StateField)}) != nullptr;
    for (const Guarded &S : State) {
      if (Terms.constantOf(S.What) == 1)
        Given.Shared = B.disj(Given.Shared, S.When);
      if (Terms.constantOf(S.What) == 2)
        Given.Unknown = B.disj(Given.Unknown, S.When);
    }
  }
  return Taken;
}

Bdd Evaluator::isDecrypted(const Value &Protection, Bdd Path) {
  Bdd Result = Conditions.no();
  for (const Guarded &G : Protection) {
    if (G.What == DecryptedMark) {
      Result = B.disj(Result, G.When);
      continue;
    }
    const Term T = Terms.term(G.What);
    if (T.Kind == TermKind::Binary || T.Kind == TermKind::Unary) {
      // Flags added to a decrypted protection leave it decrypted.
      Value Inner = always(Conditions, T.A);
      if (T.Kind == TermKind::Binary)
        addAlternative(Conditions, Inner, Conditions.yes(), T.B);
      Result = B.disj(Result, B.conj(G.When, isDecrypted(Inner, Path)));
      continue;
    }
    if (T.Kind != TermKind::Pointer)
      continue;
    // A protection is a struct with one member; its value is its address.
    std::optional<Cell> Where = target(G.What);
    for (PathId P : Store->paths(Where->Object)) {
      if (P == Where->Path || !Terms.startsWith(P, Where->Path))
        continue;
      Value Inner = under(Conditions, *Store->find({Where->Object, P}), Path);
      Result = B.disj(Result, B.conj(G.When, isDecrypted(Inner, Path)));
    }
  }
  return Result;
}

Bdd Evaluator::hasFlag(const Primitive &P, llvm::ArrayRef<Value> Arguments) {
  std::optional<int64_t> Flag = Linked.namedConstant(P.Flag);
  if (int64_t Number;
      !Flag && !llvm::StringRef(P.Flag).getAsInteger(/*Radix=*/0, Number))
    Flag = Number;
  Bdd Result = Conditions.no();
  if (!Flag || !P.position(Role::Flags))
    return Result;
  for (const Guarded &G : argument(P, Role::Flags, Arguments))
    Result = B.disj(
        Result, B.conj(G.When, Conditions.truth(Terms.binary(
                                   BinaryKind::And, G.What,
                                   Terms.constant(*Flag), /*Signed=*/false))));
  return Result;
}

Value Evaluator::alias(Activation &A, InstIndex Index, const Primitive &P,
                       llvm::ArrayRef<Value> Arguments, Bdd Path) {
  Bdd Decrypted = Conditions.no();
  if (P.position(Role::Protection))
    Decrypted = isDecrypted(argument(P, Role::Protection, Arguments), Path);
  Decrypted = B.disj(Decrypted, hasFlag(P, Arguments));
  Object New;
  New.Kind = ObjectKind::Heap;
  New.MayBeNull = true;
  New.Name = "mapping of " + P.Function + "() in " +
             Linked.functionName(A.Self->Function).str() + "()";
  ObjectId Mapped = Terms.newObject(New);
  Value Pages;
  for (Role Which : {Role::PageArray, Role::Address, Role::Physical,
                     Role::Frame, Role::FrameArray})
    if (Pages.empty())
      Pages = argument(P, Which, Arguments);
  Learned.AliasSources[Mapped] = Pages;
  Bdd When = B.conj(Path, Decrypted);
  if (!When.isFalse()) {
    Event &Shared = note(EventKind::Alias, A, Index, When);
    Shared.Subject = Pages;
    Store->set({Mapped, Terms.field(0, StateField)}, boolean(Decrypted));
  }
  return always(Conditions, Terms.pointer(Mapped, 0));
}

void Evaluator::noteMapping(Activation &A, InstIndex Index, StringIndex Name,
                            llvm::ArrayRef<Value> Arguments, Bdd Path) {
  auto Found = Mappings.find(Name);
  if (Found == Mappings.end() || Arguments.empty() ||
      Mappings.count(Linked.function(A.Self->Function).Body->Name))
    return; // Nothing, or one of them that is made of another.
  AttributedKind Kind = Found->second->Kind;
  if (!mapsMemory(Kind) && !unmapsMemory(Kind))
    return;
  Event &New = note(mapsMemory(Kind) ? EventKind::Map : EventKind::Unmap, A,
                    Index, Path);
  New.Device = Arguments[0];
}

void Evaluator::bounce(Activation &A, InstIndex Index, const Primitive &P,
                       llvm::ArrayRef<Value> Arguments, Bdd Path) {
  Bdd ToDevice = Conditions.yes();
  if (std::optional<int64_t> Direction = Linked.namedConstant(P.ToDevice)) {
    ToDevice = Conditions.no();
    for (const Guarded &G : argument(P, Role::Direction, Arguments))
      ToDevice = B.disj(
          ToDevice,
          B.conj(G.When, Conditions.equal(G.What, Terms.constant(*Direction))));
  }
  Bdd When = B.conj(Path, ToDevice);
  if (Hooks && !(When == Path))
    Hooks->copiedBack(B.conj(Path, B.negate(ToDevice)));
  if (When.isFalse())
    return;
  Event &Bounced = note(EventKind::Bounce, A, Index, When);
  Bounced.Device = argument(P, Role::Device, Arguments);
}

void Evaluator::awaited(const Value &Completion, Bdd Path) {
  for (const Guarded &G : Completion) {
    std::optional<Cell> Where = target(G.What);
    if (!Where || Where->Path == 0 ||
        Terms.last(Where->Path).What != PathStep::Kind::Field)
      continue;
    PathId Record = Terms.parent(Where->Path);
    for (StringIndex Member : Wakes.written(Terms.last(Where->Path).Id)) {
      fillIn({Where->Object, Terms.field(Record, Member)},
             "an answer in " + Linked.text(Member).str(), B.conj(Path, G.When));
    }
  }
}

void Evaluator::dataAssigned(Activation &A, InstIndex Index, const Value &To,
                             const Value &From, Bdd Path) {
  // What code puts together in a variable of its own is what it tells the
  // other side, such as a descriptor; data comes from elsewhere.
  Value Elsewhere;
  for (const Guarded &G : From)
    if (auto Where = target(G.What);
        Where && Terms.object(Where->Object).Kind != ObjectKind::Local)
      Elsewhere.push_back(G);
  if (!Elsewhere.empty())
    copied(A, Index, To, Elsewhere, Path);
}

void Evaluator::copied(Activation &A, InstIndex Index, const Value &To,
                       const Value &From, Bdd Path) {
  Bdd Shared = Conditions.no();
  for (const Guarded &G : To) {
    std::optional<Cell> Where = target(G.What);
    if (!Where)
      continue;
    for (const Guarded &S : sharing(Where->Object, Path))
      if (Terms.constantOf(S.What) == 1)
        Shared = B.disj(Shared, B.conj(G.When, S.When));
  }
  if (B.disjoint(Shared, Path))
    return;
  Event &Copied = note(EventKind::Copy, A, Index, Path);
  Copied.Subject = To;
  Copied.Source = From;
  Copied.Shared = Shared;
}

} // namespace cocodma
