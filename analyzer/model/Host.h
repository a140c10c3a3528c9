// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host: outside the guest's trust boundary. It reads and writes what is
// shared, all of it and nothing else, and remembers the canaries that it saw.
#ifndef COCODMA_MODEL_HOST_H
#define COCODMA_MODEL_HOST_H

#include "model/Canary.h"
#include "model/GuestMemory.h"

#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <vector>

namespace cocodma::model {

/// Canary bytes that the host saw.
struct Sighting {
  CanaryId Id = 0;
  std::size_t Offset = 0;    ///< In the buffer.
  std::size_t Size = 0;      ///< Bytes.
  std::uint64_t Address = 0; ///< Guest-physical, without marks.
  unsigned Operation = 0;    ///< During which operation (Host::begin()).
  std::vector<std::uintptr_t> Stack; ///< Whose doing it was (Host::blame()).
};

/// The observer of one guest's memory. It looks when it is told to: a real host
/// looks all the time, so the platform has it look before shared contents can
/// go (at conversions and frees), after each copy to them and after each
/// operation.
class Host {
public:
  /// \p Memory must outlive the host.
  explicit Host(GuestMemory &Memory) : Memory(Memory) {}

  /// A canary has this size: what follows it, and looks like more of it, is
  /// none.
  void limit(CanaryId Id, std::size_t Size) { Sizes[Id] = Size; }
  /// What is seen from now on belongs to this operation.
  void begin(unsigned Operation) { Current = Operation; }
  /// What is seen from now on is the doing of this call: return addresses in
  /// the kernel's code, the innermost first.
  void blame(std::vector<std::uintptr_t> Stack) { Cause = std::move(Stack); }
  /// Looks at all that it can read.
  void look();
  /// Looks at \p Size bytes around \p Virtual of the guest, if a store there is
  /// visible.
  void lookAtStore(const void *Virtual, std::size_t Size);

  /// Reads from guest-physical \p Address; false, with nothing read, if a page
  /// of the range is private.
  bool read(std::uint64_t Address, std::span<std::uint8_t> Into) const;
  /// Writes there; the same rule.
  bool write(std::uint64_t Address, std::span<const std::uint8_t> From);

  /// What was seen, in order; bytes of a buffer at an address count once.
  const std::vector<Sighting> &sightings() const { return Seen; }

private:
  void lookAt(Frame First, Frame Last);
  void note(Sighting New);
  bool mayAccess(std::uint64_t Address, std::size_t Size) const;

  GuestMemory &Memory;
  unsigned Current = 0;
  std::map<CanaryId, std::size_t> Sizes;
  std::vector<std::uintptr_t> Cause;
  std::vector<Sighting> Seen;
  /// Where (address minus offset) how much of which canary was seen already.
  std::map<std::pair<CanaryId, std::uint64_t>,
           std::vector<std::pair<std::size_t, std::size_t>>>
      Known;
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_HOST_H
