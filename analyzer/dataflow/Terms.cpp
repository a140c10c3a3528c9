// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Terms.h"

#include "llvm/ADT/bit.h"

namespace cocodma {

uint64_t TermTable::hashOf(const Term &T) {
  return InternIndex::mix(
      uint64_t(T.A) << 32 | T.B,
      InternIndex::mix(T.Value, uint64_t(T.Kind) << 8 | T.Sub));
}

uint64_t TermTable::hashOf(PathId Path, PathStep Step) {
  return InternIndex::mix(uint64_t(Path) << 32 | uint64_t(Step.What), Step.Id);
}

TermTable::TermTable(const Program &Linked) : Linked(Linked) {
  Paths.emplace_back();
}

TermId TermTable::intern(const Term &T) {
  const uint64_t Hash = hashOf(T);
  const uint32_t Known =
      TermIds.find(Hash, [&](TermId Id) { return Terms[Id] == T; });
  if (Known != InternIndex::None)
    return Known;
  TermIds.add(Hash, uint32_t(Terms.size()),
              [this](TermId Id) { return hashOf(Terms[Id]); });
  Terms.push_back(T);
  return TermId(Terms.size() - 1);
}

void TermTable::rollBack(const Checkpoint &To) {
  for (; Terms.size() > To.Terms; Terms.pop_back())
    TermIds.removeLast(hashOf(Terms.back()), TermId(Terms.size() - 1));
  std::erase_if(Named,
                [&](const auto &Entry) { return Entry.second >= To.Terms; });
  Symbols.resize(To.Symbols);
  for (; Paths.size() > To.Paths; Paths.pop_back())
    PathIds.removeLast(hashOf(Paths.back().Parent, Paths.back().Step),
                       PathId(Paths.size() - 1));
  Objects = To.Objects;
}

TermId TermTable::constant(int64_t Value) {
  Term T;
  T.Value = Value;
  return intern(T);
}

TermId TermTable::symbol(std::string Name, Certainty Kind, uint32_t Fact) {
  Term T;
  T.Kind = TermKind::Symbol;
  T.A = Symbols.size();
  Symbols.push_back({std::move(Name), Kind, Fact});
  return intern(T);
}

TermId TermTable::namedSymbol(const std::string &Name, Certainty Kind,
                              uint32_t Fact) {
  auto Found = Named.find(Name);
  if (Found != Named.end())
    return Found->second;
  TermId Id = symbol(Name, Kind, Fact);
  Named[Name] = Id;
  return Id;
}

TermId TermTable::pointer(ObjectId Object, PathId Path) {
  Term T;
  T.Kind = TermKind::Pointer;
  T.A = Object;
  T.B = Path;
  return intern(T);
}

TermId TermTable::function(FunctionId Id) {
  Term T;
  T.Kind = TermKind::Function;
  T.A = Id;
  return intern(T);
}

TermId TermTable::string(StringIndex Characters) {
  Term T;
  T.Kind = TermKind::String;
  T.A = Characters;
  return intern(T);
}

std::optional<int64_t> TermTable::fold(BinaryKind Kind, int64_t A, int64_t B,
                                       bool Signed) const {
  uint64_t UA = A, UB = B;
  switch (Kind) {
  case BinaryKind::Add:
    return UA + UB;
  case BinaryKind::Subtract:
    return UA - UB;
  case BinaryKind::Multiply:
    return UA * UB;
  case BinaryKind::Divide:
    if (B == 0 || (Signed && A == INT64_MIN && B == -1))
      return std::nullopt;
    return Signed ? A / B : int64_t(UA / UB);
  case BinaryKind::Remainder:
    if (B == 0 || (Signed && A == INT64_MIN && B == -1))
      return std::nullopt;
    return Signed ? A % B : int64_t(UA % UB);
  case BinaryKind::ShiftLeft:
    return UB < 64 ? UA << UB : 0;
  case BinaryKind::ShiftRight:
    if (UB >= 64)
      return 0;
    return Signed ? A >> UB : int64_t(UA >> UB);
  case BinaryKind::And:
    return A & B;
  case BinaryKind::Or:
    return A | B;
  case BinaryKind::ExclusiveOr:
    return A ^ B;
  case BinaryKind::Equal:
    return A == B;
  case BinaryKind::NotEqual:
    return A != B;
  case BinaryKind::Less:
    return Signed ? A < B : UA < UB;
  case BinaryKind::LessEqual:
    return Signed ? A <= B : UA <= UB;
  case BinaryKind::Greater:
    return Signed ? A > B : UA > UB;
  case BinaryKind::GreaterEqual:
    return Signed ? A >= B : UA >= UB;
  }
  return std::nullopt;
}

TermId TermTable::binary(BinaryKind Kind, TermId A, TermId B, bool Signed) {
  std::optional<int64_t> CA = constantOf(A), CB = constantOf(B);
  if (CA && CB)
    if (std::optional<int64_t> Value = fold(Kind, *CA, *CB, Signed))
      return constant(*Value);
  if (CB && *CB == 0) {
    if (Kind == BinaryKind::Add || Kind == BinaryKind::Subtract ||
        Kind == BinaryKind::Or || Kind == BinaryKind::ExclusiveOr ||
        Kind == BinaryKind::ShiftLeft || Kind == BinaryKind::ShiftRight)
      return A;
    if (Kind == BinaryKind::And || Kind == BinaryKind::Multiply)
      return B;
  }
  if (CA && *CA == 0) {
    if (Kind == BinaryKind::Add || Kind == BinaryKind::Or ||
        Kind == BinaryKind::ExclusiveOr)
      return B;
    if (Kind == BinaryKind::And || Kind == BinaryKind::Multiply)
      return A;
  }
  // What was shifted to the left leaves no remainder there.
  const Term &Left = Terms[A];
  if (Kind == BinaryKind::Remainder && CB && *CB > 0 && !(*CB & (*CB - 1)) &&
      Left.Kind == TermKind::Binary &&
      Left.Sub == uint8_t(BinaryKind::ShiftLeft))
    if (std::optional<int64_t> By = constantOf(Left.B);
        By && *By >= 0 && *By < 63 && (int64_t(1) << *By) >= *CB)
      return constant(0);
  // All ones: the neutral element of one operator, the absorbing one of
  // another.
  if ((CA && *CA == -1) || (CB && *CB == -1)) {
    TermId Ones = CB && *CB == -1 ? B : A;
    if (Kind == BinaryKind::Or)
      return Ones;
    if (Kind == BinaryKind::And)
      return Ones == B ? A : B;
  }
  Term T;
  T.Kind = TermKind::Binary;
  T.Sub = uint8_t(Kind);
  T.A = A;
  T.B = B;
  T.Value = Signed;
  // Commutative operators have one spelling, with a constant at the right.
  bool Commutative = Kind == BinaryKind::Add || Kind == BinaryKind::Multiply ||
                     Kind == BinaryKind::And || Kind == BinaryKind::Or ||
                     Kind == BinaryKind::ExclusiveOr ||
                     Kind == BinaryKind::Equal || Kind == BinaryKind::NotEqual;
  if (Commutative && (CA || (!CB && B < A)))
    std::swap(T.A, T.B);
  return intern(T);
}

TermId TermTable::errorCode(TermId Number) {
  if (isErrorCode(Number))
    return Number;
  return binary(BinaryKind::Or, Number, constant(INT64_MIN), true);
}

bool TermTable::isErrorCode(TermId Id) const {
  const Term &T = Terms[Id];
  if (T.Kind == TermKind::Constant)
    return T.Value < 0 && T.Value >= -4095;
  return T.Kind == TermKind::Binary && T.Sub == uint8_t(BinaryKind::Or) &&
         Terms[T.B].Kind == TermKind::Constant && Terms[T.B].Value < 0;
}

bool TermTable::isPageAddress(TermId Id) const {
  constexpr int64_t SmallestPage = 12;
  const Term &T = Terms[Id];
  if (T.Kind != TermKind::Binary)
    return false;
  if (T.Sub == uint8_t(BinaryKind::ShiftLeft))
    return Terms[T.B].Kind == TermKind::Constant &&
           Terms[T.B].Value >= SmallestPage;
  return (T.Sub == uint8_t(BinaryKind::Add) ||
          T.Sub == uint8_t(BinaryKind::Or)) &&
         (isPageAddress(T.A) || isPageAddress(T.B));
}

static int64_t folded(UnaryKind Kind, uint64_t A) {
  switch (Kind) {
  case UnaryKind::Negate:
    return int64_t(-A);
  case UnaryKind::Complement:
    return int64_t(~A);
  case UnaryKind::Not:
    return !A;
  case UnaryKind::SwapBytes16:
    return llvm::byteswap(uint16_t(A));
  case UnaryKind::SwapBytes32:
    return llvm::byteswap(uint32_t(A));
  case UnaryKind::SwapBytes64:
    return int64_t(llvm::byteswap(A));
  case UnaryKind::CountBits:
    return llvm::popcount(A);
  case UnaryKind::FirstBit:
    return llvm::countr_zero(A);
  case UnaryKind::LastBit:
    return 63 - llvm::countl_zero(A);
  }
  return 0;
}

TermId TermTable::unary(UnaryKind Kind, TermId A) {
  if (std::optional<int64_t> C = constantOf(A))
    return constant(folded(Kind, uint64_t(*C)));
  if (const Term &Inner = Terms[A]; swappedBits(Kind) &&
                                    Inner.Kind == TermKind::Unary &&
                                    Inner.Sub == uint8_t(Kind))
    return Inner.A;
  Term T;
  T.Kind = TermKind::Unary;
  T.Sub = uint8_t(Kind);
  T.A = A;
  return intern(T);
}

ObjectId TermTable::newObject(Object New) {
  Objects.push_back(std::move(New));
  return Objects.size() - 1;
}

PathId TermTable::extend(PathId Path, PathStep Step) {
  const uint64_t Hash = hashOf(Path, Step);
  const uint32_t Known = PathIds.find(Hash, [&](PathId Id) {
    return Paths[Id].Parent == Path && Paths[Id].Step == Step;
  });
  if (Known != InternIndex::None)
    return Known;
  PathIds.add(Hash, uint32_t(Paths.size()), [this](PathId Id) {
    return hashOf(Paths[Id].Parent, Paths[Id].Step);
  });
  PathNode New{Path, Step,
               Paths[Path].Elements + (Step.What == PathStep::Kind::Element),
               Paths[Path].InUnion};
  if (Step.What == PathStep::Kind::Field && !New.InUnion)
    if (const FieldLayout *Layout = Linked.layoutOf(Step.Id))
      New.InUnion = Layout->InUnion;
  Paths.push_back(New);
  return PathId(Paths.size() - 1);
}

bool TermTable::startsWith(PathId Inner, PathId Outer) const {
  while (true) {
    if (Inner == Outer)
      return true;
    if (Inner == 0)
      return false;
    Inner = Paths[Inner].Parent;
  }
}

PathId TermTable::rebase(PathId Inner, PathId Outer, PathId Replacement) {
  if (Inner == Outer)
    return Replacement;
  PathStep Step = Paths[Inner].Step;
  return extend(rebase(Paths[Inner].Parent, Outer, Replacement), Step);
}

std::string TermTable::describePath(PathId Path) const {
  if (Path == 0)
    return "";
  std::string Result = describePath(Paths[Path].Parent);
  const PathStep &Step = Paths[Path].Step;
  switch (Step.What) {
  case PathStep::Kind::Field:
    if (!Result.empty())
      Result += ".";
    Result += Linked.text(Step.Id).rsplit('.').second.str();
    break;
  case PathStep::Kind::Element:
    Result += "[" + describe(Step.Id) + "]";
    break;
  case PathStep::Kind::Derived:
    break;
  }
  return Result;
}

std::string TermTable::describe(TermId Id) const {
  static const char *const Operators[] = {
      "+", "-", "*",  "/",  "%", "<<", ">>", "&",
      "|", "^", "==", "!=", "<", "<=", ">",  ">="};
  static const char *const Prefixes[] = {"-",         "~",       "!",
                                         "swab16 ",   "swab32 ", "swab64 ",
                                         "popcount ", "ffs ",    "fls "};
  const Term &T = Terms[Id];
  switch (T.Kind) {
  case TermKind::Constant:
    return std::to_string(T.Value);
  case TermKind::Symbol:
    return Symbols[T.A].Name;
  case TermKind::Pointer: {
    std::string Path = describePath(T.B);
    return "&" + Objects[T.A].Name + (Path.empty() ? "" : "." + Path);
  }
  case TermKind::Function:
    return Linked.functionName(T.A).str();
  case TermKind::String:
    return "\"...\"";
  case TermKind::Binary:
    return "(" + describe(T.A) + " " + Operators[T.Sub] + " " + describe(T.B) +
           ")";
  case TermKind::Unary:
    return Prefixes[T.Sub] + describe(T.A);
  }
  return "?";
}

bool TermTable::onlySymbols(TermId Id, bool Symbol::*Flag) const {
  const Term &T = Terms[Id];
  switch (T.Kind) {
  case TermKind::Constant:
    return true;
  case TermKind::Symbol:
    return Symbols[T.A].*Flag || Symbols[T.A].Kind == Certainty::Fixed;
  case TermKind::Binary:
    return onlySymbols(T.A, Flag) && onlySymbols(T.B, Flag);
  case TermKind::Unary:
    return onlySymbols(T.A, Flag);
  default:
    return false;
  }
}

bool TermTable::isKept(TermId Id) const {
  return Terms[Id].Kind != TermKind::Constant && onlySymbols(Id, &Symbol::Kept);
}

std::vector<TermId> TermTable::symbolsOf(StringIndex Member) const {
  std::vector<TermId> Result;
  for (TermId Id = 0; Id < Terms.size(); ++Id)
    if (Terms[Id].Kind == TermKind::Symbol &&
        Symbols[Terms[Id].A].Field == Member)
      Result.push_back(Id);
  return Result;
}

bool TermTable::isMarking(TermId Id) const {
  return Terms[Id].Kind != TermKind::Constant &&
         onlySymbols(Id, &Symbol::Marks);
}

bool TermTable::isMerged(TermId Id) const {
  const Term &T = Terms[Id];
  switch (T.Kind) {
  case TermKind::Symbol:
    return Symbols[T.A].Merged;
  case TermKind::Binary:
    return isMerged(T.A) || isMerged(T.B);
  case TermKind::Unary:
    return isMerged(T.A);
  default:
    return false;
  }
}

Certainty TermTable::certainty(TermId Id) const {
  const Term &T = Terms[Id];
  switch (T.Kind) {
  case TermKind::Symbol:
    return Symbols[T.A].Kind;
  case TermKind::Binary:
    return std::max(certainty(T.A), certainty(T.B));
  case TermKind::Unary:
    return certainty(T.A);
  case TermKind::Pointer:
    return Objects[T.A].Lost ? Certainty::Opaque : Certainty::Free;
  default:
    return Certainty::Fixed;
  }
}

} // namespace cocodma
