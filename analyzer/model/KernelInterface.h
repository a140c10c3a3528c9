/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Between a kernel under test (C, compiled with its own headers) and the
 * platform. model_*() is what the platform offers, kernel_*() what a kernel's
 * glue has to offer: analyzer/model/mini for the mini-kernel, and the same for
 * a tree under test. Plain C types only, since kernel headers define their own.
 */
#ifndef COCODMA_MODEL_KERNELINTERFACE_H
#define COCODMA_MODEL_KERNELINTERFACE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Names are those of C. NOLINTBEGIN(readability-identifier-naming) */

/* --- what the platform offers ------------------------------------------- */

/* Pages of the linear map and objects; null without memory. */
void *model_alloc_pages(unsigned long count, int zero);
void model_free_pages(void *address, unsigned long count);
void *model_alloc_object(unsigned long size);
void model_free_object(const void *object);

/* set_memory_decrypted() and set_memory_encrypted(): 0 or a negative error. */
int model_share(unsigned long address, unsigned long pages);
int model_unshare(unsigned long address, unsigned long pages);

/* memset(address, 0, size), without the cost of writing what is zero. */
void model_zero(void *address, unsigned long size);

/* Frames are numbers of pages from 0; addresses have no marks. */
unsigned long model_frames(void);
unsigned long model_frame_of(const void *address); /* linear map or alias */
void *model_frame_address(unsigned long frame);
unsigned long long model_to_physical(const void *address); /* as above */
void *model_to_virtual(unsigned long long physical);

/* vmap(): the pages one after the other, seen as shared or private memory. */
void *model_map_frames(const unsigned long *frames, unsigned int count,
                       int shared);
int model_unmap_frames(const void *address);

/* cc_mkdec(), cc_mkenc(), and an address without marks. */
unsigned long long model_mark_shared(unsigned long long address);
unsigned long long model_mark_private(unsigned long long address);
unsigned long long model_canonical(unsigned long long address);

/* Facts of the profile. */
int model_is_guest(void);
int model_host_encrypts(void);
int model_state_is_encrypted(void);
unsigned int model_isolation(void);
int model_has_paravisor(void);

/* The kernel wrote there: the host may look. */
void model_stored(const void *address, unsigned long size);
/* A control message was handed over: 0, or a negative error. */
int model_post_message(const void *page, unsigned long size);
/* Does the other side answer "no" to what it was asked for? */
int model_host_refuses(void);
/* The device does what it was told with the data at this address: 0 or not. */
int model_device_run(unsigned int device, unsigned long long address,
                     unsigned long size);
/* Behind an IOMMU? Gives and takes pages of its table. */
int model_has_iommu(unsigned int device);
unsigned long long model_iommu_map(unsigned int device,
                                   unsigned long long marked,
                                   unsigned long size);
void model_iommu_unmap(unsigned int device, unsigned long long address,
                       unsigned long size);
/* Which bus driver's name a device of the scenario wants. */
const char *model_driver_of(unsigned int device);
int model_is_accepted(unsigned int device);
/* Is the bounce buffer to be full for the mapping that comes? */
int model_pool_fails(void);
/* If it is: is there to be nothing that it could grow by? */
int model_pool_growth_fails(void);
/* What the glue's bus is to do about confidential channels, where the glue has
 * a bus of its own: one of the values below. */
enum kernel_protection {
  KERNEL_PROTECTION_NONE,
  KERNEL_PROTECTION_OPTION_1, /* operations of the platform, for all devices */
  KERNEL_PROTECTION_OPTION_2, /* the bus clears the device's pool pointer */
  KERNEL_PROTECTION_OPTION_3, /* a function of swiotlb does */
};
enum kernel_protection model_protection(void);
/* Where a device's bounce buffer is. */
enum kernel_pool {
  KERNEL_POOL_DEFAULT, /* as the kernel leaves it */
  KERNEL_POOL_NONE,    /* it has none */
  KERNEL_POOL_FORCED,  /* all of its mappings are to bounce */
  KERNEL_POOL_PRIVATE, /* it is said to be private memory */
};
/* What a scenario sets of a device, if it does. Bits are counts; 0 bits of a
 * mask: no mask, of the limit: no limit. */
