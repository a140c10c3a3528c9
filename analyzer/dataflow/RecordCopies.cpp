// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Records that are copied or zeroed as a whole.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"

namespace cocodma {

std::vector<Evaluator::CopySource>
Evaluator::sourcesOf(Cell Into, const Value &From, Bdd Path) {
  std::vector<CopySource> Result;
  for (const Guarded &F : From) {
    std::optional<Cell> Origin = target(F.What);
    Bdd When = B.conj(Path, F.When);
    if (!Origin || When.isFalse())
      continue;
    Cell Out = canonical(*Origin);
    if (Out == Into)
      continue;
    // What is copied to and fro in pages, such as packets, says little.
    const bool Large = Store->cellCount(Into.Object) > Limits.CopiedCells ||
                       Store->cellCount(Out.Object) > Limits.CopiedCells;
    const Object &Holder = Terms.object(Into.Object);
    const bool IsLeft =
        Large && (Holder.Kind == ObjectKind::Input || Holder.WholePages);
    Result.push_back({Out, When, Large, IsLeft});
  }
  return Result;
}

void Evaluator::copyObject(const Value &To, const Value &From, Bdd Path) {
  for (const Guarded &T : To) {
    std::optional<Cell> Target = target(T.What);
    if (!Target)
      continue;
    Cell Into = canonical(*Target);
    const std::vector<CopySource> Sources =
        sourcesOf(Into, From, B.conj(Path, T.When));
    // What each cell becomes, from whatever source: it is written once.
    llvm::MapVector<PathId, CopiedCell> Copied;
    auto Add = [&](PathId P, const Value &New, TypeIndex Type, Bdd When) {
      auto [At, IsFirst] = Copied.try_emplace(P, CopiedCell{New, Type, When});
      if (IsFirst)
        return;
      CopiedCell &C = At->second;
      C.New = choose(Conditions, When, New, C.New);
      C.When = B.disj(C.When, When);
    };
    for (const CopySource &S : Sources) {
      auto IsCopied = [&](PathId P) { // One of those of the other side.
        return !S.Large && Terms.elements(P) <= Terms.elements(S.Out.Path);
      };
      for (PathId P : S.IsLeft ? std::vector<PathId>() : pathsBelow(Into)) {
        Cell Source{S.Out.Object, Terms.rebase(P, Into.Path, S.Out.Path)};
        const bool IsThere = Store->find(Source);
        if (IsThere && IsCopied(Source.Path) && !isSharingState(Source))
          continue;
        TypeIndex Type = P && Terms.last(P).What == PathStep::Kind::Field
                             ? typeOfField(Terms.last(P).Id)
                             : TypeIndex(None);
        if (IsThere || Type != None)
          Add(P, load(Source, Type, S.When), Type, S.When);
      }
      // Of large objects only the fill is kept: cells are read when asked for.
      for (PathId P : S.Large ? std::vector<PathId>() : pathsBelow(S.Out))
        if (IsCopied(P))
          Add(Terms.rebase(P, S.Out.Path, Into.Path),
              *Store->find({S.Out.Object, P}), None, S.When);
    }
    llvm::SaveAndRestore Whole(WholeUnions, !Terms.inUnion(Into.Path));
    for (const auto &[P, C] : Copied)
      store({Into.Object, P}, C.New, C.Type, C.When);
    for (const CopySource &S : Sources)
      Store->addFill(Into.Object, {Into.Path, S.When, true, S.Out});
  }
}

std::vector<PathId> Evaluator::pathsBelow(Cell Where) const {
  std::vector<PathId> Result = Store->paths(Where.Object);
  llvm::erase_if(Result, [&](PathId P) {
    return !Terms.startsWith(P, Where.Path) ||
           isSharingState({Where.Object, P});
  });
  return Result;
}

void Evaluator::zeroObject(const Value &To, Bdd Path) {
  for (const Guarded &T : To) {
    std::optional<Cell> Where = target(T.What);
    Bdd When = B.conj(Path, T.When);
    if (!Where || When.isFalse())
      continue;
    Cell Into = canonical(*Where);
    llvm::SaveAndRestore Whole(WholeUnions, !Terms.inUnion(Into.Path));
    Value Zero = always(Conditions, Terms.constant(0));
    for (PathId P : Store->paths(Into.Object))
      if (Terms.startsWith(P, Into.Path) &&
          !(P && Terms.last(P).Id == StateField))
        store({Into.Object, P}, Zero, None, When);
    Store->addFill(Into.Object, {Into.Path, When, false, {}});
  }
}

} // namespace cocodma
