// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/DmaBus.h"

#include <algorithm>
#include <cstring>

namespace cocodma::model {

bool DmaBus::translate(unsigned Device, std::uint64_t Address,
                       std::uint64_t &Target) const {
  Target = Address;
  auto Found = Tables.find(Device);
  if (Found == Tables.end())
    return true;
  auto Page = Found->second.Pages.find(Address / PageSize);
  if (Page == Found->second.Pages.end())
    return false;
  Target = Page->second + Address % PageSize;
  return true;
}

DmaStatus DmaBus::locate(Requester By, unsigned Device, std::uint64_t Address,
                         std::uint8_t *&At) const {
  const Profile &P = Memory.profile();
  std::uint64_t Target = 0;
  if (!translate(Device, Address, Target))
    return DmaStatus::NotMapped;
  std::uint64_t Physical = P.canonical(Target);
  if (!Memory.contains(Physical, 1))
    return DmaStatus::NoMemory;
  std::size_t Offset = Physical - Memory.base();
  bool PageIsShared = Memory.state(Offset / PageSize) == PageState::Shared;
  At = (PageIsShared ? Memory.sharedContents() : Memory.privateContents()) +
       Offset;
  // The paravisor keeps the states itself, and VMBus names frames without
  // marks: it finds the data wherever it is.
  if (!P.separatesViews() || By == Requester::Paravisor)
    return DmaStatus::Ok;
  if (By == Requester::Host && P.DeviceRead == PrivateRead::Fault)
    return PageIsShared ? DmaStatus::Ok : DmaStatus::Fault;
  // The mark and the page must agree: the wrong view is no view (TDX: a private
  // access to a shared page), or it is decrypted with no key or a wrong one.
  if (P.meansShared(Target) == PageIsShared)
    return DmaStatus::Ok;
  return P.DeviceRead == PrivateRead::Fault ? DmaStatus::Fault
                                            : DmaStatus::Ciphertext;
}

DmaStatus DmaBus::read(Requester By, unsigned Device, std::uint64_t Address,
                       std::span<std::uint8_t> Into) const {
  DmaStatus Worst = DmaStatus::Ok;
  for (std::size_t Done = 0; Done < Into.size();) {
    std::uint8_t *At = nullptr;
    DmaStatus Status = locate(By, Device, Address + Done, At);
    if (Status != DmaStatus::Ok && Status != DmaStatus::Ciphertext)
      return Status;
    std::size_t Rest = PageSize - (Address + Done) % PageSize;
    std::size_t Size = std::min(Rest, Into.size() - Done);
    std::memcpy(&Into[Done], At, Size);
    if (Status == DmaStatus::Ciphertext) {
      for (std::size_t I = Done; I < Done + Size; ++I)
        Into[I] = static_cast<std::uint8_t>(~Into[I] * 167U + I);
      Worst = Status;
    }
    Done += Size;
  }
  return Worst;
}

DmaStatus DmaBus::write(Requester By, unsigned Device, std::uint64_t Address,
                        std::span<const std::uint8_t> From) {
  DmaStatus Worst = DmaStatus::Ok;
  for (std::size_t Done = 0; Done < From.size();) {
    std::uint8_t *At = nullptr;
    DmaStatus Status = locate(By, Device, Address + Done, At);
    if (Status != DmaStatus::Ok && Status != DmaStatus::Ciphertext)
      return Status;
    std::size_t Rest = PageSize - (Address + Done) % PageSize;
    std::size_t Size = std::min(Rest, From.size() - Done);
    for (std::size_t I = 0; I < Size; ++I)
      At[I] = Status == DmaStatus::Ok
                  ? From[Done + I]
                  : static_cast<std::uint8_t>(~From[Done + I] * 167U + I);
    Worst = std::max(Worst, Status);
    Done += Size;
  }
  return Worst;
}

std::uint64_t DmaBus::map(unsigned Device, std::uint64_t Target,
                          std::size_t Size) {
  Table &T = Tables[Device];
  std::uint64_t Within = Target % PageSize;
  std::uint64_t Pages = (Within + Size + PageSize - 1) / PageSize;
  std::uint64_t First = T.Next;
  // A hole between two mappings: running over the end of one is noticed.
  T.Next += Pages + 1;
  for (std::uint64_t I = 0; I < Pages; ++I)
    T.Pages[First + I] = Target - Within + I * PageSize;
  return First * PageSize + Within;
}

bool DmaBus::unmap(unsigned Device, std::uint64_t Address, std::size_t Size) {
  auto Found = Tables.find(Device);
  if (Found == Tables.end() || !Size)
    return false;
  bool All = true;
  for (std::uint64_t Page = Address / PageSize;
       Page <= (Address + Size - 1) / PageSize; ++Page)
    All &= Found->second.Pages.erase(Page) == 1;
  return All;
}

const char *dmaStatusName(DmaStatus Status) {
  switch (Status) {
  case DmaStatus::Ok:
    return "ok";
  case DmaStatus::Fault:
    return "fault";
  case DmaStatus::NotMapped:
    return "not-mapped";
  case DmaStatus::NoMemory:
    return "no-memory";
  case DmaStatus::Ciphertext:
    return "ciphertext";
  }
  return "unknown";
}

} // namespace cocodma::model
