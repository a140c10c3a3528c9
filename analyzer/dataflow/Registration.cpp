// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registering a device, as the tree's own driver core does it: all that it does
// before it looks for a driver, the first probe finds done.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

bool Evaluator::arrived(StringIndex Name, Bdd Path) {
  if (!Until || Name == None || Until->Name != Name || Until->State)
    return false;
  Until->When = Path;
  Until->State = std::make_unique<Memory>(*Store);
  // Nothing behind it is of interest.
  Stopped = B.disj(Stopped, Path);
  return true;
}

bool Evaluator::isOfClass(const Value &Device) {
  return llvm::any_of(Device, [&](const Guarded &G) {
    std::optional<Cell> Where = target(G.What);
    const TypeIndex Type =
        Where ? Terms.object(Where->Object).Type : TypeIndex(None);
    const StringIndex Record =
        Type == None ? StringIndex(None) : Linked.recordOf(Type);
    return Record != None && Vocabulary.classOfStruct(Linked.text(Record));
  });
}

Bdd Evaluator::runUntilProbe(Activation &A, InstIndex Index, const Primitive &P,
                             llvm::ArrayRef<Value> Arguments, Bdd Path) {
  const FunctionId Body = Linked.externalFunction(P.Function);
  Stopover Goal;
  Goal.Name = P.Until.empty() ? StringIndex(None) : Linked.find(P.Until);
  if (Body == None || Goal.Name == None || Until ||
      A.Self->Depth >= Limits.Depth ||
      !isOfClass(argument(P, Role::Device, Arguments)))
    return Path;
  Memory *const Outer = Store;
  const size_t EventCount = Events.size();
  const Bdd OuterStopped = Stopped;
  // The driver core is nobody's driver: whom it gives the device to, and what
  // would have to be undone, belongs to no operation.
  EvaluatorHooks *const OuterHooks = Hooks;
  const std::unique_ptr<EvaluatorHooks> Quiet = quietHooks(OuterHooks);
  Memory Scratch(Outer);
  Store = &Scratch;
  Hooks = Quiet.get();
  Until = &Goal;
  execute(Body, Arguments, Path, A.Self, Index);
  Until = nullptr;
  Hooks = OuterHooks;
  Store = Outer;
  Stopped = OuterStopped;
  Events.resize(EventCount);
  if (!Goal.State || Goal.When.isFalse()) {
    ++Noticed.Losses["no way from " + P.Function + "() to " + P.Until + "()"];
    return Path;
  }
  Kept.push_back(std::move(Goal.State));
  Store = Kept.back().get();
  return Goal.When;
}

} // namespace cocodma
