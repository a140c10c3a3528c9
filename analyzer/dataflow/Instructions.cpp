// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each instruction computes.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

/// What allocators align to at least; such addresses end in as many zeros.
static constexpr uint64_t AllocationAlignment = 8;

void Evaluator::execute(Activation &A, InstIndex Index, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  Value &Out = A.Registers[Index];
  ++Executed;
  auto Operand = [&](InstIndex Which) -> Value {
    return under(Conditions, A.Registers[Which], Path);
  };
  switch (I.Op) {
  case Opcode::Constant:
    Out = always(Conditions, Terms.constant(I.Value));
    return;
  case Opcode::StringLiteral:
    Out = always(Conditions, Terms.string(I.Name));
    return;
  case Opcode::LocalAddress:
    if (A.LocalObjects[I.A] == None)
      return;
    Out = always(Conditions, Terms.pointer(A.LocalObjects[I.A], 0));
    return;
  case Opcode::GlobalAddress:
    Out = always(Conditions, Terms.pointer(globalObject(I.Value), 0));
    return;
  case Opcode::FunctionAddress:
    if (I.Value >= 0)
      Out = always(Conditions, Terms.function(I.Value));
    else
      Out = always(Conditions, undefinedFunction(I.Name));
    return;
  case Opcode::ReadLocal:
    Out = under(Conditions, A.Locals[I.A], Path);
    if (Out.empty())
      Out = always(Conditions,
                   Terms.symbol("uninitialized " +
                                    Linked.text(A.Body->Locals[I.A].Name).str(),
                                Certainty::Free));
    return;
  case Opcode::WriteLocal:
    A.Locals[I.A] = merged(Path, Operand(I.B), A.Locals[I.A],
                           Linked.text(A.Body->Locals[I.A].Name).str());
    return;
  case Opcode::FieldAddress:
    Out = fieldAddress(I, Operand(I.A));
    return;
  case Opcode::ElementAddress:
    Out = elementAddress(I, Operand(I.A), Operand(I.B), Path);
    return;
  case Opcode::Load:
    if (!I.Sub)
      followed(A.Registers[I.A], Path);
    Out = loadThrough(Operand(I.A), I.Type, A.Full);
    return;
  case Opcode::Store:
    storeThrough(A, Index, Path);
    return;
  case Opcode::CopyObject:
    dataAssigned(A, Index, Operand(I.A), Operand(I.B), Path);
    copyObject(Operand(I.A), Operand(I.B), A.Full);
    return;
  case Opcode::ZeroObject:
    zeroObject(Operand(I.A), A.Full);
    return;
  case Opcode::Binary:
    Out = binary(I, Operand(I.A), Operand(I.B), Path);
    return;
  case Opcode::Unary:
    Out = unary(I, Operand(I.A));
    return;
  case Opcode::Cast:
    Out = cast(I, A.Body->Insts[I.A].Type, Operand(I.A));
    return;
  case Opcode::ContainerOf:
    Out = containerOf(I, Operand(I.A));
    return;
  case Opcode::Call:
    Out = call(A, Index, Path);
    return;
  case Opcode::Select:
    Out = choose(Conditions, truth(Conditions, Operand(I.A)), Operand(I.B),
                 Operand(I.C));
    return;
  case Opcode::LogicalAnd:
    Out = boolean(B.conj(truth(Conditions, Operand(I.A)),
                         truth(Conditions, A.Registers[I.B])));
    return;
  case Opcode::LogicalOr:
    Out = boolean(B.disj(truth(Conditions, Operand(I.A)),
                         truth(Conditions, A.Registers[I.B])));
    return;
  case Opcode::Assembly:
    Out = assembly(A, I, Path);
    return;
  case Opcode::Undefined:
    Out = input(I.Type, "an undefined value", None, None);
    return;
  }
}

