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

json scenario(const std::string &Profile, json Device, json Buffer,
              json Operation) {
  Device["name"] = "d";
  Buffer["name"] = "b";
  Operation["device"] = "d";
  Operation["buffer"] = "b";
  return {{"schema_version", 1},
          {"profile", Profile},
          {"tell_state", true},
          {"devices", json::array({Device})},
          {"buffers", json::array({Buffer})},
          {"operations", json::array({Operation})}};
}

} // namespace

const std::vector<MappingKind> &mappingKinds() {
  static const std::vector<MappingKind> Kinds = {
      {"map_single", "dma_map_page_attrs", -1},
      {"map_page", "dma_map_page_attrs", -1},
      {"map_sg", "dma_map_sg_attrs", 0},
      {"map_phys", "dma_map_phys", -1},
      {"map_resource", "dma_map_resource", -1}};
  return Kinds;
}

Case makeCase(uint64_t Seed, uint64_t Number, const Abilities &With) {
  Dice D(Seed, Number);
  Case Result;
  Result.Number = Number;
  Result.Kind = D.oneOf(With.Kinds);
  Result.Profile = D.oneOf(model::profileNames());
  json Device = {{"bus", D.chance(50) ? "pci" : "vmbus"},
                 {"iommu", With.Iommu && D.chance(10)},
                 {"dma", deviceState(D, With)}};
  json Operation = {
      {"operation", Result.Kind->Operation},
      {"attributes", json::array()},
      {"direction", D.oneOf(std::vector<std::string>{
                        "bidirectional", "to_device", "from_device"})}};
  for (const std::string &Attribute : With.Attributes)
    if (D.chance(20))
      Operation["attributes"].push_back(Attribute);
  uint64_t Size = sizeOf(D);
  if (std::string(Result.Kind->Operation) == "map_sg")
    Operation["pieces"] =
        1 + D.below(std::min<uint64_t>(4, Size / SmallestPiece));
  uint64_t Align = uint64_t(1) << D.below(12);
  json Buffer = {{"size", Size}, {"offset", D.below(4096 / Align) * Align}};
  Result.Scenario = scenario(Result.Profile, Device, Buffer, Operation).dump();
  return Result;
}

Case makeProbe(const MappingKind &Kind, const std::string &Attribute,
               const std::string &Pool, bool Iommu) {
  Case Result;
  Result.Kind = &Kind;
  Result.Profile = "none";
  json Operation = {{"operation", Kind.Operation},
                    {"attributes", json::array()}};
  if (!Attribute.empty())
    Operation["attributes"].push_back(Attribute);
  json Device = {{"iommu", Iommu}, {"dma", {{"pool", Pool}}}};
  Result.Scenario =
      scenario(Result.Profile, Device, {{"size", 4096}}, Operation).dump();
  return Result;
}

} // namespace cocodma
