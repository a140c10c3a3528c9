// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What choices stand for that came from simplifications.
#include "dataflow/Guards.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::optional<Bdd> Guards::definition(uint32_t Variable) const {
  auto Found = Definitions.find(Variable);
  return Found == Definitions.end() ? std::nullopt
                                    : std::optional<Bdd>(Found->second);
}

bool Guards::isImpossible(Bdd When, Bdd Path, size_t Nodes) {
  NodeBudget Few(Manager, Nodes);
  Bdd Now = Manager.conj(When, Path);
  while (!Now.isFalse() && !Manager.exhausted())
    if (!putBackNewest(Now))
      return false;
  return !Manager.exhausted();
}

bool Guards::putBackNewest(Bdd &In) {
  // Many conditions are asked about in the same context, and are soon the same.
  auto Known = PutBack.find(In.id());
  if (Known != PutBack.end()) {
    In = Known->second;
    return true;
  }
  const std::vector<uint32_t> Support = Manager.support(In);
  auto Choice = llvm::find_if(Support, [this](uint32_t Variable) {
    return Definitions.contains(Variable);
  });
  if (Choice == Support.end())
    return false;
  // What a choice stands for is made of older atoms, which come later here: on
  // the newer ones nothing hangs any more.
  const Bdd Before = In;
  In = Manager.exists(
      In, [Choice](uint32_t Variable) { return Variable < *Choice; });
  if (!In.isConstant() && Manager.topVariable(In) == *Choice)
    In =
        Manager.ite(Definitions.at(*Choice), Manager.high(In), Manager.low(In));
  if (!Manager.exhausted())
    PutBack[Before.id()] = In;
  return true;
}

} // namespace cocodma