Value Evaluator::compare(const Inst &I, const Value &Left, const Value &Right) {
  Bdd Result = Conditions.no();
  Bdd Open = Conditions.no();
  // Many numbers against many others: which of them is smaller is not worth
  // an atom for each pair, nor a formula that multiplexes between them.
  size_t Pairs = Left.size() * Right.size();
  bool Many = Pairs > Limits.ComparedPairs;
  if (Pairs > 4 * Limits.ComparedPairs) {
    Value All = Left;
    All.append(Right.begin(), Right.end());
    return boolean(truth(Conditions, widen("numbers that are compared", All)));
  }
  for (const Guarded &L : Left)
    for (const Guarded &R : Right) {
      Bdd When = B.conj(L.When, R.When);
      if (When.isFalse())
        continue;
      Bdd Holds;
      switch (BinaryKind(I.Sub)) {
      case BinaryKind::Equal:
        Holds = Conditions.equal(L.What, R.What);
        break;
      case BinaryKind::NotEqual:
        Holds = B.negate(Conditions.equal(L.What, R.What));
        break;
      case BinaryKind::Less:
        Holds = Conditions.less(L.What, R.What, I.Value);
        break;
      case BinaryKind::GreaterEqual:
        Holds = B.negate(Conditions.less(L.What, R.What, I.Value));
        break;
      case BinaryKind::Greater:
        Holds = Conditions.less(R.What, L.What, I.Value);
        break;
      default:
        Holds = B.negate(Conditions.less(R.What, L.What, I.Value));
        break;
      }
      if (Many && !Holds.isConstant() && !Terms.isKept(L.What) &&
          !Terms.isKept(R.What))
        Open = B.disj(Open, When);
      else
        Result = B.disj(Result, B.conj(When, Holds));
    }
  if (!Open.isFalse())
    Result =
        B.disj(Result, B.conj(Open, Conditions.choice("a comparison of numbers",
                                                      Certainty::Free)));
  return boolean(Result);
}

std::optional<TermId> Evaluator::tagged(BinaryKind Kind, TermId Pointer,
                                        int64_t Number) {
  // Allocators align what they give, so that code keeps flags in the lowest
  // bits of the address.
  const Term P = Terms.term(Pointer);
  if (Terms.object(P.A).Kind != ObjectKind::Heap)
    return std::nullopt;
  uint64_t Tag = 0;
  if (P.B != 0) {
    const PathStep &Last = Terms.last(P.B);
    if (Terms.parent(P.B) != 0 || Last.What != PathStep::Kind::Derived ||
        Last.Id == 0)
      return std::nullopt;
    Tag = Last.Id;
  }
  const auto Bits = uint64_t(Number);
  if (Kind == BinaryKind::And && Bits < AllocationAlignment)
    return Terms.constant(int64_t(Tag & Bits));
  if (Kind == BinaryKind::And && ~Bits < AllocationAlignment)
    Tag &= Bits;
  else if (Kind == BinaryKind::Or && Bits < AllocationAlignment)
    Tag |= Bits;
  else if (Kind == BinaryKind::Add && Tag + Bits < AllocationAlignment)
    Tag += Bits;
  else
    return std::nullopt;
  return Terms.pointer(
      P.A, Tag ? Terms.extend(0, {PathStep::Kind::Derived, uint32_t(Tag)}) : 0);
}

TermId Evaluator::combine(const Inst &I, TermId Left, TermId Right) {
  BinaryKind Kind = BinaryKind(I.Sub);
  const Term L = Terms.term(Left), R = Terms.term(Right);
  bool LeftPointer = L.Kind == TermKind::Pointer;
  bool RightPointer = R.Kind == TermKind::Pointer;
  if (!LeftPointer && !RightPointer)
    return Terms.binary(Kind, Left, Right, I.Value);
  std::optional<int64_t> C = Terms.constantOf(LeftPointer ? Right : Left);
  if (C)
    if (std::optional<TermId> Tagged =
            tagged(Kind, LeftPointer ? Left : Right, *C))
      return *Tagged;
  bool Low = C && Kind == BinaryKind::And && uint64_t(*C) < 4096;
  if (Low || (LeftPointer && RightPointer) || Kind == BinaryKind::Remainder)
    return Terms.binary(Kind, Left, Right, I.Value);
  // An address, frame number or page computed from a pointer still leads to
  // the same memory.
  const Term &P = LeftPointer ? L : R;
  if (C && *C == 0 && Kind != BinaryKind::And && Kind != BinaryKind::Multiply)
    return LeftPointer ? Left : Right;
  if (P.B != 0 && Terms.last(P.B).What == PathStep::Kind::Derived)
    return LeftPointer ? Left : Right;
  return Terms.pointer(P.A, Terms.extend(P.B, {PathStep::Kind::Derived, 0}));
}

Value Evaluator::binary(const Inst &I, const Value &Left, const Value &Right,
                        Bdd Path) {
  if (I.Sub >= uint8_t(BinaryKind::Equal))
    return compare(I, Left, Right);
  if (Left.size() == 1 && Right.size() == 1)
    return always(Conditions, combine(I, Left[0].What, Right[0].What));
  if (Left.size() * Right.size() > 4 * Limits.Alternatives) {
    Value All = Left;
    All.append(Right.begin(), Right.end());
    return widen("operands", All);
  }
  Value Result;
  for (const Guarded &L : Left)
    for (const Guarded &R : Right) {
      Bdd When = B.conj(L.When, R.When);
      if (!When.isFalse() && !B.disjoint(When, Path))
        addAlternative(Conditions, Result, When, combine(I, L.What, R.What));
    }
  return limited(std::move(Result), Here, "operands");
}

