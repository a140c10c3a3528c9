// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/GuestMemory.h"

#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace cocodma::model {

namespace {

/// Shows \p Size bytes of a file at an address that is mapped already. Without
/// that nothing that follows would be true, so the process ends: its reader
/// finds no end of the run, and does not count it.
void mapOver(std::uint8_t *At, std::size_t Size, int File, std::size_t Offset) {
  if (mmap(At, Size, PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_NORESERVE | MAP_FIXED, File,
           static_cast<off_t>(Offset)) == MAP_FAILED)
    _exit(73);
}

/// Offset of the first page in [At, End) that was ever written; End if none
/// was.
std::size_t nextData(int File, std::size_t At, std::size_t End) {
  off_t Data = lseek(File, static_cast<off_t>(At), SEEK_DATA);
  return Data < 0 ? End
                  : std::min(End, static_cast<std::size_t>(Data) / PageSize *
                                      PageSize);
}

} // namespace

GuestMemory::GuestMemory(const Profile &P, GuestFiles &Files,
                         std::uint64_t Base)
    : Platform(P), Frames(Files.size() / PageSize), Base(Base), Files(Files),
      Linear(Files.linear()), IsShared(Frames, false) {}

std::unique_ptr<GuestMemory> GuestMemory::create(const Profile &P, Frame Frames,
                                                 std::uint64_t Base,
                                                 std::string &Error) {
  std::unique_ptr<GuestFiles> Files =
      GuestFiles::create(Frames * PageSize, Error);
  if (!Files)
    return nullptr;
  auto Memory = std::make_unique<GuestMemory>(P, *Files, Base);
  Memory->Own = std::move(Files);
  return Memory;
}

GuestMemory::~GuestMemory() {
  while (!Aliases.empty())
    unmapAlias(Aliases.begin()->first);
}

bool GuestMemory::contains(std::uint64_t Physical, std::size_t Size) const {
  std::uint64_t Bytes = Frames * PageSize;
  return Physical >= Base && Physical - Base <= Bytes &&
         Size <= Bytes - (Physical - Base);
}

void *GuestMemory::toVirtual(std::uint64_t Physical) const {
  return Linear + (Physical - Base);
}

bool GuestMemory::inLinearMap(const void *Virtual) const {
  const auto *At = static_cast<const std::uint8_t *>(Virtual);
  return At >= Linear && At < Linear + Frames * PageSize;
}

std::uint64_t GuestMemory::toPhysical(const void *Virtual) const {
  return Base + static_cast<std::uint64_t>(
                    static_cast<const std::uint8_t *>(Virtual) - Linear);
}

void GuestMemory::convert(Frame First, std::uint64_t Count, PageState To) {
  if (!Platform.separatesViews())
    return;
  bool Share = To == PageState::Shared;
  for (Frame F = First; F < First + Count; ++F) {
    Frame Start = F;
    while (F < First + Count && state(F) != To)
      IsShared[F++] = Share;
    if (F == Start)
      continue;
    carryOver(Start, F - Start, To);
    mapOver(Linear + Start * PageSize, (F - Start) * PageSize,
            Share ? Files.sharedFile() : Files.privateFile(), Start * PageSize);
  }
}

/// Pages that were never written hold zeros on both sides: only the others are
/// copied.
void GuestMemory::carryOver(Frame F, std::uint64_t Count, PageState To) {
  bool Share = To == PageState::Shared;
  int From = Share ? Files.privateFile() : Files.sharedFile();
  int Into = Share ? Files.sharedFile() : Files.privateFile();
  std::size_t End = (F + Count) * PageSize;
  for (std::size_t At = F * PageSize; At < End; At += PageSize) {
    At = std::min(nextData(From, At, End), nextData(Into, At, End));
    if (At < End)
      std::memcpy((Share ? Files.sharedView() : Files.privateView()) + At,
                  (Share ? Files.privateView() : Files.sharedView()) + At,
                  PageSize);
  }
}

void GuestMemory::zero(void *Virtual, std::size_t Size) {
  auto *At = static_cast<std::uint8_t *>(Virtual);
  std::uint8_t *End = At + Size;
  while (At < End) {
    std::size_t Piece = static_cast<std::size_t>(End - At);
    if (inLinearMap(At)) {
      auto Offset = static_cast<std::size_t>(At - Linear);
      Frame F = Offset / PageSize;
      Piece = std::min(Piece, (F + 1) * PageSize - Offset);
      bool Shared = IsShared[F];
      // As far as the same file lies below.
      for (++F; Piece < static_cast<std::size_t>(End - At) && F < Frames &&
                IsShared[F] == Shared;
           ++F)
        Piece = std::min<std::size_t>(Piece + PageSize, End - At);
      std::size_t Data =
          nextData(Shared ? Files.sharedFile() : Files.privateFile(), Offset,
                   Offset + Piece);
      if (Data > Offset) {
        At += Data - Offset;
        continue;
      }
      Piece = std::min(Piece, PageSize - Offset % PageSize);
    }
    std::memset(At, 0, Piece);
    At += Piece;
  }
}

