// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When two terms are equal, and when one is less than the other.
#include "dataflow/Guards.h"

#include "llvm/ADT/bit.h"

namespace cocodma {

Bdd Guards::equalsConstant(TermId Id, int64_t Value) {
  const Term T = Terms.term(Id);
  if (Value == 0)
    return Manager.negate(truth(Id));
  if (isBoolean(T))
    return Value == 1 ? truth(Id) : no();
  if (Value == -1 && Terms.isPageAddress(Id))
    return no();
  if (swappedBits(T)) {
    TermId Swapped = Terms.unary(UnaryKind(T.Sub), Terms.constant(Value));
    return equal(T.A, Swapped);
  }
  if (T.Kind == TermKind::Binary) {
    std::optional<int64_t> C = Terms.constantOf(T.B);
    if (C && T.Sub == uint8_t(BinaryKind::And) &&
        llvm::popcount(uint64_t(*C)) <= FlagBits) {
      if (uint64_t(Value) & ~uint64_t(*C))
        return no();
      return masked(T.A, *C, Value);
    }
    if (C && T.Sub == uint8_t(BinaryKind::ShiftRight) && *C < 64 && *C >= 0 &&
        Terms.term(T.A).Kind == TermKind::Binary)
      return equalsConstant(T.A, int64_t(uint64_t(Value) << *C));
    if (C && T.Sub == uint8_t(BinaryKind::Add))
      return equal(T.A, Terms.constant(Value - *C));
  }
  // A value equals at most one constant: each is given what the earlier ones
  // of the chain leave over.
  std::vector<int64_t> &Chain = EqualityChains[Id];
  Bdd Rest = Manager.negate(zero(Id));
  Atom Sign;
  Sign.What = Predicate::Negative;
  Sign.Subject = Id;
  Sign.Kind = Terms.certainty(Id);
  Bdd IsNegative = variable(std::move(Sign));
  Rest =
      Manager.conj(Rest, Value < 0 ? IsNegative : Manager.negate(IsNegative));
  for (int64_t Earlier : Chain) {
    Atom Equals;
    Equals.What = Predicate::Equals;
    Equals.Subject = Id;
    Equals.Operand = Earlier;
    Equals.Kind = Terms.certainty(Id);
    Bdd Holds = variable(std::move(Equals));
    if (Earlier == Value)
      return Manager.conj(Rest, Holds);
    Rest = Manager.conj(Rest, Manager.negate(Holds));
  }
  Chain.push_back(Value);
  ChainOrder.push_back(Id);
  Atom Equals;
  Equals.What = Predicate::Equals;
  Equals.Subject = Id;
  Equals.Operand = Value;
  Equals.Kind = Terms.certainty(Id);
  return Manager.conj(Rest, variable(std::move(Equals)));
}

bool Guards::isVague(PathId Path) const {
  for (; Path; Path = Terms.parent(Path)) {
    const PathStep &Step = Terms.last(Path);
    if (Step.What == PathStep::Kind::Derived ||
        (Step.What == PathStep::Kind::Element && !Terms.constantOf(Step.Id)))
      return true;
  }
  return false;
}

Bdd Guards::samePointer(const Term &Left, const Term &Right) {
  if (Left.A == Right.A) {
    if (Left.B == Right.B)
      return yes();
    return no();
  }
  const Object &A = Terms.object(Left.A);
  const Object &B = Terms.object(Right.A);
  bool Unknown = A.Kind == ObjectKind::Input || B.Kind == ObjectKind::Input;
  bool Fresh = A.Kind == ObjectKind::Local || A.Kind == ObjectKind::Heap ||
               B.Kind == ObjectKind::Local || B.Kind == ObjectKind::Heap;
  if (!Unknown || Fresh)
    return no();
  Atom New;
  New.What = Predicate::SameObject;
  New.Subject = std::min(Left.A, Right.A);
  New.Operand = std::max(Left.A, Right.A);
  return variable(std::move(New));
}

Bdd Guards::equal(TermId Left, TermId Right) {
  if (Left == Right)
    return yes();
  const Term A = Terms.term(Left);
  const Term B = Terms.term(Right);
  if (A.Kind == TermKind::Constant && B.Kind == TermKind::Constant)
    return Manager.constant(A.Value == B.Value);
  if (A.Kind == TermKind::Constant)
    return equal(Right, Left);
  bool Address = A.Kind == TermKind::Pointer || A.Kind == TermKind::Function ||
                 A.Kind == TermKind::String;
  if (B.Kind == TermKind::Constant) {
    if (Address)
      return B.Value == 0 ? Manager.negate(truth(Left)) : no();
    return equalsConstant(Left, B.Value);
  }
  if (A.Kind == TermKind::Pointer && B.Kind == TermKind::Pointer &&
      !(A.A == B.A && (isVague(A.B) || isVague(B.B))))
    return samePointer(A, B);
  if (A.Kind == TermKind::Function && B.Kind == TermKind::Function)
    return no();
  if (A.Kind == TermKind::String && B.Kind == TermKind::String && A.A != None &&
      B.A != None)
    return no();
  if (isBoolean(A) && isBoolean(B))
    return Manager.negate(Manager.exclusiveOr(truth(Left), truth(Right)));
  Atom New;
  New.What = Predicate::Holds;
  New.Subject = Terms.binary(BinaryKind::Equal, Left, Right, false);
  New.Kind = Terms.certainty(New.Subject);
  return variable(std::move(New));
}

Bdd Guards::less(TermId Left, TermId Right, bool Signed) {
  const Term A = Terms.term(Left);
  const Term B = Terms.term(Right);
  if (Left == Right)
    return no();
  std::optional<int64_t> CA = Terms.constantOf(Left);
  std::optional<int64_t> CB = Terms.constantOf(Right);
  if (CA && CB)
    return Manager.constant(Signed ? *CA < *CB : uint64_t(*CA) < uint64_t(*CB));
  if (A.Kind == TermKind::Pointer && CB) {
    // IS_ERR(): a pointer that somebody else made may be an error code.
    if (!Terms.object(A.A).MayBeNull || Terms.object(A.A).NoError)
      return yes();
    Atom Error;
    Error.What = Predicate::ErrorValue;
    Error.Subject = A.A;
    return Manager.negate(
        Manager.conj(notNull(A.A), variable(std::move(Error))));
  }
  if (CB && *CB == 0)
    return Signed ? (isBoolean(A) ? no() : negative(Left)) : no();
  if (CA && *CA == 0) {
    if (!Signed || isBoolean(B))
      return truth(Right);
    return Manager.conj(truth(Right), Manager.negate(negative(Right)));
  }
  if (!Signed && CA && *CA == -1)
    return no(); // Nothing is above a mask of all ones.
  if (!Signed && CB && *CB < 0 && Terms.isErrorCode(Left))
    return no(); // IS_ERR() of an error code.
  if (CB && *CB == 1 && !Signed)
    return Manager.negate(truth(Left));
  if (CB && (*CB > 0 || !Signed)) {
    Atom New;
    New.What = Predicate::LessThan;
    New.Subject = Left;
    New.Operand = *CB;
    New.Kind = Terms.certainty(Left);
    Bdd Result =
        Manager.disj(Manager.negate(truth(Left)), variable(std::move(New)));
    return Signed ? Manager.disj(Result, negative(Left)) : Result;
  }
  Atom New;
  New.What = Predicate::Holds;
  New.Subject = Terms.binary(BinaryKind::Less, Left, Right, Signed);
  New.Kind = Terms.certainty(New.Subject);
  return variable(std::move(New));
}

} // namespace cocodma
