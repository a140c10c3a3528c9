// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/Cases.h"
#include "model/Profile.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cocodma {

using nlohmann::json;

namespace {

/// A piece of data that is smaller cannot be recognized (model/Canary.h).
constexpr uint64_t SmallestPiece = 32;

/// The generator "SplitMix64" of Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators" (2014).
class Dice {
public:
  Dice(uint64_t Seed, uint64_t Number)
      : State(Seed * 0xd1342543de82ef95 + Number) {
    next();
  }
  /// A number below \p Bound, which is not 0.
  uint64_t below(uint64_t Bound) { return next() % Bound; }
  /// True in \p Percent of all throws.
  bool chance(unsigned Percent) { return below(100) < Percent; }
  template <typename T> const T &oneOf(const std::vector<T> &Of) {
    return Of[below(Of.size())];
  }

private:
  uint64_t next() {
    State += 0x9e3779b97f4a7c15;
    uint64_t Z = State;
    Z = (Z ^ (Z >> 30)) * 0xbf58476d1ce4e5b9;
    Z = (Z ^ (Z >> 27)) * 0x94d049bb133111eb;
    return Z ^ (Z >> 31);
  }
  uint64_t State;
};

/// Most devices reach all memory; the others what their bits allow. Memory lies
/// between 2^28 and 2^29, marks of private or shared memory much higher.
json deviceState(Dice &D, const Abilities &With) {
  json Result = {{"pool", D.chance(50) ? "default" : D.oneOf(With.Pools)}};
  if (D.chance(35))
    Result["mask_bits"] = D.chance(10) ? 0 : 24 + D.below(40);
  if (D.chance(35))
    Result["coherent_mask_bits"] = 24 + D.below(41);
  if (D.chance(20))
    Result["bus_limit_bits"] = 24 + D.below(41);
  if (D.chance(20))
    Result["min_align_bits"] = 9 + D.below(4);
  return Result;
}

/// Small ones, some that cross pages, few that are larger than what a pool can
/// give at once.
uint64_t sizeOf(Dice &D) {
  if (D.chance(60))
    return SmallestPiece + D.below(2048);
  if (D.chance(85))
    return SmallestPiece + D.below(16384);
  return SmallestPiece + D.below(400 << 10);
}

/// What takes it back, in the words of scenarios.
const char *undoing(const LayerCall &Call) {
  return Call.isCoherent() ? "free_coherent" : "unmap";
}

json scenario(const Case &Of, json Device, json Buffer, json Operation) {
  Device["name"] = "d";
  Buffer["name"] = "b";
  Operation["operation"] = Of.Call.Of->Operation;
  Operation["device"] = "d";
  Operation["as"] = "m";
  if (!Of.Call.isCoherent())
    Operation["buffer"] = "b";
  json Operations = json::array({Operation});
  if (Of.Call.Undoes)
    Operations.push_back({{"operation", undoing(Of.Call)}, {"of", "m"}});
  return {{"schema_version", 1},
          {"profile", Of.Profile},
          {"tell_state", true},
          {"devices", json::array({Device})},
          {"buffers", json::array({Buffer})},
          {"operations", Operations}};
}

/// Of a mapping: how its buffer lies, and all that a driver says of it.
void chooseMapping(Dice &D, const Abilities &With, const Case &Of, json &Buffer,
                   json &Operation) {
  Operation["direction"] = D.oneOf(
      std::vector<std::string>{"bidirectional", "to_device", "from_device"});
  for (const std::string &Attribute : With.Attributes)
    if (D.chance(20))
      Operation["attributes"].push_back(Attribute);
  uint64_t Size = sizeOf(D);
  if (Of.Call.Of->Kind == AttributedKind::MapList)
    Operation["pieces"] =
        1 + D.below(std::min<uint64_t>(4, Size / SmallestPiece));
  uint64_t Align = uint64_t(1) << D.below(12);
  Buffer = {{"size", Size}, {"offset", D.below(4096 / Align) * Align}};
}

} // namespace

Case makeCase(uint64_t Seed, uint64_t Number, const Abilities &With) {
  Dice D(Seed, Number);
  Case Result;
  Result.Number = Number;
  Result.Call = D.oneOf(With.Calls);
  Result.Profile = D.oneOf(model::profileNames());
  json Device = {{"bus", D.chance(50) ? "pci" : "vmbus"},
                 {"iommu", With.Iommu && D.chance(10)},
                 {"dma", deviceState(D, With)}};
  json Buffer = {{"size", 4096}};
  json Operation = {{"attributes", json::array()}};
  if (Result.Call.isCoherent())
    Operation["size"] = sizeOf(D);
  else
    chooseMapping(D, With, Result, Buffer, Operation);
  Result.Scenario = scenario(Result, Device, Buffer, Operation).dump();
  return Result;
}

Case makeSlotProbe(const LayerCall &Call) {
  Case Result;
  Result.Call = {Call.Of, true};
  Result.Profile = "snp"; // No device reaches private memory.
  Result.Scenario =
      scenario(Result, json::object(), {{"size", 4096}}, json::object()).dump();
  return Result;
}

Case makeProbe(const LayerCall &Call, const std::string &Attribute,
               const std::string &Pool, bool Iommu) {
  Case Result;
  Result.Call = Call;
  Result.Profile = "none";
  json Operation = {{"attributes", json::array()}};
  if (!Attribute.empty())
    Operation["attributes"].push_back(Attribute);
  json Device = {{"iommu", Iommu}, {"dma", {{"pool", Pool}}}};
  Result.Scenario =
      scenario(Result, Device, {{"size", 4096}}, Operation).dump();
  return Result;
}

} // namespace cocodma
