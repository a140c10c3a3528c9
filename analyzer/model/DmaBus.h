// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Devices: they read and write memory at the addresses that they were given,
// with the trust that the platform has in them, behind an IOMMU or not.
#ifndef COCODMA_MODEL_DMABUS_H
#define COCODMA_MODEL_DMABUS_H

#include "model/GuestMemory.h"

#include <map>
#include <span>

namespace cocodma::model {

/// Who moves the data.
enum class Requester : std::uint8_t {
  Host,      ///< An emulated device of the host, or one passed through.
  Paravisor, ///< A device that the paravisor emulates (a confidential channel).
  Accepted,  ///< A function that was locked, attested and accepted (TDISP).
};

/// What became of a transfer.
enum class DmaStatus : std::uint8_t {
  Ok,
  Fault,      ///< Blocked by the platform: private memory, wrong mark.
  NotMapped,  ///< The IOMMU has no entry for it.
  NoMemory,   ///< There is no memory at this address.
  Ciphertext, ///< Done, but what was moved is no data.
};

/// The path between devices and memory.
class DmaBus {
public:
  /// \p Memory must outlive the bus.
  explicit DmaBus(GuestMemory &Memory) : Memory(Memory) {}

  /// An accepted device picks the contents that the address' mark selects, if
  /// the page is in that state; the paravisor's finds the data in whatever
  /// state the page is; any other sees shared pages only. The latter two ignore
  /// the mark. \p Device is the number of its IOMMU table.
  DmaStatus read(Requester By, unsigned Device, std::uint64_t Address,
                 std::span<std::uint8_t> Into) const;
  DmaStatus write(Requester By, unsigned Device, std::uint64_t Address,
                  std::span<const std::uint8_t> From);

  /// Puts \p Device behind an IOMMU: from now on it reaches what map() gave it.
  void enableIommu(unsigned Device) { Tables[Device]; }
  /// Gives \p Device the pages of [\p Target, \p Target + \p Size), where
  /// \p Target is a physical address with its mark. Returns the I/O address of
  /// the first byte.
  std::uint64_t map(unsigned Device, std::uint64_t Target, std::size_t Size);
  /// Takes it away; false if it was not mapped.
  bool unmap(unsigned Device, std::uint64_t Address, std::size_t Size);
  /// The address (with its mark) behind an I/O address; the address itself
  /// where there is no IOMMU; false if it is not mapped.
  bool translate(unsigned Device, std::uint64_t Address,
                 std::uint64_t &Target) const;

private:
  struct Table {
    std::map<std::uint64_t, std::uint64_t>
        Pages; ///< I/O page to marked address.
    /// Far from anything that is a physical address here.
    std::uint64_t Next = 0xffff0000ULL;
  };

  DmaStatus locate(Requester By, unsigned Device, std::uint64_t Address,
                   std::uint8_t *&At) const;

  GuestMemory &Memory;
  std::map<unsigned, Table> Tables;
};

/// The status' name in results: `ok`, `fault`, `not-mapped`, `no-memory`,
/// `ciphertext`.
const char *dmaStatusName(DmaStatus Status);

} // namespace cocodma::model

#endif // COCODMA_MODEL_DMABUS_H
