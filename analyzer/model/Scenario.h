// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `cocodma model run` is asked to execute (docs/scenario.schema.json).
#ifndef COCODMA_MODEL_SCENARIO_H
#define COCODMA_MODEL_SCENARIO_H

#include "model/FaultInjector.h"
#include "model/KernelInterface.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cocodma::model {

/// A sub-channel, or the flags of a primary one.
struct ChannelSpec {
  bool Ring = false;     ///< The host's offer says: the ring is private.
  bool External = false; ///< Data outside the ring is private.
};

/// What the DMA layer reads of a device before it maps memory, where a scenario
/// sets it; else it is as the kernel leaves it.
struct DmaSpec {
  unsigned MaskBits = 64;         ///< Of its addresses; 0: it has no mask.
  unsigned CoherentMaskBits = 64; ///< The same for coherent memory.
  unsigned LimitBits = 0;         ///< Of its bus; 0: there is no limit.
  unsigned AlignBits = 0;         ///< Low bits that a bounce slot keeps.
  kernel_pool Pool = KERNEL_POOL_DEFAULT;
};

/// A device of the scenario.
struct DeviceSpec {
  std::string Name;
  bool Pci = false;
  std::string Class = "scsi"; ///< Of a VMBus device.
  ChannelSpec Primary;
  std::vector<ChannelSpec> SubChannels;
  bool Iommu = false;
  bool Accepted = false; ///< A PCI function that is trusted (TDISP).
  unsigned Vendor = 0x1af4;
  unsigned Function = 1;
  std::string Driver = "bench"; ///< Name of the driver that is to be bound.
  std::optional<DmaSpec> Dma;
};

/// A buffer that is there, with its canary, before the first operation.
struct BufferSpec {
  std::string Name;
  std::uint64_t Size = 0;
  std::uint64_t Offset = 0; ///< In its first page.
  bool Object = false;      ///< From kmalloc(), not whole pages.
};

/// What is done.
enum class Action : std::uint8_t {
  Kernel,   ///< An operation of the kernel: OperationSpec::Kind.
  Transfer, ///< A device moves the data of a mapping.
  Copy,     ///< The guest copies a buffer into something else.
};

/// One operation, in the order of the scenario.
struct OperationSpec {
  std::string Text; ///< Its name in the scenario.
  Action What = Action::Kernel;
  kernel_operation_kind Kind = KERNEL_MAP_SINGLE;
  unsigned Device = 0;
  unsigned Channel = 0;
  int Buffer = -1;    ///< Index, -1 if it needs none.
  std::string Target; ///< Name of what an earlier operation made.
  std::string As;     ///< Name of what this one makes.
  std::uint64_t Offset = 0;
  std::uint64_t Size = 0;
  unsigned Direction = 1;
  unsigned Attributes = 0;
  unsigned Pieces = 1; ///< Entries of a scatterlist.
  std::string Entry = "queue";
  bool DuringProbe = false;
  std::optional<bool> ExpectOk;
};

/// What is expected of a run.
struct Expectation {
  std::vector<std::string> Seen;     ///< Buffers of which the host saw bytes.
  std::vector<std::string> Unseen;   ///< Buffers of which it saw none.
  std::optional<std::string> End;    ///< `completed`, `crashes`, ...
  std::optional<bool> NothingShared; ///< No page of a buffer is left shared.
  std::optional<bool> FreedShared;   ///< Memory was freed while shared.
};

/// A whole scenario.
struct Scenario {
  std::string Name;
  std::string Kernel = "mini-7";
  std::string Profile = "snp-vtom";
  std::string Protection = "none";
  std::uint64_t PoolAddress = 0; ///< 0: wherever there is room.
  std::vector<DeviceSpec> Devices;
  std::vector<BufferSpec> Buffers;
  std::vector<OperationSpec> Operations;
  std::vector<Fault> Faults;
  std::uint64_t RandomSeed = 0;
  unsigned RandomPercent = 0;
  bool Trace =
      false; ///< Tell which calls of the platform were made from where.
  bool TellState = false; ///< Tell what the DMA layer reads at each mapping.
  Expectation Expect;
};

/// Where the guest's memory lies, and how much there is.
inline constexpr std::uint64_t MemoryBase = 0x10000000;
inline constexpr std::uint64_t MemoryFrames = 16384;

/// Reads the text of a scenario. False, with \p Error naming the place and what
/// would be right, if it is none.
bool readScenario(std::string_view Text, Scenario &Out, std::string &Error);

} // namespace cocodma::model

#endif // COCODMA_MODEL_SCENARIO_H
