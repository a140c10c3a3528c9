// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements of arrays. An element is known by its index if that is a constant;
// one cell stands for all others. What a loop writes to one element after the
// other has a cell for all that the loop gets to.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

const IndexRange *Evaluator::rangeOf(TermId Index) const {
  auto Found = Learned.Ranges.find(Index);
  return Found == Learned.Ranges.end() ? nullptr : &Found->second;
}

bool Evaluator::hasRange(PathId Path) const {
  for (; Path != 0; Path = Terms.parent(Path))
    if (Terms.last(Path).What == PathStep::Kind::Element &&
        rangeOf(Terms.last(Path).Id))
      return true;
  return false;
}

Bdd Evaluator::reaches(TermId Written, TermId Read) {
  const IndexRange *All = rangeOf(Written), *Others = rangeOf(Read);
  std::optional<int64_t> Here = Terms.constantOf(Written);
  std::optional<int64_t> There = Terms.constantOf(Read);
  if (All && All->First >= All->End)
    return Conditions.no(); // The loop got to none.
  if (All && There)
    return Conditions.bdd().constant(All->has(*There));
  if (Others && Here && !Others->has(*Here))
    return Conditions.no();
  // Whoever asks for some element asks for one that was set up.
  if (All && (Read == AnyIndex || (Others && Others->First >= All->First &&
                                   Others->End <= All->End)))
    return Conditions.yes();
  if (All && Others && (All->End <= Others->First || Others->End <= All->First))
    return Conditions.no();
  return Conditions.equal(Written, Read);
}

TermId Evaluator::elementIndex(TermId Index) const {
  if (Terms.constantOf(Index))
    return Index;
  auto Counted = Learned.Counters.find(Index);
  return Counted == Learned.Counters.end() ? AnyIndex : Counted->second;
}

std::optional<int64_t> Evaluator::constantValue(const Value &V) const {
  return V.size() == 1 ? Terms.constantOf(V[0].What) : std::nullopt;
}

/// The comparison that decides whether \p L goes on, if its header ends in one
/// of a counter with something else.
static const Inst *testOf(const FunctionSummary &Body, const Loop &L) {
  const Block &Header = Body.Blocks[L.Header];
  if (Header.Kind != Terminator::Branch)
    return nullptr;
  const Inst *Test = &Body.Insts[Header.Condition];
  while (Test->Op == Opcode::Cast)
    Test = &Body.Insts[Test->A];
  if (Test->Op != Opcode::Binary || Test->Sub < uint8_t(BinaryKind::Equal))
    return nullptr;
  const Inst *Left = &Body.Insts[Test->A];
  while (Left->Op == Opcode::Cast)
    Left = &Body.Insts[Left->A];
  return Left->Op == Opcode::ReadLocal &&
                 llvm::is_contained(L.Counters, Left->A)
             ? Test
             : nullptr;
}

int64_t Evaluator::endOf(const Activation &A, const Loop &L) const {
  const Inst *Test = testOf(*A.Body, L);
  std::optional<int64_t> End;
  if (Test)
    End = constantValue(A.Registers[Test->B]);
  if (End && BinaryKind(Test->Sub) == BinaryKind::LessEqual)
    return *End + 1;
  return End && (BinaryKind(Test->Sub) == BinaryKind::Less ||
                 BinaryKind(Test->Sub) == BinaryKind::NotEqual)
             ? *End
             : std::numeric_limits<int64_t>::max();
}

void Evaluator::noteCounter(const Activation &A, const Loop &L,
                            const Value &Before, const Value &Now, TermId Any) {
  // The first round had the first element; from the second on the counter
  // stands for each that is left.
  std::optional<int64_t> First = constantValue(Before);
  std::optional<int64_t> Next = constantValue(Now);
  if (!First || !Next || (*Next != *First + 1 && *Next != *First - 1) ||
      *First < 0)
    return;
  IndexRange Range;
  if (*Next > *First)
    Range = {*Next, endOf(A, L)};
  else
    Range = {0, *First};
  std::string Name = "each index from " + std::to_string(Range.First);
  if (Range.End != std::numeric_limits<int64_t>::max())
    Name += " below " + std::to_string(Range.End);
  TermId Each = Terms.namedSymbol(Name, Certainty::Free);
  Learned.Ranges[Each] = Range;
  Learned.Counters[Any] = Each;
}

void Evaluator::noteGoingOn(const Activation &A, uint32_t Index,
                            uint32_t InLoop, Bdd When) {
  if (InLoop == None || When.isConstant())
    return;
  const Loop &L = A.Order->Loops[InLoop];
  const Block &Now = A.Body->Blocks[Index];
  const bool Yes = L.Contains[Now.Successors[0]];
  if (L.Header == Index && Yes != L.Contains[Now.Successors[1]] &&
      testOf(*A.Body, L))
    GoingOn = B.conj(GoingOn, Yes ? When : B.negate(When));
}

