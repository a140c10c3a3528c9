// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Members of unions. Each has a cell of its own; what is written to one changes
// all others that have values and share bits with it, so that the cells agree.
// Bits are counted from the lowest, as on all that this is run on.
#include "dataflow/Evaluator.h"

#include "llvm/Support/MathExtras.h"

namespace cocodma {

static constexpr uint64_t WordBits = 64;

Evaluator::BitSpan Evaluator::spanOf(PathId Path) const {
  BitSpan Result;
  bool Last = true, Known = true;
  for (; Path != 0; Path = Terms.parent(Path), Last = false) {
    const PathStep &Step = Terms.last(Path);
    const FieldLayout *Layout =
        Step.What == PathStep::Kind::Field ? Linked.layoutOf(Step.Id) : nullptr;
    if (Layout) {
      Result.First += Layout->FirstBit;
      if (Last) {
        Result.Bits = Layout->Bits;
        Result.Type = Layout->Type;
      }
      // The outermost step in a union is the last one that is looked at.
      if (Layout->InUnion && !Terms.inUnion(Terms.parent(Path))) {
        Result.Record = Terms.parent(Path);
        break;
      }
      continue;
    }
    // An element: its array is the step before.
    std::optional<int64_t> Index = Step.What == PathStep::Kind::Element
                                       ? Terms.constantOf(Step.Id)
                                       : std::nullopt;
    const PathId Outer = Terms.parent(Path);
    const FieldLayout *Array =
        Outer != 0 && Terms.last(Outer).What == PathStep::Kind::Field
            ? Linked.layoutOf(Terms.last(Outer).Id)
            : nullptr;
    TypeIndex Element = Array && Array->Type != None &&
                                Linked.type(Array->Type).Kind == TypeKind::Array
                            ? Linked.type(Array->Type).Inner
                            : TypeIndex(None);
    if (!Index || *Index < 0 || Element == None) {
      Known = false;
      continue;
    }
    const uint64_t Size = Linked.type(Element).Size * 8;
    Result.First += uint64_t(*Index) * Size;
    if (Last) {
      Result.Bits = Size;
      Result.Type = Element;
    }
  }
  if (!Known)
    Result.Bits = 0;
  return Result;
}

bool Evaluator::overlap(const BitSpan &L, const BitSpan &R) {
  if (L.Record != R.Record)
    return false;
  return L.Bits == 0 || R.Bits == 0 ||
         (L.First < R.First + R.Bits && R.First < L.First + L.Bits);
}

bool Evaluator::partInUnion(PathId L, PathId R) const {
  llvm::SmallVector<PathId, 8> Left, Right;
  for (; L != 0; L = Terms.parent(L))
    Left.push_back(L);
  for (; R != 0; R = Terms.parent(R))
    Right.push_back(R);
  while (!Left.empty() && !Right.empty() && Left.back() == Right.back()) {
    Left.pop_back();
    Right.pop_back();
  }
  if (Left.empty() || Right.empty())
    return false; // One is a part of the other.
  auto LayoutAt = [&](PathId Path) {
    const PathStep &Step = Terms.last(Path);
    const FieldLayout *Layout =
        Step.What == PathStep::Kind::Field ? Linked.layoutOf(Step.Id) : nullptr;
    return Layout && Layout->InUnion ? Layout : nullptr;
  };
  const FieldLayout *One = LayoutAt(Left.back());
  const FieldLayout *Other = LayoutAt(Right.back());
  return One && Other &&
         overlap({0, One->FirstBit, One->Bits},
                 {0, Other->FirstBit, Other->Bits});
}

TermId Evaluator::extractBits(TermId From, const BitSpan &Source,
                              const BitSpan &Part) {
  const uint64_t Shift = Part.First - Source.First;
  TermId Result = From;
  if (Shift)
    Result = Terms.binary(BinaryKind::ShiftRight, Result,
                          Terms.constant(int64_t(Shift)), false);
  const uint64_t Mask = llvm::maskTrailingOnes<uint64_t>(Part.Bits);
  if (Part.Bits != Source.Bits)
    Result = Terms.binary(BinaryKind::And, Result,
                          Terms.constant(int64_t(Mask)), false);
  std::optional<int64_t> C = Terms.constantOf(Result);
  if (!C || Part.Type == None)
    return Result;
  const bool Signed = Linked.type(Part.Type).Signed;
  return Terms.constant(Signed ? llvm::SignExtend64(uint64_t(*C), Part.Bits)
                               : int64_t(uint64_t(*C) & Mask));
}

TermId Evaluator::insertBits(TermId Into, const BitSpan &Whole, TermId New,
                             const BitSpan &Part) {
  // Where the bits are what they were, so is the number.
  if (extractBits(Into, Whole, Part) == New)
    return Into;
  const uint64_t Shift = Part.First - Whole.First;
  const uint64_t Mask = llvm::maskTrailingOnes<uint64_t>(Part.Bits);
  TermId Others = Terms.binary(
      BinaryKind::And, Into, Terms.constant(int64_t(~(Mask << Shift))), false);
  TermId Bits =
      Terms.binary(BinaryKind::And, New, Terms.constant(int64_t(Mask)), false);
  Bits = Terms.binary(BinaryKind::ShiftLeft, Bits,
                      Terms.constant(int64_t(Shift)), false);
  return Terms.binary(BinaryKind::Or, Others, Bits, false);
}

Value Evaluator::throughUnion(const BitSpan &To, const Value &Old,
                              const BitSpan &From, const Value &New) {
  if (To.Record == From.Record && To.First == From.First &&
      To.Bits == From.Bits && To.Bits >= WordBits)
    return New;
  auto IsNumber = [&](const Guarded &G) {
    const TermKind Kind = Terms.term(G.What).Kind;
    return Kind != TermKind::Pointer && Kind != TermKind::Function &&
           Kind != TermKind::String;
  };
  const bool Inside =
      From.First <= To.First && To.First + To.Bits <= From.First + From.Bits;
  const bool Around =
      To.First <= From.First && From.First + From.Bits <= To.First + To.Bits;
  const bool Known = To.Bits && From.Bits && To.Bits <= WordBits &&
                     From.Bits <= WordBits && (Inside || Around) &&
                     llvm::all_of(New, IsNumber) &&
                     (Inside || llvm::all_of(Old, IsNumber));
  Value Result;
  if (!Known) {
    ++Noticed.Losses["a member of a union"];
    return always(Conditions,
                  Terms.symbol("a member of a union", Certainty::Opaque));
  }
  for (const Guarded &N : New) {
    if (Inside) {
      addAlternative(Conditions, Result, N.When, extractBits(N.What, From, To));
      continue;
    }
    for (const Guarded &O : Old)
      addAlternative(Conditions, Result, B.conj(N.When, O.When),
                     insertBits(O.What, To, N.What, From));
  }
  if (To.Type != None && Linked.type(To.Type).Kind == TypeKind::Bool)
    return boolean(truth(Conditions, Result));
  return limited(std::move(Result), Conditions.yes(), "a member of a union");
}

void Evaluator::shareBytes(Cell Which, const Value &New, Bdd Path) {
  const BitSpan From = spanOf(Which.Path);
  for (const UnionCell &Other : Store->unionCells(Which.Object)) {
    if (Other.Path == Which.Path)
      continue;
    const Value *Known = Store->find({Which.Object, Other.Path});
    const BitSpan To = spanOf(Other.Path);
    if (!Known || !partInUnion(Which.Path, Other.Path) || !overlap(From, To))
      continue;
    Value Old = *Known;
    Value Now = throughUnion(To, Old, From, New);
    auto IsLost = [&](const Value &V) {
      return V.size() == 1 && Terms.certainty(V[0].What) == Certainty::Opaque;
    };
    if (IsLost(Old) && IsLost(Now))
      continue; // One lost number is as good as another.
    Store->set({Which.Object, Other.Path},
               merged(Path, Now, Old, Terms.object(Which.Object).Name));
  }
}

Value Evaluator::readShared(Cell Which, Value Before) {
  const BitSpan To = spanOf(Which.Path);
  for (const UnionCell &Other : Store->unionCells(Which.Object)) {
    const Value *Known = Store->find({Which.Object, Other.Path});
    if (!Known || Other.Path == Which.Path || Other.Written.empty())
      continue;
    const BitSpan From = spanOf(Other.Path);
    if (!partInUnion(Which.Path, Other.Path) || !overlap(From, To))
      continue;
    Value New = throughUnion(To, Before, From, Value(*Known));
    Bdd Written = Conditions.no();
    for (Bdd When : Other.Written)
      Written = B.disj(Written, When);
    Before = choose(Conditions, Written, New, Before);
  }
  return Before;
}

} // namespace cocodma
