// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the host offered, where the markers do not tell it: a channel is
// confidential because it was offered so, whatever the kernel remembers of it.
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::optional<Bdd> WorldBuilder::offeredBit(const Marker &Which, Bdd When) {
  // The offer is an input of the code that makes the device. Where several were
  // read, this device is about the one that its registration hangs on.
  if (!Which.From)
    return std::nullopt;
  StringIndex Field = Linked.find(Which.From->Struct + "." + Which.From->Field);
  std::optional<int64_t> Mask = Linked.namedConstant(Which.From->Mask);
  if (!Mask)
    Mask = Which.From->MaskValue;
  if (Field == None || !Mask)
    return std::nullopt;
  TermTable &Terms = Engine.terms();
  std::vector<TermId> Offers = Terms.symbolsOf(Field);
  auto BitOf = [&](TermId Offer) {
    return Engine.conditions().truth(
        Terms.binary(BinaryKind::And, Offer, Terms.constant(*Mask), false));
  };
  if (Offers.size() > 1) {
    BddManager &B = Engine.conditions().bdd();
    const std::vector<uint32_t> Needed = B.support(When);
    llvm::erase_if(Offers, [&](TermId Offer) {
      const std::vector<uint32_t> Bits = B.support(BitOf(Offer));
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
  return BitOf(Offers[0]);
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
