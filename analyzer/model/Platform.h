// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The platform under a kernel: memory, who watches it, devices, faults. What
// KernelInterface.h offers to kernel code is done here.
#ifndef COCODMA_MODEL_PLATFORM_H
#define COCODMA_MODEL_PLATFORM_H

#include "model/DmaBus.h"
#include "model/FaultInjector.h"
#include "model/Host.h"
#include "model/PageAllocator.h"

#include <memory>
#include <string>
#include <vector>

namespace cocodma::model {

/// What a canary is the data of.
enum class CanaryKind : std::uint8_t {
  Buffer,    ///< A buffer of the scenario.
  Device,    ///< What a device delivers into that buffer.
  Neighbour, ///< What else lies in a page of small objects.
  NextOwner, ///< What the next owner of freed memory puts there.
};

/// The owner of a canary.
struct CanaryOwner {
  CanaryKind Kind = CanaryKind::Buffer;
  std::string Name; ///< The buffer's, or the address of the page.
};

/// Everything below the kernel.
class Platform {
public:
  /// A guest with \p Frames pages from \p Base on. Null, with the reason in
  /// \p Error, if the system refuses.
  static std::unique_ptr<Platform> create(const Profile &P, Frame Frames,
                                          std::uint64_t Base,
                                          std::string &Error);
  /// The same on \p Files (GuestMemory.h).
  Platform(const Profile &P, GuestFiles &Files, std::uint64_t Base);

  GuestMemory &memory() { return *Memory; }
  Host &host() { return *Observer; }
  DmaBus &dma() { return *Bus; }
  FaultInjector &faults() { return Injector; }
  PageAllocator &allocator() { return *Allocator; }
  const Profile &profile() const { return Memory->profile(); }

  /// Registers \p Size bytes of data whose sightings are to be told.
  CanaryId newCanary(CanaryKind Kind, std::string Name, std::size_t Size);
  /// The owner of a canary; null if there is none with this number.
  const CanaryOwner *owner(CanaryId Id) const;

  /// \p Count pages; null if none are left or a fault is due.
  void *allocatePages(std::uint64_t Count, bool Zero);
  /// False if they were not allocated. Where a page is shared at that moment
  /// its next owner puts data there at once, and the host looks.
  bool freePages(void *Address, std::uint64_t Count);
  void *allocateObject(std::size_t Size);
  bool freeObject(const void *Object);
  /// How many pages and objects were freed while they were shared.
  unsigned freedShared() const { return FreedShared; }

  /// Converts the pages that [\p Address, \p Address + \p Count pages) touches,
  /// rounded down to a page. 0, or a negative error number if a fault is due or
  /// an address is neither of the linear map nor of an alias; how many pages
  /// were converted then is the fault's business.
  int convert(void *Address, std::uint64_t Count, PageState To);
  /// The kernel stored \p Size bytes at \p Address.
  void stored(const void *Address, std::size_t Size) {
    Observer->lookAtStore(Address, Size);
  }

private:
  explicit Platform(std::unique_ptr<GuestMemory> Made);
  void handOver(void *Address, std::size_t Size);

  std::unique_ptr<GuestMemory> Memory;
  std::unique_ptr<Host> Observer;
  std::unique_ptr<DmaBus> Bus;
  std::unique_ptr<PageAllocator> Allocator;
  FaultInjector Injector;
  std::vector<CanaryOwner> Owners;
  unsigned FreedShared = 0;
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_PLATFORM_H
