// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Containers that hold pointers by key (an xarray, a radix tree): an array that
// has an entry for each key, null if nothing was put in (defaultOf()).
#include "dataflow/Evaluator.h"

namespace cocodma {

std::vector<Guarded> Evaluator::entriesOf(const Primitive &P,
                                          llvm::ArrayRef<Value> Arguments) {
  std::vector<Guarded> Result;
  for (const Guarded &G : argument(P, Role::Address, Arguments))
    if (std::optional<Cell> Where = target(G.What)) {
      Cell In = canonical(*Where);
      Result.push_back(
          {G.When,
           Terms.pointer(In.Object, Terms.field(In.Path, ContainerEntries))});
    }
  return Result;
}

Value Evaluator::entryAt(TermId Entries, const Primitive &P,
                         llvm::ArrayRef<Value> Arguments) {
  const Term In = Terms.term(Entries);
  auto At = [&](TermId Index) {
    return Terms.pointer(In.A,
                         Terms.extend(In.B, {PathStep::Kind::Element, Index}));
  };
  // Where a container chooses the key, it is no argument.
  if (!P.Arguments.count(Role::Key))
    return always(Conditions, At(AnyIndex));
  Value Result;
  for (const Guarded &K : argument(P, Role::Key, Arguments))
    addAlternative(Conditions, Result, K.When, At(elementIndex(K.What)));
  return Result;
}

bool Evaluator::isFilled(TermId Entries) const {
  const Term In = Terms.term(Entries);
  return Store->find({In.A, In.B}) != nullptr;
}

Value Evaluator::putIn(Activation &A, InstIndex Index, const Primitive &P,
                       llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const Value New = argument(P, Role::Source, Arguments);
  for (const Guarded &In : entriesOf(P, Arguments)) {
    if (!isFilled(In.What)) {
      const Term Entries = Terms.term(In.What);
      store({Entries.A, Entries.B}, always(Conditions, Terms.constant(1)), None,
            Conditions.yes());
    }
    for (const Guarded &Entry : entryAt(In.What, P, Arguments))
      if (std::optional<Cell> Where = target(Entry.What))
        store(*Where, New, None, B.conj(B.conj(Path, In.When), Entry.When));
  }
  return external(A, Index, P.Function, Arguments, Path);
}

/// The only path below \p Entries that was written to, or none.
static std::optional<PathId>
onlyEntry(const Memory &Store, const TermTable &Terms, const Term &Entries) {
  std::optional<PathId> Result;
  for (PathId Path : Store.paths(Entries.A))
    if (Path != 0 && Terms.parent(Path) == Entries.B &&
        Terms.last(Path).What == PathStep::Kind::Element) {
      if (Result)
        return std::nullopt;
      Result = Path;
    }
  return Result;
}

Value Evaluator::lookUp(Activation &A, InstIndex Index, const Primitive &P,
                        llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const TypeIndex Type = A.Body->Insts[Index].Type;
  Value Result;
  Bdd Open = Conditions.yes();
  for (const Guarded &In : entriesOf(P, Arguments)) {
    if (!isFilled(In.What))
      continue;
    Open = B.conj(Open, B.negate(In.When));
    for (const Guarded &Entry : entryAt(In.What, P, Arguments)) {
      TermId From = Entry.What;
      // Who asks by a key that is not known asks for what was put in.
      if (Terms.last(Terms.term(From).B).Id == AnyIndex)
        if (std::optional<PathId> Only =
                onlyEntry(*Store, Terms, Terms.term(In.What)))
          From = Terms.pointer(Terms.term(In.What).A, *Only);
      for (const Guarded &Found :
           loadThrough(always(Conditions, From), Type, Path))
        addAlternative(Conditions, Result,
                       B.conj(B.conj(In.When, Entry.When), Found.When),
                       Found.What);
    }
  }
  if (Open.isFalse())
    return Result;
  // What others put in is not known.
  for (const Guarded &Other : external(A, Index, P.Function, Arguments, Path))
    addAlternative(Conditions, Result, B.conj(Open, Other.When), Other.What);
  return Result;
}

Value Evaluator::takeOut(Activation &A, InstIndex Index, const Primitive &P,
                         llvm::ArrayRef<Value> Arguments, Bdd Path) {
  Value Result = lookUp(A, Index, P, Arguments, Path);
  for (const Guarded &In : entriesOf(P, Arguments)) {
    if (!isFilled(In.What))
      continue;
    for (const Guarded &Entry : entryAt(In.What, P, Arguments)) {
      std::optional<Cell> Where = target(Entry.What);
      // One cell stands for all keys that are not constant: the others stay.
      if (Where && Terms.last(Where->Path).Id != AnyIndex)
        store(*Where, always(Conditions, Terms.constant(0)), None,
              B.conj(B.conj(Path, In.When), Entry.When));
    }
  }
  return Result;
}

} // namespace cocodma