bool Evaluator::isInArray(PathId Path) const {
  for (; Path != 0; Path = Terms.parent(Path)) {
    const PathStep &Step = Terms.last(Path);
    TypeIndex Type = Step.What == PathStep::Kind::Field ? typeOfField(Step.Id)
                                                        : TypeIndex(None);
    if (Step.What == PathStep::Kind::Element ||
        (Type != None && Linked.type(Type).Kind == TypeKind::Array))
      return true;
  }
  return false;
}

Bdd Evaluator::wholeRange(PathId Path, Bdd When) {
  // Whoever asks for an element later asks for one that is there: that the
  // counter has not reached the end is so for each of them. But what the marker
  // of a channel says of the end stays.
  if (GoingOn.isConstant() || !isInArray(Path))
    return When;
  Bdd Others = Conditions.bdd().exists(
      GoingOn, [&](uint32_t Variable) { return !Conditions.isKept(Variable); });
  return B.conj(Others, B.cofactor(When, GoingOn));
}

bool Evaluator::mayOverlap(Cell Which) {
  return hasElement(Which.Path) || Learned.Indexed.count(Which.Object) != 0;
}

bool Evaluator::hasElement(PathId Path) {
  for (; Path != 0; Path = Terms.parent(Path))
    if (Terms.last(Path).What == PathStep::Kind::Element)
      return true;
  return false;
}

std::vector<std::pair<Cell, Bdd>> Evaluator::overlapping(Cell Which,
                                                         bool Writes) {
  std::vector<std::pair<Cell, Bdd>> Result;
  const TermId First = Terms.constant(0);
  auto Consider = [&](PathId P) {
    if (P == Which.Path)
      return;
    // From the end: most paths end in another field.
    Bdd Same = Conditions.yes();
    PathId Mine = Which.Path, Other = P;
    while (Mine != Other) {
      const PathStep *Left = Mine ? &Terms.last(Mine) : nullptr;
      const PathStep *Right = Other ? &Terms.last(Other) : nullptr;
      if (Left && Right && *Left == *Right) {
        Mine = Terms.parent(Mine);
        Other = Terms.parent(Other);
        continue;
      }
      // The first element has no step of its own.
      const bool Indexed = Left && Left->What == PathStep::Kind::Element;
      const bool OtherIndexed = Right && Right->What == PathStep::Kind::Element;
      if (!Indexed && !OtherIndexed)
        return;
      const TermId Index = Indexed ? Left->Id : First;
      const TermId OtherIndex = OtherIndexed ? Right->Id : First;
      Same = B.conj(Same, Writes ? reaches(Index, OtherIndex)
                                 : reaches(OtherIndex, Index));
      if (Indexed)
        Mine = Terms.parent(Mine);
      if (OtherIndexed)
        Other = Terms.parent(Other);
    }
    if (!Same.isFalse())
      Result.push_back({{Which.Object, P}, Same});
  };
  for (PathId P : Store->paths(Which.Object))
    Consider(P);
  const Object &O = Terms.object(Which.Object);
  if (O.Kind == ObjectKind::Global && Linked.global(O.Entity).Definition)
    for (const InitializerEntry &Entry :
         Linked.global(O.Entity).Definition->Initializer) {
      PathId P = pathOf(Entry.Path);
      if (!Store->find({Which.Object, P}))
        Consider(P);
    }
  return Result;
}

Value Evaluator::loadElement(Cell Which, TypeIndex Type, Bdd Path) {
  auto Others = overlapping(Which, /*Writes=*/false);
  if (Others.size() > 64)
    return widen("array elements", {});
  // What a constant table's initializer does not name is zero.
  std::optional<Value> Constant;
  const Object &O = Terms.object(Which.Object);
  if (O.Kind == ObjectKind::Global && Linked.global(O.Entity).Definition &&
      Linked.global(O.Entity).Definition->Constant)
    Constant = initialValue(Linked.global(O.Entity), Which.Path);
  Value Result = Constant ? *Constant : defaultOf(Which, Type, Path);
  auto Add = [&](Bdd Same, const Value &Found) {
    Result = limited(choose(Conditions, Same, Found, Result), Conditions.yes(),
                     Terms.object(Which.Object).Name);
  };
  for (auto &[Other, Same] : Others)
    if (!Store->find(Other))
      Add(Same, defaultOf(Other, Type, Path));
  // Fills have changed what was written before them.
  Result = filled(Which, Type, std::move(Result), Path);
  // What a loop wrote to all comes before what was written to one.
  for (bool Ranges : {true, false})
    for (auto &[Other, Same] : Others)
      if (const Value *Known = Store->find(Other);
          Known && hasRange(Other.Path) == Ranges)
        Add(Same, Value(*Known));
  return Result;
}

void Evaluator::storeElement(Cell Which, const Value &New, TypeIndex Type,
                             Bdd Path) {
  for (auto &[Other, Same] : overlapping(Which, /*Writes=*/true)) {
    const Value *Known = Store->find(Other);
    if (!Known)
      continue;
    Store->set(Other,
               limited(choose(Conditions, B.conj(Path, Same), New, *Known),
                       Conditions.yes(), Terms.object(Other.Object).Name));
  }
}

} // namespace cocodma
