// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/Conversions.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

Conversions::Conversions(const Program &Linked, const Reach &Reachable,
                         const Spec &Vocabulary)
    : Linked(Linked), Reachable(Reachable), Vocabulary(Vocabulary) {
  findConverting();
  findAside();
}

bool Conversions::convertsItself(FunctionId Id, Effect How) const {
  for (const Inst &I : Linked.function(Id).Body->Insts) {
    const Primitive *P = I.Op == Opcode::Call && I.Name != None
                             ? Vocabulary.primitive(Linked.text(I.Name))
                             : nullptr;
    if (P && P->Effect == How)
      return true;
  }
  return false;
}

void Conversions::findConverting() {
  std::set<std::string> Api; // Modules of the DMA API.
  std::vector<FunctionId> Work;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    llvm::StringRef Name = Linked.functionName(Id);
    if (Vocabulary.Design.attributed(Name) && !Linked.function(Id).Body->Inline)
      Api.insert(Linked.moduleOf(Id).str());
    if (Vocabulary.primitive(Name))
      continue;
    if (convertsItself(Id, Effect::Share))
      Sharing.insert(Id);
    if (Sharing.count(Id) || convertsItself(Id, Effect::Unshare))
      Work.push_back(Id);
  }
  const size_t Own = Work.size();
  for (size_t I = 0; I < Work.size(); ++I) {
    FunctionId Id = Work[I];
    std::string Module = Linked.moduleOf(Id).str();
    // Memory that the DMA API gives is its own to convert back.
    if ((I >= Own && Api.count(Module)) || !Converting.insert(Id).second)
      continue;
    if (!Linked.function(Id).Body->Inline)
      Modules.insert(Module);
    llvm::append_range(Work, Linked.callersOf(Id));
  }
}

std::set<StringIndex> Conversions::stateFields() const {
  std::set<StringIndex> Result;
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id) {
    if (!Converting.count(Id) && !((Reachable.of(Id) & ReachesFree) &&
                                   Modules.count(Linked.moduleOf(Id).str())))
      continue;
    for (const Inst &I : Linked.function(Id).Body->Insts)
      if (I.Op == Opcode::FieldAddress)
        Result.insert(I.Name);
  }
  return Result;
}

bool Conversions::mattersItself(FunctionId Id,
                                const std::set<StringIndex> &State) const {
  bool Near = Modules.count(Linked.moduleOf(Id).str());
  if (Converting.count(Id) || (Reachable.of(Id) & ReachesShare) ||
      (Near && (Reachable.of(Id) & ReachesFree)))
    return true;
  const FunctionSummary &Body = *Linked.function(Id).Body;
  return llvm::any_of(Body.Insts, [&](const Inst &I) {
    if (I.Op == Opcode::Call && I.Name == None)
      return Near;
    return I.Op == Opcode::Store &&
           Body.Insts[I.A].Op == Opcode::FieldAddress &&
           State.count(Body.Insts[I.A].Name);
  });
}

void Conversions::findAside() {
  const std::set<StringIndex> State = stateFields();
  std::vector<bool> Matters(Linked.functionCount());
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    Matters[Id] = mattersItself(Id, State);
  const std::vector<unsigned> Size = spreadToCallers(Linked, Matters);
  Aside.resize(Linked.functionCount());
  for (FunctionId Id = 0; Id < Linked.functionCount(); ++Id)
    // Results of what is small are worth their execution: predicates.
    Aside[Id] = Size[Id] > CheapFunction && !Matters[Id];
}

} // namespace cocodma
