// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/Valuation.h"

namespace cocodma {

std::optional<uint64_t> Valuation::told(const std::string &Name) const {
  auto Found = Told.find(Name);
  return Found == Told.end() ? std::nullopt
                             : std::optional<uint64_t>(Found->second);
}

std::optional<int64_t> Valuation::binary(const Term &T) {
  std::optional<int64_t> Left = number(T.A), Right = number(T.B);
  if (Left && Right)
    return Terms.constantOf(Terms.binary(BinaryKind(T.Sub),
                                         Terms.constant(*Left),
                                         Terms.constant(*Right), T.Value != 0));
  // Nothing is above a mask of all bits: whether the address is known or not.
  if (BinaryKind(T.Sub) == BinaryKind::Less && !T.Value)
    if ((Left && *Left == -1) || (Right && *Right == 0))
      return 0;
  return std::nullopt;
}

std::optional<int64_t> Valuation::compute(TermId Id) {
  const Term T = Terms.term(Id);
  switch (T.Kind) {
  case TermKind::Constant:
    return T.Value;
  case TermKind::Symbol: {
    const Symbol &S = Terms.symbolOf(Id);
    // A fact says whether a mask is there, the run which one it is.
    if (std::optional<uint64_t> Value = told(S.Name))
      return int64_t(*Value);
    return S.Fact == None ? std::nullopt : Known.value(S.Fact, Platform);
  }
  case TermKind::Pointer:
    if (T.B != 0)
      return std::nullopt;
    if (std::optional<uint64_t> Value = told(Terms.object(T.A).Name))
      return int64_t(*Value);
    return std::nullopt;
  case TermKind::Binary:
    return binary(T);
  case TermKind::Unary:
    if (std::optional<int64_t> Inner = number(T.A))
      return Terms.constantOf(
          Terms.unary(UnaryKind(T.Sub), Terms.constant(*Inner)));
    return std::nullopt;
  case TermKind::Function:
  case TermKind::String:
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<int64_t> Valuation::number(TermId Id) {
  auto Found = Numbers.find(Id);
  if (Found != Numbers.end())
    return Found->second;
  return Numbers[Id] = compute(Id);
}

std::optional<bool> Valuation::holds(uint32_t Variable) {
  const Atom &A = Conditions.atom(Variable);
  switch (A.What) {
  case Predicate::NotNull:
    if (std::optional<uint64_t> Value = told(Terms.object(A.Subject).Name))
      return *Value != 0;
    return std::nullopt;
  case Predicate::ErrorValue:
    if (std::optional<uint64_t> Value = told(Terms.object(A.Subject).Name))
      return *Value >= uint64_t(-4095);
    return std::nullopt;
  case Predicate::SameObject:
  case Predicate::Choice:
    return std::nullopt;
  default:
    if (std::optional<int64_t> Value = number(A.Subject))
      return Guards::evaluate(A, *Value);
    return std::nullopt;
  }
}

} // namespace cocodma
