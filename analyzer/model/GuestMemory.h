// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guest-physical memory. Each page frame has private contents and shared
// contents, as on TDX and CCA and with a host that keeps the two apart
// (guest_memfd): two files in memory back them. The guest's linear map shows
// the contents that the page's state selects; aliases show what they were made
// for.
#ifndef COCODMA_MODEL_GUESTMEMORY_H
#define COCODMA_MODEL_GUESTMEMORY_H

#include "model/GuestFiles.h"
#include "model/Profile.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cocodma::model {

inline constexpr std::size_t PageSize = 4096;

/// Number of a page frame, from 0 at GuestMemory's base.
using Frame = std::uint64_t;

/// Who can see a page.
enum class PageState : std::uint8_t { Private, Shared };

/// The memory of one guest.
class GuestMemory {
public:
  /// Makes \p Frames private pages that hold zeros, the first at guest-physical
  /// address \p Base. Null, with the reason in \p Error, if the system refuses.
  static std::unique_ptr<GuestMemory> create(const Profile &P, Frame Frames,
                                             std::uint64_t Base,
                                             std::string &Error);
  /// The same on \p Files, which hold zeros, are nobody else's, and outlive it.
  GuestMemory(const Profile &P, GuestFiles &Files, std::uint64_t Base);
  ~GuestMemory();
  GuestMemory(const GuestMemory &) = delete;
  GuestMemory &operator=(const GuestMemory &) = delete;

  const Profile &profile() const { return Platform; }
  Frame frames() const { return Frames; }
  std::uint64_t base() const { return Base; }
  bool contains(std::uint64_t Physical, std::size_t Size) const;

  /// The linear map: guest-physical \p Physical (without marks) and back. The
  /// caller has checked the range.
  void *toVirtual(std::uint64_t Physical) const;
  std::uint64_t toPhysical(const void *Virtual) const;
  bool inLinearMap(const void *Virtual) const;

  PageState state(Frame F) const {
    return IsShared[F] ? PageState::Shared : PageState::Private;
  }
  /// Changes the state of \p Count pages. The contents are carried over: no
  /// platform promises that they are lost, so what was there must count as
  /// seen. Where memory has one kind only nothing happens.
  void convert(Frame First, std::uint64_t Count, PageState To);

  /// Writes zeros to [\p Virtual, \p Virtual + \p Size), which may be any
  /// memory. Pages of the linear map that were never written hold zeros, and
  /// stay unwritten.
  void zero(void *Virtual, std::size_t Size);

  /// Maps \p Pages one after the other, all seen as \p View whatever their
  /// state is: a decrypted vmap() shows shared contents. Null if the system
  /// refuses.
  void *mapAlias(const std::vector<Frame> &Pages, PageState View);
  /// Takes such a mapping away; false if there is none at \p Address.
  bool unmapAlias(const void *Address);
  /// A page of an alias is converted together with its frame (kernels change
  /// the page tables of the address that they are given): it shows \p View from
  /// now on. Nothing happens to other addresses.
  void setAliasView(const void *Virtual, PageState View);
  /// The frame behind \p Virtual in an alias or the linear map.
  bool frameOf(const void *Virtual, Frame &F) const;
  /// Whether a store to \p Virtual changes shared contents.
  bool writesShared(const void *Virtual) const;

  /// The contents themselves. Reading a page that was never written costs
  /// memory; sharedRuns() tells which were.
  std::uint8_t *privateContents() const { return Files.privateView(); }
  std::uint8_t *sharedContents() const { return Files.sharedView(); }
  /// What someone outside can read at all times: the shared contents, or
  /// everything where nothing is protected.
  std::uint8_t *hostContents() const;
  /// Runs of frames [first, last) of hostContents() that may hold data.
  std::vector<std::pair<Frame, Frame>> hostRuns() const;
  /// Whether a page may be read from outside now: it is shared, or nothing is
  /// protected.
  bool hostMayRead(Frame F) const;
  /// The pages that are shared.
  std::vector<Frame> sharedFrames() const;

private:
  struct Alias {
    std::vector<Frame> Pages;
    std::vector<PageState> Views; ///< By page.
  };

  void carryOver(Frame F, std::uint64_t Count, PageState To);
  const Alias *aliasAt(const void *Virtual, std::size_t &Offset) const;

  Profile Platform;
  Frame Frames;
  std::uint64_t Base;
  std::unique_ptr<GuestFiles> Own; ///< Files, if they are nobody else's.
  GuestFiles &Files;
  std::uint8_t *Linear;       ///< The linear map's start.
  std::vector<bool> IsShared; ///< By frame; a bit each, since most are not.
  std::map<const std::uint8_t *, Alias> Aliases; ///< By first address.
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_GUESTMEMORY_H
