// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Guards.h"

#include "llvm/ADT/bit.h"

namespace cocodma {
namespace {
/// New nodes that one operation may make.
constexpr size_t OperationNodes = 10000;
/// Size to which operands are reduced before a second try.
constexpr size_t ReducedSize = 8;
} // namespace

template <typename Operation>
Bdd BoundedFormulas::bounded(Bdd F, Bdd G, Operation Compute) {
  BddManager &B = Owner.bdd();
  B.setNodeLimit(B.nodeCount() + OperationNodes);
  Bdd Result = Compute(F, G);
  if (B.exhausted()) {
    B.clearExhausted();
    B.setNodeLimit(SIZE_MAX);
    F = Owner.abstractedPath(F, ReducedSize);
    G = Owner.abstractedPath(G, ReducedSize);
    Result = Compute(F, G);
  }
  B.setNodeLimit(SIZE_MAX);
  return Result;
}

Bdd BoundedFormulas::conj(Bdd F, Bdd G) {
  return bounded(F, G, [&](Bdd L, Bdd R) { return Owner.bdd().conj(L, R); });
}
Bdd BoundedFormulas::disj(Bdd F, Bdd G) {
  return bounded(F, G, [&](Bdd L, Bdd R) { return Owner.bdd().disj(L, R); });
}
Bdd BoundedFormulas::exclusiveOr(Bdd F, Bdd G) {
  return bounded(F, G,
                 [&](Bdd L, Bdd R) { return Owner.bdd().exclusiveOr(L, R); });
}
Bdd BoundedFormulas::negate(Bdd F) const { return Owner.bdd().negate(F); }
Bdd BoundedFormulas::cofactor(Bdd F, Bdd Care) {
  BddManager &B = Owner.bdd();
  NodeBudget Few(B, OperationNodes);
  return B.cofactor(F, Care);
}
bool BoundedFormulas::disjoint(Bdd F, Bdd G) {
  return Owner.bdd().disjoint(F, G);
}
Bdd BoundedFormulas::constant(bool Value) const {
  return Owner.bdd().constant(Value);
}
std::vector<uint32_t> BoundedFormulas::support(Bdd F) const {
  return Owner.bdd().support(F);
}
bool BoundedFormulas::isLarger(Bdd F, size_t Limit) const {
  return Owner.bdd().isLarger(F, Limit);
}
size_t BoundedFormulas::nodeCount() const { return Owner.bdd().nodeCount(); }

uint64_t Guards::hashOf(const Atom &A) {
  return InternIndex::mix(uint64_t(A.What) << 32 | A.Subject,
                          uint64_t(A.Operand));
}

Bdd Guards::variable(Atom New) {
  const uint64_t Hash = hashOf(New);
  uint32_t Index = Variables.find(Hash, [&](uint32_t Known) {
    const Atom &A = Atoms[Known];
    return A.What == New.What && A.Subject == New.Subject &&
           A.Operand == New.Operand;
  });
  if (Index == InternIndex::None) {
    Index = uint32_t(Atoms.size());
    Variables.add(Hash, Index,
                  [this](uint32_t Known) { return hashOf(Atoms[Known]); });
    add(std::move(New));
  }
  return Manager.variable(Newest - Index);
}

uint32_t Guards::add(Atom New) {
  Lost.push_back(New.Kind == Certainty::Opaque);
  Atoms.push_back(std::move(New));
  return Newest - uint32_t(Atoms.size() - 1);
}

Bdd Guards::choice(std::string Text, Certainty Kind, bool Kept) {
  Atom New;
  New.Kept = Kept;
  New.Kind = Kind;
  New.Text = std::move(Text);
  return Manager.variable(add(std::move(New)));
}

Bdd Guards::guess(std::string Text) {
  Bdd Result = choice(std::move(Text), Certainty::Free);
  Atoms.back().Guess = true;
  return Result;
}

void Guards::rollBack(const Checkpoint &To) {
  for (; Atoms.size() > To.Atoms; Atoms.pop_back())
    if (Atoms.back().What != Predicate::Choice)
      Variables.removeLast(hashOf(Atoms.back()), uint32_t(Atoms.size() - 1));
  Lost.resize(To.Atoms);
  for (size_t I = To.Summaries; I < SummaryOrder.size(); ++I) {
    auto Known = Summaries.find(SummaryOrder[I]);
    Definitions.erase(Manager.topVariable(Known->second));
    Summaries.erase(Known);
  }
  SummaryOrder.resize(To.Summaries);
  for (; ChainOrder.size() > To.Chained; ChainOrder.pop_back()) {
    auto Known = EqualityChains.find(ChainOrder.back());
    Known->second.pop_back();
    if (Known->second.empty())
      EqualityChains.erase(Known);
  }
  PutBack.clear();
  Manager.truncate(To.Nodes);
}

bool Guards::isKept(uint32_t Variable) const {
  const Atom &A = atom(Variable);
  if (A.Kept)
    return true;
  switch (A.What) {
  case Predicate::NotNull:
  case Predicate::ErrorValue:
  case Predicate::SameObject:
  case Predicate::Choice:
    return false;
  default:
    return Terms.isKept(A.Subject);
  }
}

bool Guards::isNumber(uint32_t Variable) const {
  const Atom &A = atom(Variable);
  return A.What <= Predicate::LessThan && A.What != Predicate::Holds &&
         Terms.term(A.Subject).Kind == TermKind::Symbol;
}

void Guards::keep(Bdd When) {
  for (uint32_t Variable : Manager.support(When)) {
    KeptEpoch += !isKept(Variable);
    Atoms[indexOf(Variable)].Kept = true;
  }
}

void Guards::free(uint32_t Variable) {
  Atom &A = Atoms[indexOf(Variable)];
  if (A.Kind == Certainty::Opaque && isNumber(Variable)) {
    A.Kind = Certainty::Free;
    Lost[indexOf(Variable)] = false;
  }
}

Bdd Guards::projected(Bdd When, Bdd Path) {
  auto IsOpen = [this](uint32_t Variable) { return !isKept(Variable); };
  for (bool Again : {false, true}) {
    if (Again && Path.isTrue())
      return yes();
    if (Again) {
      When = Formulas.conj(Path, When);
      Path = yes();
    }
    NodeBudget Few(Manager, OperationNodes);
    Bdd Result = Manager.andExists(When, Path, IsOpen, KeptEpoch);
    if (!Manager.exhausted())
      return Result;
  }
  return yes();
}

bool Guards::hangsOnLost(Bdd Of) {
  // Not if it can be made true, and false, whatever the lost atoms are.
  auto IsOpen = [this](uint32_t Variable) { return !Lost[indexOf(Variable)]; };
  NodeBudget Few(Manager, OperationNodes);
  bool Free = Manager.exists(Of, IsOpen).isTrue() &&
              Manager.forall(Of, IsOpen).isFalse();
  return Manager.exhausted() || !Free;
}

Bdd Guards::summary(Bdd Of, const char *Text) {
  // What was simplified before is simplified alike: two values under one
  // condition stay under one condition, and its negation under the negation.
  bool Complement = Of.id() & 1;
  auto [Entry, New] = Summaries.try_emplace(Of.id() & ~1u);
  if (New) {
    std::optional<uint32_t> First =
        Manager.firstInSupport(Of, [this](uint32_t Variable) {
          return bool(Lost[indexOf(Variable)]);
        });
    if (First && !hangsOnLost(Of))
      First.reset();
    Entry->second = First ? choice(describe(*First, true), Certainty::Opaque)
                          : choice(Text, Certainty::Free);
    Definitions[Manager.topVariable(Entry->second)] =
        Bdd::fromId(Of.id() & ~1u);
    SummaryOrder.push_back(Of.id() & ~1u);
  }
  return Complement ? Manager.negate(Entry->second) : Entry->second;
}

Bdd Guards::abstractedPath(Bdd Path, size_t Limit) {
  if (Path.isConstant() || !Manager.isLarger(Path, Limit))
    return Path;
  return Manager.conj(projected(Path), summary(Path, "one of many paths"));
}

Bdd Guards::abstracted(Bdd When, Bdd Path, size_t Limit) {
  if (When.isConstant() || !Manager.isLarger(When, Limit))
    return When;
  Bdd CanHold = projected(When, Path);
  Bdd CanFail = projected(Manager.negate(When), Path);
  Bdd Either = summary(When, "a decision that was simplified");
  return Manager.disj(Manager.conj(Either, CanHold), Manager.negate(CanFail));
}

Bdd Guards::notNull(ObjectId Object) {
  if (!Terms.object(Object).MayBeNull)
    return yes();
  Atom New;
  New.What = Predicate::NotNull;
  New.Subject = Object;
  return variable(std::move(New));
}

bool Guards::isBoolean(const Term &T) const {
  if (T.Kind == TermKind::Binary)
    return T.Sub >= uint8_t(BinaryKind::Equal);
  return T.Kind == TermKind::Unary && T.Sub == uint8_t(UnaryKind::Not);
}

Bdd Guards::zero(TermId Id) {
  Atom New;
  New.What = Predicate::Zero;
  New.Subject = Id;
  New.Kind = Terms.certainty(Id);
  return variable(std::move(New));
}

Bdd Guards::negative(TermId Id) {
  if (Terms.isErrorCode(Id))
    return yes();
  if (Terms.term(Id).Kind == TermKind::Symbol && Terms.symbolOf(Id).ErrorOrZero)
    return Manager.negate(zero(Id));
  Atom New;
  New.What = Predicate::Negative;
  New.Subject = Id;
  New.Kind = Terms.certainty(Id);
  return Manager.conj(Manager.negate(zero(Id)), variable(std::move(New)));
}

bool Guards::isFlags(TermId Id) const {
  const Term &T = Terms.term(Id);
  if (T.Kind == TermKind::Symbol || T.Kind == TermKind::Constant)
    return true;
  return T.Kind == TermKind::Binary &&
         Terms.term(T.A).Kind == TermKind::Symbol &&
         Terms.term(T.B).Kind == TermKind::Constant;
}

Bdd Guards::bit(TermId Id, unsigned Index) {
  if (Index > 63)
    return no();
  const Term T = Terms.term(Id);
  if (T.Kind == TermKind::Constant)
    return Manager.constant((uint64_t(T.Value) >> Index) & 1);
  if (isBoolean(T))
    return Index == 0 ? truth(Id) : no();
  if (T.Kind == TermKind::Binary) {
    std::optional<int64_t> C = Terms.constantOf(T.B);
    switch (BinaryKind(T.Sub)) {
    case BinaryKind::ShiftRight:
      if (C && *C >= 0)
        return bit(T.A, Index + unsigned(std::min<int64_t>(*C, 64)));
      break;
    case BinaryKind::ShiftLeft:
      if (C && *C >= 0)
        return Index >= uint64_t(*C) ? bit(T.A, Index - unsigned(*C)) : no();
      break;
    // Only masks are looked through; arithmetic on whole words is not worth
    // a formula for each bit.
    case BinaryKind::And:
      if (C || isFlags(T.A))
        return Manager.conj(bit(T.A, Index), bit(T.B, Index));
      break;
    case BinaryKind::Or:
      if (C || isFlags(T.A))
        return Manager.disj(bit(T.A, Index), bit(T.B, Index));
      break;
    case BinaryKind::ExclusiveOr:
      if (C)
        return Manager.exclusiveOr(bit(T.A, Index), bit(T.B, Index));
      break;
    default:
      break;
    }
  }
  if (T.Kind == TermKind::Unary && T.Sub == uint8_t(UnaryKind::Complement))
    return Manager.negate(bit(T.A, Index));
  if (unsigned Bits = swappedBits(T))
    return Index < Bits ? bit(T.A, Bits - 8 - Index / 8 * 8 + Index % 8) : no();
  Atom New;
  New.What = Predicate::Bit;
  New.Subject = Id;
  New.Operand = Index;
  New.Kind = Terms.certainty(Id);
  return variable(std::move(New));
}

Bdd Guards::masked(TermId Id, uint64_t Mask, uint64_t Value) {
  Bdd Result = yes();
  for (unsigned I = 0; I < 64; ++I) {
    if (!((Mask >> I) & 1))
      continue;
    Bdd Set = bit(Id, I);
    Result = Manager.conj(Result, (Value >> I) & 1 ? Set : Manager.negate(Set));
  }
  return Result;
}

Bdd Guards::truth(TermId Id) {
  const Term T = Terms.term(Id);
  switch (T.Kind) {
  case TermKind::Constant:
    return Manager.constant(T.Value != 0);
  case TermKind::Function:
  case TermKind::String:
    return yes();
  case TermKind::Pointer:
    return T.B != 0 && Terms.last(T.B).What != PathStep::Kind::Derived
               ? yes()
               : notNull(T.A);
  case TermKind::Symbol:
    return Manager.negate(zero(Id));
  case TermKind::Unary:
    if (T.Sub == uint8_t(UnaryKind::Not))
      return Manager.negate(truth(T.A));
    if (T.Sub == uint8_t(UnaryKind::Negate) ||
        T.Sub == uint8_t(UnaryKind::CountBits) || swappedBits(T))
      return truth(T.A);
    return Manager.negate(zero(Id));
  case TermKind::Binary:
    break;
  }
  std::optional<int64_t> C = Terms.constantOf(T.B);
  switch (BinaryKind(T.Sub)) {
  case BinaryKind::Equal:
    return equal(T.A, T.B);
  case BinaryKind::NotEqual:
    return Manager.negate(equal(T.A, T.B));
  case BinaryKind::Less:
    return less(T.A, T.B, T.Value);
  case BinaryKind::Greater:
    return less(T.B, T.A, T.Value);
  case BinaryKind::LessEqual:
    return Manager.negate(less(T.B, T.A, T.Value));
  case BinaryKind::GreaterEqual:
    return Manager.negate(less(T.A, T.B, T.Value));
  case BinaryKind::Or:
    return Manager.disj(truth(T.A), truth(T.B));
  case BinaryKind::And:
    if (C && llvm::popcount(uint64_t(*C)) <= FlagBits)
      return Manager.negate(masked(T.A, *C, 0));
    if (isBoolean(Terms.term(T.A)) && isBoolean(Terms.term(T.B)))
      return Manager.conj(truth(T.A), truth(T.B));
    break;
  case BinaryKind::ExclusiveOr:
    if (isBoolean(Terms.term(T.A)) && isBoolean(Terms.term(T.B)))
      return Manager.exclusiveOr(truth(T.A), truth(T.B));
    break;
  case BinaryKind::ShiftRight: {
    const Term Inner = Terms.term(T.A);
    std::optional<int64_t> Mask =
        Inner.Kind == TermKind::Binary && Inner.Sub == uint8_t(BinaryKind::And)
            ? Terms.constantOf(Inner.B)
            : std::nullopt;
    if (C && Mask && llvm::popcount(uint64_t(*Mask)) <= FlagBits && *C < 64)
      return Manager.negate(
          masked(Inner.A, uint64_t(*Mask) & (~0ull << *C), 0));
    break;
  }
  default:
    break;
  }
  return Manager.negate(zero(Id));
}

bool Guards::evaluate(const Atom &Which, int64_t Constant) {
  switch (Which.What) {
  case Predicate::Zero:
    return Constant == 0;
  case Predicate::Negative:
    return Constant < 0;
  case Predicate::Equals:
    return Constant == Which.Operand;
  case Predicate::Bit:
    return (uint64_t(Constant) >> Which.Operand) & 1;
  case Predicate::LessThan:
    // What is below zero is told by an atom of its own.
    return uint64_t(Constant) < uint64_t(Which.Operand);
  default:
    return Constant != 0;
  }
}

std::string Guards::describe(uint32_t Variable, bool Value) const {
  const Atom &A = atom(Variable);
  std::string Negation = Value ? "" : "not ";
  switch (A.What) {
  case Predicate::Zero:
    return Terms.describe(A.Subject) + (Value ? " == 0" : " != 0");
  case Predicate::Negative:
    return Terms.describe(A.Subject) + (Value ? " < 0" : " > 0");
  case Predicate::Equals:
    return Terms.describe(A.Subject) + (Value ? " == " : " != ") +
           std::to_string(A.Operand);
  case Predicate::Bit:
    return Negation + "bit " + std::to_string(A.Operand) + " of " +
           Terms.describe(A.Subject);
  case Predicate::Holds:
    return Negation + Terms.describe(A.Subject);
  case Predicate::LessThan:
    return Terms.describe(A.Subject) + (Value ? " < " : " >= ") +
           std::to_string(uint64_t(A.Operand));
  case Predicate::NotNull:
    return Terms.object(A.Subject).Name + (Value ? " != NULL" : " == NULL");
  case Predicate::ErrorValue:
    return Negation + "IS_ERR(" + Terms.object(A.Subject).Name + ")";
  case Predicate::SameObject:
    return Terms.object(A.Subject).Name + (Value ? " == " : " != ") +
           Terms.object(A.Operand).Name;
  case Predicate::Choice:
    return Negation + A.Text;
  }
  return A.Text;
}

} // namespace cocodma