struct kernel_dma_state {
  unsigned int mask_bits;
  unsigned int coherent_mask_bits;
  unsigned int limit_bits;
  unsigned int align_bits;
  enum kernel_pool pool;
};
/* 0 if the scenario leaves the device as it is. */
int model_dma_state(unsigned int device, struct kernel_dma_state *state);
/* Is model_tell() wanted? */
int model_tells_state(void);
/* What the mapping that comes will read, in the words of the kernel's code:
 * "dev->bus_dma_limit". */
void model_tell(const char *name, unsigned long long value);
/* Operations that the scenario wants while this device's probe runs. */
void model_probing(unsigned int device);

/* A message of the kernel's log. */
void model_log(const char *text);
/* The end of the scenario: a BUG, or something that the model has not got. */
__attribute__((noreturn)) void model_bug(const char *text);
__attribute__((noreturn)) void model_missing(const char *symbol);

/* --- what a kernel's glue offers ------------------------------------------ */

enum kernel_operation_kind {
  KERNEL_MAP_SINGLE,
  KERNEL_MAP_PAGE,
  KERNEL_MAP_SG,
  KERNEL_MAP_PHYS,
  KERNEL_MAP_RESOURCE,
  KERNEL_UNMAP,
  KERNEL_SYNC_FOR_DEVICE,
  KERNEL_SYNC_FOR_CPU,
  KERNEL_ALLOC_COHERENT,
  KERNEL_FREE_COHERENT,
  KERNEL_RING_OPEN,
  KERNEL_RING_CLOSE,
  KERNEL_RING_WRITE,
  KERNEL_GPADL_ESTABLISH,
  KERNEL_GPADL_ESTABLISH_DECRYPTED,
  KERNEL_GPADL_TEARDOWN,
  KERNEL_ALLOC_BUFFER,
  KERNEL_FREE_BUFFER,
  KERNEL_SHARE,
  KERNEL_UNSHARE,
  KERNEL_FREE_PAGES,
  KERNEL_FREE_OBJECT,
  KERNEL_REQUEST,
  KERNEL_REMOVE,
};

/* Attributes of a mapping; the kernel's own values may differ. */
#define KERNEL_ATTR_SKIP_CPU_SYNC 1u
#define KERNEL_ATTR_MMIO 2u
#define KERNEL_ATTR_CC_SHARED 4u
#define KERNEL_ATTR_REQUIRE_COHERENT 8u

#define KERNEL_MAX_SEGMENTS 16u
/* "There is no such operation in this kernel." */
#define KERNEL_NO_SUCH_OPERATION (-10000)

/* A piece of a mapping: where it is, and what the device is told. */
struct kernel_segment {
  void *address;
  unsigned long size;
  unsigned long long dma;
};

/* One operation: what it needs, and what it gave. */
struct kernel_operation {
  enum kernel_operation_kind kind;
  enum kernel_operation_kind mapped_by; /* of KERNEL_UNMAP, KERNEL_SYNC_* */
  unsigned int device;
  unsigned int channel;   /* 0 the primary, then its sub-channels */
  unsigned int direction; /* 0 both, 1 to, 2 from the device */
  unsigned int attributes;
  void *address; /* in, or out for allocations */
  unsigned long size;
  const char *entry; /* KERNEL_REQUEST: the operation's field */
  unsigned int segment_count;
  struct kernel_segment segments[KERNEL_MAX_SEGMENTS];
  void *handle; /* out: what the undoing needs */
  unsigned int handle_count;
};

/* Boots; 0 or a negative error. */
int kernel_boot(void);
/* Offers a VMBus channel; sub_channel 0 is the primary, which makes the device.
 */
int kernel_offer(unsigned int device, const char *device_class,
                 unsigned int sub_channel, int ring, int external);
/* A PCI function shows up. */
int kernel_add_pci(unsigned int device, unsigned int vendor,
                   unsigned int function);
/* Whether the device got there and a driver was bound. */
int kernel_is_bound(unsigned int device);
/* Runs it: 0 or a negative error. */
int kernel_operate(struct kernel_operation *operation);

/* Told of a trap of the processor at `instruction`, which touched `address`:
 * how many bytes of code to go on after, or one of the values below, with its
 * name or text in *what if there is one. Called by a signal handler. */
#define KERNEL_TRAP_CRASH 0
#define KERNEL_TRAP_MISSING (-1)
int kernel_trap(unsigned long instruction, unsigned long address,
                const char **what);

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif

#endif
