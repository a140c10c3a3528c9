// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/GuidedPath.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

/// Lets what \p Holds of blocks spread to those before them, where \p Follows
/// from what holds of the successors.
static void
spreadBackwards(const FunctionSummary &Body, std::vector<bool> &Holds,
                llvm::function_ref<bool(const Block &Here)> Follows) {
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (uint32_t I = Holds.size(); I-- > 0;)
      if (!Holds[I] && Follows(Body.Blocks[I]))
        Changed = Holds[I] = true;
  }
}

bool WaysTo::holdsGoal(const FunctionSummary &Body, const Block &Here) const {
  for (InstIndex I = Here.First; I < Here.End; ++I) {
    const Inst &Now = Body.Insts[I];
    if ((Now.Op == Opcode::Call || Now.Op == Opcode::FunctionAddress) &&
        Now.Value >= 0 && Goals.count(FunctionId(Now.Value)))
      return true;
  }
  return false;
}

bool WaysTo::lead(FunctionId Function, uint32_t From) {
  auto [Entry, New] = Known.try_emplace(Function);
  std::vector<bool> &Leads = Entry->second;
  if (New) {
    const FunctionSummary &Body = *Linked.function(Function).Body;
    Leads.resize(Body.Blocks.size());
    for (uint32_t I = 0; I < Leads.size(); ++I)
      Leads[I] = holdsGoal(Body, Body.Blocks[I]);
    spreadBackwards(Body, Leads, [&](const Block &Here) {
      return llvm::any_of(Here.Successors,
                          [&](uint32_t To) { return Leads[To]; });
    });
  }
  return Leads[From];
}

std::optional<bool> Guide::side(FunctionId Function, uint32_t Yes,
                                uint32_t No) {
  for (WaysTo *Goal : {&Conversion, &Free})
    if (bool There = Goal->lead(Function, Yes);
        There != Goal->lead(Function, No))
      return There;
  if (bool Fails = Errors.fails(Function, Yes);
      Fails != Errors.fails(Function, No))
    return !Fails;
  return std::nullopt;
}

bool Guide::differs(FunctionId Function, uint32_t Yes, uint32_t No) {
  return side(Function, Yes, No) ||
         Reversal.lead(Function, Yes) != Reversal.lead(Function, No);
}

/// True if the block makes an error code, a small negative number.
static bool makesError(const FunctionSummary &Body, const Block &Here) {
  constexpr int64_t Greatest = 4095;
  for (InstIndex I = Here.First; I < Here.End; ++I) {
    const Inst &Now = Body.Insts[I];
    if (Now.Op != Opcode::Unary || Now.Sub != uint8_t(UnaryKind::Negate))
      continue;
    const Inst &Code = Body.Insts[Now.A];
    if (Code.Op == Opcode::Constant && Code.Value > 0 && Code.Value <= Greatest)
      return true;
  }
  return false;
}

bool ErrorExits::fails(FunctionId Function, uint32_t From) {
  auto [Entry, New] = Known.try_emplace(Function);
  std::vector<bool> &Fails = Entry->second;
  if (New) {
    const FunctionSummary &Body = *Linked.function(Function).Body;
    Fails.resize(Body.Blocks.size());
    for (uint32_t I = 0; I < Fails.size(); ++I)
      Fails[I] = makesError(Body, Body.Blocks[I]);
    spreadBackwards(Body, Fails, [&](const Block &Here) {
      return !Here.Successors.empty() &&
             llvm::all_of(Here.Successors,
                          [&](uint32_t To) { return Fails[To]; });
    });
  }
  return Fails[From];
}

GuidedPath::GuidedPath(Evaluator &Engine, Guide &Ways,
                       const std::set<unsigned> &Else)
    : Engine(Engine), Ways(Ways), Else(Else),
      FirstEvent(Engine.events().size()), Taken(Engine.conditions().yes()) {}

bool GuidedPath::isExpected(uint32_t Variable) const {
  // What calls return is zero where they succeed; what members hold is there,
  // and flags are not set.
  const Atom &A = Engine.conditions().atom(Variable);
  const TermTable &Terms = Engine.terms();
  switch (A.What) {
  case Predicate::NotNull:
    return true;
  case Predicate::Zero: {
    TermId Of = A.Subject;
    if (const Term &T = Terms.term(Of);
        T.Kind == TermKind::Binary && T.Sub == uint8_t(BinaryKind::And))
      Of = T.A; // Some bits of a status.
    if (Terms.term(Of).Kind != TermKind::Symbol)
      return false;
    StringIndex Field = Terms.symbolOf(Of).Field;
    TypeIndex Type = Field == None ? None : Engine.typeOfField(Field);
    return Type == None || Engine.program().type(Type).Kind == TypeKind::Bool;
  }
  case Predicate::LessThan:
    return true;
  case Predicate::Holds: {
    // What is asked for is below a limit, and above none.
    const Term &T = Terms.term(A.Subject);
    return T.Kind == TermKind::Binary && T.Sub == uint8_t(BinaryKind::Less) &&
           !Terms.constantOf(T.A);
  }
  default:
    return false;
  }
}

bool GuidedPath::expected(Bdd Condition) const {
  return Engine.conditions().bdd().evaluate(
      Condition, [this](uint32_t Variable) { return isExpected(Variable); });
}

bool GuidedPath::usual(const Fork &At) {
  if (At.Round > 0 && At.Stays[0] != At.Stays[1])
    return At.Stays[1]; // Once more would show nothing new.
  if (At.Successors[0] != None && At.Successors[1] != None)
    if (auto Side = Ways.side(At.Function, At.Successors[0], At.Successors[1]))
      return *Side;
  return expected(At.Condition);
}

bool GuidedPath::takes(const Fork &At) {
  BoundedFormulas &B = Engine.conditions().formulas();
  PathDecision New;
  for (size_t I = FirstEvent; I < Engine.events().size(); ++I)
    New.AfterConversion |= Engine.events()[I].Kind == EventKind::Share;
  New.AboutConversion =
      llvm::any_of(B.support(At.Condition), [&](uint32_t Variable) {
        return Engine.conditions().isKept(Variable);
      });
  New.Matters = New.AboutConversion || At.Successors[1] == None ||
                Ways.differs(At.Function, At.Successors[0], At.Successors[1]);
  bool Result = usual(At) != (Else.count(Decisions.size()) != 0);
  Decisions.push_back(New);
  Taken = B.conj(Taken, Result ? At.Condition : B.negate(At.Condition));
  return Result;
}

} // namespace cocodma