Value Evaluator::unary(const Inst &I, const Value &Operand) {
  if (I.Sub == uint8_t(UnaryKind::Not))
    return boolean(B.negate(truth(Conditions, Operand)));
  Value Result;
  for (const Guarded &G : Operand)
    addAlternative(Conditions, Result, G.When,
                   Terms.unary(UnaryKind(I.Sub), G.What));
  return Result;
}

Value Evaluator::cast(const Inst &I, TypeIndex From, const Value &Operand) {
  const SummaryType &Type = Linked.type(I.Type);
  if (Type.Kind == TypeKind::Bool)
    return boolean(truth(Conditions, Operand));
  // Addresses are unsigned: a signed number that becomes a pointer is an error
  // code, and leads nowhere.
  bool Error = Type.Kind == TypeKind::Pointer && From != None &&
               Linked.type(From).Kind == TypeKind::Integer &&
               Linked.type(From).Signed;
  Value Result;
  for (const Guarded &G : Operand) {
    TermId What = G.What;
    TermKind Kind = Terms.term(What).Kind;
    if (Error && (Kind == TermKind::Symbol || Kind == TermKind::Binary)) {
      Bdd Set = Conditions.truth(What);
      addAlternative(Conditions, Result, B.conj(G.When, Set),
                     Terms.errorCode(What));
      addAlternative(Conditions, Result, B.conj(G.When, B.negate(Set)),
                     Terms.constant(0));
      continue;
    }
    if (std::optional<int64_t> C = Terms.constantOf(What);
        C && Type.Kind == TypeKind::Integer && Type.Bits < 64) {
      uint64_t Mask = (uint64_t(1) << Type.Bits) - 1;
      uint64_t Cut = uint64_t(*C) & Mask;
      if (Type.Signed && (Cut >> (Type.Bits - 1)))
        Cut |= ~Mask;
      What = Terms.constant(int64_t(Cut));
    } else if (Type.Kind == TypeKind::Integer && Type.Bits < 8 &&
               !Type.Signed && Kind == TermKind::Binary) {
      // A bit of a word that is kept in a bit-field may be none that fits.
      What = Terms.binary(BinaryKind::And, What,
                          Terms.constant((1 << Type.Bits) - 1), 0);
    } else if (Type.Kind == TypeKind::Pointer) {
      What = typed(What, I.Type);
      if (Terms.term(What).Kind == TermKind::Pointer && Hooks) {
        const Object &O = Terms.object(Terms.term(What).A);
        StringIndex Record = Linked.recordOf(I.Type);
        if (O.Untyped && O.Kind == ObjectKind::Input && Record != None &&
            Terms.term(What).B == 0) {
          std::vector<TermId> Found = Hooks->candidates(Record, O.Parent);
          if (Found.empty() && O.Field != None)
            Found = Hooks->keptIn(O.Field, Record);
          if (Found.size() == 1)
            What = Found[0];
        }
      }
    }
    addAlternative(Conditions, Result, G.When, What);
  }
  return Result;
}

Value Evaluator::fieldAddress(const Inst &I, const Value &Base) {
  Value Result;
  for (const Guarded &G : Base)
    if (std::optional<Cell> Where = target(G.What)) {
      Cell To{Where->Object, Terms.field(Where->Path, I.Name)};
      auto Head = Learned.Heads.find(To.Object);
      if (Head != Learned.Heads.end() && Head->second.first == To.Path)
        To = Head->second.second;
      addAlternative(Conditions, Result, G.When,
                     Terms.pointer(To.Object, To.Path));
    }
  return Result;
}

bool Evaluator::isFrameNumber(TermId Index) const {
  // A number that was computed from an address still leads to its memory.
  const Term &T = Terms.term(Index);
  return T.Kind == TermKind::Pointer && T.B != 0 &&
         Terms.last(T.B).What == PathStep::Kind::Derived;
}