void *GuestMemory::mapAlias(const std::vector<Frame> &Pages, PageState View) {
  std::size_t Size = Pages.size() * PageSize;
  if (Pages.empty())
    return nullptr;
  void *Area = mmap(nullptr, Size, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (Area == MAP_FAILED)
    return nullptr;
  auto *At = static_cast<std::uint8_t *>(Area);
  bool Shared = View == PageState::Shared && Platform.separatesViews();
  for (std::size_t I = 0; I < Pages.size(); ++I)
    if (mmap(At + I * PageSize, PageSize, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED,
             Shared ? Files.sharedFile() : Files.privateFile(),
             static_cast<off_t>(Pages[I] * PageSize)) == MAP_FAILED) {
      munmap(Area, Size);
      return nullptr;
    }
  Aliases[At] = {
      Pages, std::vector<PageState>(Pages.size(), Shared ? PageState::Shared
                                                         : PageState::Private)};
  return Area;
}

bool GuestMemory::unmapAlias(const void *Address) {
  auto Found = Aliases.find(static_cast<const std::uint8_t *>(Address));
  if (Found == Aliases.end())
    return false;
  munmap(const_cast<std::uint8_t *>(Found->first),
         Found->second.Pages.size() * PageSize);
  Aliases.erase(Found);
  return true;
}

void GuestMemory::setAliasView(const void *Virtual, PageState View) {
  std::size_t Offset = 0;
  auto *Found = const_cast<Alias *>(aliasAt(Virtual, Offset));
  if (!Found || !Platform.separatesViews())
    return;
  Found->Views[Offset / PageSize] = View;
  auto *Page = const_cast<std::uint8_t *>(
      static_cast<const std::uint8_t *>(Virtual) - Offset % PageSize);
  mapOver(Page, PageSize,
          View == PageState::Shared ? Files.sharedFile() : Files.privateFile(),
          Found->Pages[Offset / PageSize] * PageSize);
}

const GuestMemory::Alias *GuestMemory::aliasAt(const void *Virtual,
                                               std::size_t &Offset) const {
  const auto *At = static_cast<const std::uint8_t *>(Virtual);
  auto Next = Aliases.upper_bound(At);
  if (Next == Aliases.begin())
    return nullptr;
  const auto &[First, Found] = *std::prev(Next);
  Offset = static_cast<std::size_t>(At - First);
  return Offset < Found.Pages.size() * PageSize ? &Found : nullptr;
}

bool GuestMemory::frameOf(const void *Virtual, Frame &F) const {
  std::size_t Offset = 0;
  if (inLinearMap(Virtual))
    F = (toPhysical(Virtual) - Base) / PageSize;
  else if (const Alias *Found = aliasAt(Virtual, Offset))
    F = Found->Pages[Offset / PageSize];
  else
    return false;
  return true;
}

bool GuestMemory::writesShared(const void *Virtual) const {
  std::size_t Offset = 0;
  if (!Platform.separatesViews())
    return false;
  if (inLinearMap(Virtual))
    return state((toPhysical(Virtual) - Base) / PageSize) == PageState::Shared;
  const Alias *Found = aliasAt(Virtual, Offset);
  return Found && Found->Views[Offset / PageSize] == PageState::Shared;
}

std::uint8_t *GuestMemory::hostContents() const {
  return Platform.separatesViews() ? Files.sharedView() : Files.privateView();
}

std::vector<std::pair<Frame, Frame>> GuestMemory::hostRuns() const {
  std::vector<std::pair<Frame, Frame>> Runs;
  int File =
      Platform.separatesViews() ? Files.sharedFile() : Files.privateFile();
  off_t End = static_cast<off_t>(Frames * PageSize);
  for (off_t At = 0; At < End;) {
    off_t Data = lseek(File, At, SEEK_DATA);
    if (Data < 0)
      break;
    off_t Hole = lseek(File, Data, SEEK_HOLE);
    At = Hole < 0 ? End : Hole;
    Runs.emplace_back(static_cast<Frame>(Data) / PageSize,
                      (static_cast<Frame>(At) + PageSize - 1) / PageSize);
  }
  return Runs;
}

bool GuestMemory::hostMayRead(Frame F) const {
  return !Platform.separatesViews() || state(F) == PageState::Shared;
}

std::vector<Frame> GuestMemory::sharedFrames() const {
  std::vector<Frame> Result;
  for (Frame F = 0; F < Frames; ++F)
    if (IsShared[F])
      Result.push_back(F);
  return Result;
}

} // namespace cocodma::model
