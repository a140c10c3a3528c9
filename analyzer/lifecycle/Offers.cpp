// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the host offered, where the markers do not tell it: a channel is
// confidential because it was offered so, whatever the kernel remembers of it.
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::vector<Bdd> WorldBuilder::offeredBits(const Marker &Which) {
  // Of each offer that was read: an offer is an input of the code that reads
  // it.
  if (!Which.From)
    return {};
  StringIndex Field = Linked.find(Which.From->Struct + "." + Which.From->Field);
  std::optional<int64_t> Mask = Linked.namedConstant(Which.From->Mask);
  if (!Mask)
    Mask = Which.From->MaskValue;
  if (Field == None || !Mask)
    return {};
  TermTable &Terms = Engine.terms();
  std::vector<Bdd> Result;
  for (TermId Offer : Terms.symbolsOf(Field))
    Result.push_back(Engine.conditions().truth(
        Terms.binary(BinaryKind::And, Offer, Terms.constant(*Mask), false)));
  return Result;
}

std::optional<Bdd> WorldBuilder::offeredBit(const Marker &Which, Bdd When) {
  // Where several were read, this device is about the one that its registration
  // hangs on.
  std::vector<Bdd> Offers = offeredBits(Which);
  if (Offers.size() > 1) {
    BddManager &B = Engine.conditions().bdd();
    const std::vector<uint32_t> Needed = B.support(When);
    llvm::erase_if(Offers, [&](Bdd Offer) {
      const std::vector<uint32_t> Bits = B.support(Offer);
      return llvm::none_of(Bits, [&](uint32_t Variable) {
        return llvm::is_contained(Needed, Variable);
      });
    });
    if (Offers.size() != 1)
      noteProblem("several offers are read before the registration of a " +
                  Class.Device.Struct +
                  ": whether its markers tell what was offered is not known");
  }
  if (Offers.size() != 1)
    return std::nullopt;
  return Offers[0];
}

Bdd WorldBuilder::takenAway(const Event &Written, Phase When) {
  // A marker that is made of an offer anew may change with it, so what is asked
  // for is a marker that was set, is not any more, and was offered all along.
  Guards &Conditions = Engine.conditions();
  BoundedFormulas &B = Conditions.formulas();
  const ObjectId Of = Written.Target.Object;
  auto IsMade = [&](const Registration &Device) {
    return (Device.Device == Of || Device.Channel == Of) &&
           Device.At.Sequence < Written.Sequence;
  };
  if (When == Phase::Bus &&
      Engine.terms().object(Of).Kind == ObjectKind::Heap &&
      llvm::none_of(History.Registrations, IsMade))
    return Conditions.no();
  for (const Marker &M : Class.Markers) {
    if (Linked.find(Class.markerField(M)) != Written.Field)
      continue;
    Bdd Result = B.conj(Written.When, truth(Conditions, Written.Before));
    Result = B.conj(Result, B.negate(truth(Conditions, Written.Subject)));
    for (Bdd Bit : offeredBits(M))
      Result = B.conj(Result, Bit);
    return Result;
  }
  return Conditions.no();
}

void WorldBuilder::findOffered(Registration &Device) {
  // Nothing is gained where the marker is set whenever the bit is: it stands
  // for the bit then, and is the smaller formula.
  constexpr size_t Nodes = 20'000;
  Guards &Conditions = Engine.conditions();
  BddManager &B = Conditions.bdd();
  TermTable &Terms = Engine.terms();
  ObjectId Holder = Class.Channel ? Device.Channel : Device.Device;
  if (Holder == None)
    return;
  for (const Marker &M : Class.Markers) {
    std::optional<Bdd> Bit = offeredBit(M, Device.Known);
    if (!Bit || Bit->isConstant())
      continue;
    StringIndex Field = Linked.find(Class.markerField(M));
    if (Field == None)
      continue;
    const Value *Now = Device.Exact->find({Holder, Terms.field(0, Field)});
    Bdd Set = Now ? truth(Conditions, *Now) : Conditions.no();
    NodeBudget Few(B, Nodes);
    Bdd Missed = B.conj(B.conj(Device.At.When, *Bit), B.negate(Set));
    if (!Missed.isFalse() || B.exhausted())
      Device.Offered[M.DataClass] = *Bit;
  }
}

} // namespace cocodma
