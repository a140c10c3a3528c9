/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Between the files of the mini-kernel's glue. */
#ifndef MODEL_MINI_H
#define MODEL_MINI_H

#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/mininet.h>
#include <linux/pci.h>

#include "KernelInterface.h"

#define MINI_DEVICES 16u

/* A device of the scenario, as the mini-kernel knows it. */
struct mini_device {
  struct device *dev;
  struct disk *disk; /* what its driver registered */
  struct netif *netif;
  bool bound;
};

extern struct mini_device mini_devices[MINI_DEVICES];
/* The one that is being offered or worked with. */
extern unsigned int mini_current;

struct hv_device *mini_hv(unsigned int device);
/* The device a struct device belongs to; MINI_DEVICES if it is none of ours. */
unsigned int mini_number(const struct device *dev);
/* Puts the operations of an IOMMU on a device (iommu.c). */
void mini_set_iommu_ops(struct device *dev);

#endif
