/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Between the files of the glue for a kernel tree under test. */
#ifndef MODEL_TREE_H
#define MODEL_TREE_H

#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/hyperv.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/swiotlb.h>

#include "KernelInterface.h"

#define TREE_DEVICES 16u
#define TREE_SUB_CHANNELS 6u

/*
 * Defines what the tree's code calls by that name. The glue's own name and
 * type may differ: they vary between kernels, the first arguments do not.
 */
#define TREE_SYMBOL(name) __asm__(#name)

/* A channel; `external` is the host's word where the tree has no such flag. */
struct tree_channel {
  struct vmbus_channel channel;
  bool external;
};

/* A device of the scenario: on VMBus, or a PCI function. */
struct tree_device {
  struct device *dev;
  struct hv_device hv;
  struct tree_channel primary;
  struct tree_channel subs[TREE_SUB_CHANNELS];
  struct device_dma_parameters parameters;
  struct pci_dev pci;
  bool is_pci;
};

extern struct tree_device tree_devices[TREE_DEVICES];

/* Number of the scenario's device that this is; TREE_DEVICES if none. */
unsigned int tree_number(const struct device *dev);
/* Channel `index` of a device, 0 the primary; NULL if it was not offered. */
struct vmbus_channel *tree_channel_of(unsigned int number, unsigned int index);
/* Where channels are opened (channels/): makes one ready, and runs operations
 * on rings and GPADLs. */
void tree_prepare_channel(struct vmbus_channel *channel);
int tree_channel_operation(struct kernel_operation *op);
/* Whether memory is kept, because its GPADL says that it may be shared: drivers
 * do not free it then. */
bool tree_is_kept(const void *address);
/* Whether the device's data outside its ring is private, as its bus knows. */
bool tree_is_external(const struct hv_device *hv);
/* Sets what the scenario says of a device that is about to be added. */
void tree_set_state(unsigned int number, struct device *dev);
/* Tells the platform what an operation on DMA of the device will read. */
void tree_tell_state(const struct device *dev,
                     const struct kernel_operation *op);
/* Tells how many slots of the pool are taken, where the tree counts them. */
void tree_tell_slots(const struct device *dev, const char *name);
/* Gives a device the pool that all have at first. */
void tree_set_pool(struct device *dev);
/* Where the platform's memory is, for the tree's address arithmetic. */
void tree_place_memory(void);
/* Does the work that was queued until now. */
void tree_run_work(void);
/* Operations of the virtual IOMMU, where a device has its own (iommu.c). */
extern const struct dma_map_ops tree_iommu_ops;
/* Puts option 1's operations in force (options.c); -ENOSYS if the program was
 * built without. */
int tree_replace_dma_ops(void);

#endif
