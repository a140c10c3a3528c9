// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory that becomes host-visible, or private again.
#include "dataflow/Evaluator.h"

namespace cocodma {

bool Evaluator::isInLoop(FunctionId Function, InstIndex At) {
  const FunctionSummary &Body = *Linked.function(Function).Body;
  for (uint32_t Block = 0; Block < Body.Blocks.size(); ++Block)
    if (Body.Blocks[Block].First <= At && At < Body.Blocks[Block].End)
      return llvm::any_of(planOf(Function).Loops, [&](const Loop &L) {
        return bool(L.Contains[Block]);
      });
  return false;
}

void Evaluator::countShared(ObjectId Id, const Value &Pages) {
  uint64_t Most = 0;
  for (const Guarded &G : Pages) {
    std::optional<int64_t> Count = Terms.constantOf(G.What);
    if (!Count || *Count <= 0) {
      Learned.SharedPages[Id] = 0;
      return;
    }
    Most = std::max(Most, uint64_t(*Count));
  }
  auto [Entry, New] = Learned.SharedPages.try_emplace(Id, Most);
  if (Entry->second != 0)
    Entry->second = std::max(Entry->second, Most);
}

bool Evaluator::isPart(const Activation &A, InstIndex Index, TermId Address,
                       const Value &Pages) {
  // Fewer pages than there are, or were shared, once: in a loop the others may
  // follow.
  const Term &T = Terms.term(Address);
  if (T.Kind != TermKind::Pointer || Pages.size() != 1)
    return false;
  std::optional<int64_t> Count = Terms.constantOf(Pages[0].What);
  uint64_t All = Terms.object(T.A).Pages;
  if (auto Shared = Learned.SharedPages.find(T.A);
      Shared != Learned.SharedPages.end() && Shared->second)
    All = std::min(All, Shared->second);
  if (!Count || *Count <= 0 || uint64_t(*Count) >= All ||
      isInLoop(A.Self->Function, Index))
    return false;
  for (const Frame *F = A.Self.get(); F->Caller; F = F->Caller.get())
    if (isInLoop(F->Caller->Function, F->CallSite))
      return false;
  return true;
}

Value Evaluator::convert(Activation &A, InstIndex Index, const Primitive &P,
                         llvm::ArrayRef<Value> Arguments, Bdd Path) {
  bool Sharing = P.Effect == Effect::Share;
  if (Sharing)
    Noticed.Sharers.insert(A.Self->Function);
  Value Address = argument(P, Role::Address, Arguments);
  TermId Failure =
      Terms.symbol("result of " + P.Function + "()", Certainty::Free);
  Terms.keep(Failure, /*Marks=*/false);
  Bdd Failed = Conditions.no();
  if (P.Success == Result::ZeroOnSuccess) {
    Terms.setErrorOrZero(Failure);
    Failed = Conditions.truth(Failure);
  } else if (P.Success == Result::TrueOnSuccess)
    Failed = B.negate(Conditions.truth(Failure));
  Event &Converted =
      note(Sharing ? EventKind::Share : EventKind::Unshare, A, Index, Path);
  Converted.Subject = Address;
  Converted.Source = argument(P, Role::Pages, Arguments);
  for (const Guarded &G : Address) {
    std::optional<Cell> Where = target(rootOf(G.What));
    if (!Where)
      continue;
    if (Sharing)
      countShared(Where->Object, Converted.Source);
    // What is made private in part is shared as before.
    bool Part = !Sharing && isPart(A, Index, G.What, Converted.Source);
    Value After;
    addAlternative(Conditions, After, Failed, Terms.constant(2));
    if (!Part)
      addAlternative(Conditions, After, B.negate(Failed),
                     Terms.constant(Sharing ? 1 : 0));
    store({Where->Object, Terms.field(0, StateField)}, After, None,
          B.conj(B.conj(Path, G.When), Part ? Failed : Conditions.yes()));
  }
  return always(Conditions, Failure);
}

} // namespace cocodma
