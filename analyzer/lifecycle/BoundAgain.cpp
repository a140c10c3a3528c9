// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A device that is bound once more: after its driver was unbound, or after a
// probe failed. What the bus wrote into it before the first probe may be gone
// then (drivers/base/dd.c: really_probe(), __device_release_driver()).
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

bool WorldBuilder::hangsOnMarker(const Value &Held) {
  Guards &Conditions = Engine.conditions();
  return llvm::any_of(Held, [&](const Guarded &G) {
    return Engine.terms().isMarking(G.What) ||
           llvm::any_of(Conditions.bdd().support(G.When),
                        [&](uint32_t Variable) {
                          const Atom &A = Conditions.atom(Variable);
                          return Conditions.isKept(Variable) &&
                                 A.Kind == Certainty::Free &&
                                 A.What != Predicate::Choice &&
                                 Engine.terms().isMarking(A.Subject);
                        });
  });
}

std::vector<Cell> WorldBuilder::protections(const Registration &Device) {
  const ObjectId Holder = Class.Channel ? Device.Channel : Device.Device;
  std::vector<Cell> Result;
  for (ObjectId Object : {Device.Device, Device.Channel})
    for (PathId Path :
         Object == None ? std::vector<PathId>() : Device.State->paths(Object))
      if (!(Object == Holder && Device.Markers.count(Path)) &&
          hangsOnMarker(*Device.State->find({Object, Path})))
        Result.push_back({Object, Path});
  return Result;
}

void WorldBuilder::unbind(const Registration &Device, Bdd When) {
  const Value Pointer = devicePointer(Device.Device);
  const size_t First = Engine.events().size();
  Engine.setBudget({});
  const FunctionId Core = Linked.externalFunction(Vocabulary.Core.Unbind);
  if (Core != None) {
    Engine.execute(Core, {Pointer}, When);
    noteSpent(Core);
  } else {
    for (const std::string &Member : Vocabulary.Core.Unbound)
      if (FunctionId Code = callbackOfBus(Device.Device, Member, When);
          Code != None) {
        Engine.execute(Code, {Pointer}, When);
        noteSpent(Code);
      }
  }
  Engine.events().resize(First);
}

void WorldBuilder::bindAgain(const Registration &Device, GlobalId Driver,
                             const Memory *Left, Bdd When) {
  Guards &Conditions = Engine.conditions();
  Registration Again = Device;
  Memory *State = layer(Device.State);
  for (const Cell &C : protections(Device)) {
    const Value Now = settled(Conditions, *Left->find(C), When);
    if (!(Now == settled(Conditions, *Device.State->find(C), When)))
      State->set(C, Now);
  }
  if (State->changed().empty())
    return;
  Again.State = State;
  for (const Copy &Flag : Copies[Device.State])
    if (!llvm::is_contained(State->changed(), Flag.Where))
      Copies[State].push_back(Flag);
  runDriver(Again, Driver, Phase::Late);
}

void WorldBuilder::runBoundAgain(const Registration &Device, GlobalId Driver,
                                 const Memory *Probed, Bdd Success,
                                 Bdd Failure) {
  // Most buses note nothing that hangs on a marker beside the marker.
  if (protections(Device).empty())
    return;
  if (!Failure.isFalse())
    bindAgain(Device, Driver, Probed, Failure);
  Memory *const After = layer(Probed);
  Engine.setMemory(After);
  unbind(Device, Success);
  bindAgain(Device, Driver, Engine.memory(), Success);
}

} // namespace cocodma
