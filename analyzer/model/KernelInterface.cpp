// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The platform's side of the interface: checks what it is given, since the
// kernel's code may be wrong, and leaves the rest to Platform and Execution.
#include "model/KernelInterface.h"
#include "model/Execution.h"

#include <cerrno>
#include <string>

using namespace cocodma::model;

namespace {

/// The platform, for the call whose frame this is.
Platform &calledFrom(const void *Frame) {
  Execution::current().called(Frame);
  return Execution::current().platform();
}

Platform &platform() { return Execution::current().platform(); }

/// Kernels keep addresses in integers.
void *addressOf(unsigned long Value) {
  return reinterpret_cast<void *>(Value); // NOLINT(performance-no-int-to-ptr)
}

GuestMemory &memory() { return platform().memory(); }

} // namespace

void *model_alloc_pages(unsigned long Count, int Zero) {
  return calledFrom(__builtin_frame_address(0)).allocatePages(Count, Zero != 0);
}

void model_free_pages(void *Address, unsigned long Count) {
  if (!calledFrom(__builtin_frame_address(0)).freePages(Address, Count))
    model_bug("pages are freed that were not allocated");
}

void *model_alloc_object(unsigned long Size) {
  return calledFrom(__builtin_frame_address(0)).allocateObject(Size);
}

void model_free_object(const void *Object) {
  if (Object && !calledFrom(__builtin_frame_address(0)).freeObject(Object))
    model_bug("an object is freed that was not allocated");
}

int model_share(unsigned long Address, unsigned long Pages) {
  Execution::current().converted(PageState::Shared);
  return calledFrom(__builtin_frame_address(0))
      .convert(addressOf(Address), Pages, PageState::Shared);
}

int model_unshare(unsigned long Address, unsigned long Pages) {
  Execution::current().converted(PageState::Private);
  return calledFrom(__builtin_frame_address(0))
      .convert(addressOf(Address), Pages, PageState::Private);
}

void model_zero(void *Address, unsigned long Size) {
  memory().zero(Address, Size);
}

unsigned long model_frames(void) { return memory().frames(); }

unsigned long model_frame_of(const void *Address) {
  Frame F = 0;
  if (!memory().frameOf(Address, F))
    model_bug("the page of an address is asked for that has none");
  return F;
}

void *model_frame_address(unsigned long F) {
  if (F >= memory().frames())
    model_bug("the address of a page is asked for that does not exist");
  return memory().toVirtual(memory().base() + F * PageSize);
}

unsigned long long model_to_physical(const void *Address) {
  calledFrom(__builtin_frame_address(0));
  Frame F = 0;
  if (!memory().frameOf(Address, F))
    model_bug("the physical address of something that is no memory is asked "
              "for");
  return memory().base() + F * PageSize +
         reinterpret_cast<std::uintptr_t>(Address) % PageSize;
}

void *model_to_virtual(unsigned long long Physical) {
  if (!memory().contains(Physical, 1))
    model_bug("the virtual address of something that is no memory is asked "
              "for");
  return memory().toVirtual(Physical);
}

void *model_map_frames(const unsigned long *Frames, unsigned int Count,
                       int Shared) {
  if (calledFrom(__builtin_frame_address(0))
          .faults()
          .fails(FaultPoint::Allocation))
    return nullptr;
  std::vector<Frame> Pages(Frames, Frames + Count);
  for (Frame F : Pages)
    if (F >= memory().frames())
      return nullptr;
  return memory().mapAlias(Pages,
                           Shared ? PageState::Shared : PageState::Private);
}

int model_unmap_frames(const void *Address) {
  calledFrom(__builtin_frame_address(0)).host().look();
  return memory().unmapAlias(Address) ? 0 : -EINVAL;
}

unsigned long long model_mark_shared(unsigned long long Address) {
  return platform().profile().markShared(Address);
}

unsigned long long model_mark_private(unsigned long long Address) {
  return calledFrom(__builtin_frame_address(0)).profile().markPrivate(Address);
}

unsigned long long model_canonical(unsigned long long Address) {
  return platform().profile().canonical(Address);
}

int model_is_guest(void) { return platform().profile().Guest; }
int model_host_encrypts(void) { return platform().profile().HostEncrypts; }
int model_state_is_encrypted(void) {
  return platform().profile().StateEncrypted;
}
unsigned int model_isolation(void) { return platform().profile().Isolation; }
int model_has_paravisor(void) { return platform().profile().Paravisor; }

void model_stored(const void *Address, unsigned long Size) {
  calledFrom(__builtin_frame_address(0)).stored(Address, Size);
  Execution::current().stored(Address, Size);
}

int model_post_message(const void *Page, unsigned long Size) {
  calledFrom(__builtin_frame_address(0)).host().look();
  return platform().faults().fails(FaultPoint::PostMessage) ? -EIO : 0;
}

int model_host_refuses(void) {
  return platform().faults().fails(FaultPoint::Host);
}

int model_device_run(unsigned int Device, unsigned long long Address,
                     unsigned long Size) {
  Execution::current().called(__builtin_frame_address(0));
  return Execution::current().deviceRun(Device, Address, Size);
}

int model_has_iommu(unsigned int Device) {
  const DeviceSpec *D = Execution::current().device(Device);
  return D && D->Iommu;
}

unsigned long long model_iommu_map(unsigned int Device,
                                   unsigned long long Marked,
                                   unsigned long Size) {
  return platform().dma().map(Device, Marked, Size);
}

void model_iommu_unmap(unsigned int Device, unsigned long long Address,
                       unsigned long Size) {
  if (!platform().dma().unmap(Device, Address, Size))
    model_bug("the IOMMU is told to unmap what is not mapped");
}

const char *model_driver_of(unsigned int Device) {
  const DeviceSpec *D = Execution::current().device(Device);
  return D ? D->Driver.c_str() : "";
}

int model_is_accepted(unsigned int Device) {
  const DeviceSpec *D = Execution::current().device(Device);
  return D && D->Accepted;
}

int model_pool_fails(void) {
  return platform().faults().fails(FaultPoint::Pool);
}

int model_pool_growth_fails(void) {
  return platform().faults().fails(FaultPoint::PoolGrowth);
}

kernel_protection model_protection(void) {
  const std::string &Name = Execution::current().scenario().Protection;
  if (Name == "option-1")
    return KERNEL_PROTECTION_OPTION_1;
  if (Name == "option-2")
    return KERNEL_PROTECTION_OPTION_2;
  return Name == "option-3" ? KERNEL_PROTECTION_OPTION_3
                            : KERNEL_PROTECTION_NONE;
}

int model_dma_state(unsigned int Device, kernel_dma_state *State) {
  const DeviceSpec *D = Execution::current().device(Device);
  if (!D || !D->Dma)
    return 0;
  *State = {D->Dma->MaskBits, D->Dma->CoherentMaskBits, D->Dma->LimitBits,
            D->Dma->AlignBits, D->Dma->Pool};
  return 1;
}

int model_tells_state(void) {
  return Execution::current().scenario().TellState;
}

void model_tell(const char *Name, unsigned long long Value) {
  Execution::current().tell(Name, Value);
}

void model_probing(unsigned int Device) {
  Execution::current().probing(Device);
}

void model_log(const char *Text) { Execution::current().log(Text); }

void model_bug(const char *Text) { Execution::current().stop("crashes", Text); }

void model_missing(const char *Symbol) {
  Execution::current().stop(
      "not-replayed",
      (std::string("the model has no ") + Symbol + "()").c_str());
}