Value Evaluator::elementAddress(const Inst &I, const Value &Base,
                                const Value &Index, Bdd Path) {
  const StringIndex Page = Linked.find(Vocabulary.PageStruct);
  const bool Pages = Page != None && Linked.recordOf(I.Type) == Page;
  Value Result;
  for (const Guarded &G : Base) {
    std::optional<Cell> Where = target(G.What);
    if (!Where) {
      if (Terms.term(G.What).Kind == TermKind::String)
        addAlternative(Conditions, Result, G.When, G.What);
      continue;
    }
    const bool Derived = isFrameNumber(G.What);
    const PathStep *Last = Where->Path ? &Terms.last(Where->Path) : nullptr;
    for (const Guarded &N : Index) {
      Bdd When = B.conj(G.When, N.When);
      if (When.isFalse() || B.disjoint(When, Path))
        continue;
      std::optional<int64_t> C = Terms.constantOf(N.What);
      TermId At = elementIndex(N.What);
      if (!C)
        Learned.Indexed.insert(Where->Object);
      TermId To;
      if (std::optional<Cell> Known =
              C ? std::nullopt : convertedBehind(N.What)) {
        // The entry that describes a page, by the page's number.
        To = Terms.pointer(
            Known->Object,
            Terms.extend(Known->Path, {PathStep::Kind::Derived, 0}));
      } else if (Pages && isFrameNumber(N.What)) {
        To = N.What;
      } else if ((C && *C == 0) || Derived) {
        To = Terms.pointer(Where->Object, Where->Path);
      } else if (Last && Last->What == PathStep::Kind::Element) {
        // p++ steps from element to element of the same array.
        TermId Sum =
            C ? Terms.binary(BinaryKind::Add, Last->Id, At, true) : AnyIndex;
        PathId Outer = Terms.parent(Where->Path);
        std::optional<int64_t> Position = Terms.constantOf(Sum);
        To = Terms.pointer(
            Where->Object,
            Position && *Position == 0
                ? Outer
                : Terms.extend(Outer, {PathStep::Kind::Element, Sum}));
      } else {
        To = Terms.pointer(
            Where->Object,
            Terms.extend(Where->Path, {PathStep::Kind::Element, At}));
      }
      addAlternative(Conditions, Result, When, To);
    }
  }
  return limited(std::move(Result), Here, "elements");
}

void Evaluator::followed(const Value &Address, Bdd Path) {
  // Where one of several pointers leads nowhere the code crashes and does not
  // go on; the address of a member of nothing is no alternative at all. (Where
  // none leads anywhere it is the analysis that knows too little.)
  Bdd Somewhere = Conditions.no();
  for (const Guarded &G : Address)
    if (target(G.What) || Terms.term(G.What).Kind != TermKind::Constant)
      Somewhere = B.disj(Somewhere, G.When);
  if (!Somewhere.isConstant() && !B.disjoint(Somewhere, Path))
    Stopped = B.disj(Stopped, B.conj(Path, B.negate(Somewhere)));
}

Value Evaluator::loadThrough(const Value &Address, TypeIndex Type, Bdd Path) {
  if (Address.size() == 1) {
    std::optional<Cell> Where = target(Address[0].What);
    if (Where)
      return under(Conditions, load(*Where, Type, Path), Path);
  }
  Value Result;
  for (const Guarded &G : Address) {
    std::optional<Cell> Where = target(G.What);
    if (!Where)
      continue;
    Bdd When = B.conj(G.When, Path);
    if (When.isFalse())
      continue;
    for (const Guarded &V : load(*Where, Type, When))
      addAlternative(Conditions, Result, B.conj(G.When, V.When), V.What);
  }
  if (Result.empty())
    return input(Type, "a value behind no known object", None, None);
  return limited(std::move(Result), Here, "objects");
}

const Value *Evaluator::elementCopied(const Activation &A,
                                      const Inst &Store) const {
  auto Uncast = [&](uint32_t At) {
    while (A.Body->Insts[At].Op == Opcode::Cast)
      At = A.Body->Insts[At].A;
    return At;
  };
  const Inst &From = A.Body->Insts[Uncast(Store.B)];
  const Inst &To = A.Body->Insts[Uncast(Store.A)];
  if (From.Op != Opcode::Load || To.Op != Opcode::ElementAddress)
    return nullptr;
  const uint32_t Source = Uncast(From.A);
  const Inst &Element = A.Body->Insts[Source];
  const bool IsCopied = Element.Op == Opcode::ElementAddress &&
                        A.Body->Insts[To.B].Op != Opcode::Constant &&
                        A.Registers[To.B] == A.Registers[Element.B];
  return IsCopied ? &A.Registers[Source] : nullptr;
}

void Evaluator::storeThrough(Activation &A, InstIndex Index, Bdd Path) {
  const Inst &I = A.Body->Insts[Index];
  Value Address = under(Conditions, A.Registers[I.A], Path);
  Value New = under(Conditions, A.Registers[I.B], Path);
  followed(A.Registers[I.A], Path);
  if (Address.size() > Limits.Alternatives)
    return;
  if (const Value *From = elementCopied(A, I))
    dataAssigned(A, Index, Address, *From, Path);
  for (const Guarded &G : Address) {
    std::optional<Cell> Where = target(G.What);
    if (!Where)
      continue;
    Bdd When = B.conj(G.When, A.Full);
    if (When.isFalse())
      continue;
    Cell Final = canonical(*Where);
    noteWrite(A, Index, Final, New, When);
    store(Final, New, I.Type, When);
  }
}

} // namespace cocodma
