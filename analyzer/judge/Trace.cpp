// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Trace.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

namespace cocodma {

std::string pathBelow(llvm::StringRef Root, llvm::StringRef Path) {
  llvm::SmallString<256> Result(Path);
  if (!Root.empty() && Path.starts_with(Root) &&
      Path.drop_front(Root.size()).starts_with("/"))
    Result = Path.drop_front(Root.size() + 1);
  llvm::sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

std::string TraceBuilder::relative(llvm::StringRef Path) const {
  return pathBelow(Root, Path);
}

SourceLocation TraceBuilder::locationOf(FunctionId Function,
                                        InstIndex At) const {
  const FunctionSummary &Body = *Linked.function(Function).Body;
  SourceLocation Result;
  Result.Function = Linked.text(Body.Name).str();
  if (At == None || At >= Body.Insts.size() || Body.Insts[At].File == None) {
    Result.File = relative(Linked.text(Body.File));
    Result.Line = Body.Line;
    Result.Column = 1;
    Result.Within = Function;
    return Result;
  }
  const Inst &I = Body.Insts[At];
  Result.File = relative(Linked.text(I.File));
  Result.Line = I.Line;
  Result.Column = I.Column;
  Result.Within = I.File == Body.File ? Function : None;
  return Result;
}

std::string TraceBuilder::expression(FunctionId Function, InstIndex At) const {
  const Inst &I = Linked.function(Function).Body->Insts[At];
  if (I.Op == Opcode::Call)
    return I.Name == None ? "call through a pointer"
                          : Linked.text(I.Name).str() + "()";
  if (I.Op == Opcode::CopyObject)
    return "the assignment of a record";
  if (I.Op == Opcode::Store) {
    const std::vector<Inst> &Insts = Linked.function(Function).Body->Insts;
    InstIndex Address = I.A;
    while (Insts[Address].Op == Opcode::Cast)
      Address = Insts[Address].A;
    if (Insts[Address].Op == Opcode::ElementAddress)
      return "the assignment of an element";
    if (Insts[I.A].Name != None)
      return Linked.text(Insts[I.A].Name).rsplit('.').second.str() + " = ...";
  }
  return "store";
}

TraceStep TraceBuilder::decision(const Frame &F, const Decision &D,
                                 bool Taken) const {
  const FunctionSummary &Body = *Linked.function(F.Function).Body;
  const Block &Where = Body.Blocks[D.Block];
  TraceStep Step;
  Step.Kind = "branch";
  Step.Location.File = relative(Linked.text(Where.File));
  Step.Location.Line = Where.Line;
  Step.Location.Column = Where.Column;
  Step.Location.Function = Linked.text(Body.Name).str();
  Step.Location.Within = Where.File == Body.File ? F.Function : None;
  std::string Text = Where.Text == None
                         ? "the condition"
                         : "'" + Linked.text(Where.Text).str() + "'";
  if (Where.Kind == Terminator::StaticKey)
    Text = "the static branch";
  if (Where.Kind == Terminator::Switch) {
    std::string Case = "case " + std::to_string(Where.Cases[D.Successor].Low);
    Step.Message = Text + (Taken ? " is " : " is not ") + Case;
  } else {
    Step.Message = "taking the " + std::string(Taken ? "true" : "false") +
                   " branch of " + Text;
  }
  return Step;
}

void TraceBuilder::addDecisions(const Frame &F, uint32_t Before, Bdd Leak,
                                std::vector<TraceStep> &Steps) const {
  BddManager &B = Conditions.bdd();
  for (const Decision &D : F.Decisions) {
    if (D.Sequence >= Before || B.disjoint(Leak, D.Path))
      continue;
    // Only what could have kept the path from going on is worth a line.
    bool MustTake = B.entails(Leak, B.conj(D.Path, D.Taken));
    bool MustNot = B.entails(Leak, B.conj(D.Path, B.negate(D.Taken)));
    if (MustTake || MustNot)
      Steps.push_back(decision(F, D, MustTake));
  }
}

std::vector<TraceStep> TraceBuilder::path(const Event &At, Bdd Leak) const {
  std::vector<const Frame *> Frames;
  for (const Frame *F = At.Where.get(); F; F = F->Caller.get())
    Frames.insert(Frames.begin(), F);
  std::vector<TraceStep> Steps;
  for (size_t I = 0; I < Frames.size(); ++I) {
    const Frame &F = *Frames[I];
    if (I == 0) {
      TraceStep Entry;
      Entry.Kind = "entry";
      Entry.Location = locationOf(F.Function, None);
      Entry.Message = "entry point " + Entry.Location.Function + "()";
      Steps.push_back(std::move(Entry));
    }
    addDecisions(F, At.Sequence, Leak, Steps);
    InstIndex Call = I + 1 < Frames.size() ? Frames[I + 1]->CallSite : At.At;
    TraceStep Step;
    Step.Kind = I + 1 < Frames.size() ? "call" : "sink";
    Step.Location = locationOf(F.Function, Call);
    Step.Message = "calls " + expression(F.Function, Call);
    if (I + 1 < Frames.size()) {
      std::string Target = Linked.functionName(Frames[I + 1]->Function).str();
      if (Step.Message != "calls " + Target + "()")
        Step.Message = "calls " + Target + "()";
    }
    Steps.push_back(std::move(Step));
  }
  return Steps;
}

std::vector<TraceStep> TraceBuilder::barriers(const Event &At,
                                              Bdd Confidential) const {
  BddManager &B = Conditions.bdd();
  std::vector<TraceStep> Steps;
  for (const Frame *F = At.Where.get(); F; F = F->Caller.get())
    for (const Decision &D : F->Decisions) {
      if (D.Sequence >= At.Sequence)
        continue;
      bool Takes = B.entails(At.When, B.conj(D.Path, D.Taken));
      bool Skips = B.entails(At.When, B.conj(D.Path, B.negate(D.Taken)));
      if (Takes == Skips)
        continue;
      Bdd Way = Takes ? D.Taken : B.negate(D.Taken);
      if (!B.disjoint(Confidential, D.Path) &&
          B.disjoint(B.conj(Confidential, D.Path), Way))
        Steps.push_back(decision(*F, D, Takes));
    }
  return Steps;
}

} // namespace cocodma
