// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception
// REQUIRES: plugin
// RUN: rm -rf %t && mkdir %t && %split-file %s %t && mkdir %t/driver %t/core
// RUN: mv %t/driver.c %t/bus.c %t/helper_Ok.c %t/driver && cp %checkers/../test/checks/Inputs/core/direct.h %t/core && mv %t/core_Ok.c %t/core
// RUN: %tidycoco-dma-internals %t/driver/driver.c -- > %t/out && %FileCheck %t/driver/driver.c --input-file=%t/out --implicit-check-not=warning:
// RUN: %tidycoco-dma-internals %t/driver/bus.c -- | %FileCheck %t/driver/bus.c --implicit-check-not=warning:
// RUN: %tidycoco-dma-internals %t/core/core_Ok.c %t/driver/helper_Ok.c -- | %count 0
// RUN: %tidycoco-dma-internals --extra-arg=-DMODULE %t/driver/helper_Ok.c -- | %FileCheck %s --check-prefix=MODULE
// MODULE: helper_Ok.c:{{.*}}the field 'dma_io_tlb_mem' of 'struct device' belongs to the DMA core

//--- driver.c
#include <kernel.h>
// CHECK: :[[@LINE+1]]:{{.*}}'../core/direct.h' is a private header of the DMA core
#include "../core/direct.h"
static struct hv_driver driver = { { "driver" } };

static dma_addr_t map_Bad(struct device *dev, phys_addr_t phys)
{
	// CHECK: :[[@LINE+1]]:{{.*}}'dma_direct_map_phys' is private to the DMA core
	dma_addr_t address = dma_direct_map_phys(dev, phys, 1, 0, 0);
	/* Once a function is enough. */
	return address ? address : dma_direct_map_phys(dev, phys, 1, 0, 0);
}

static void fields_Bad(struct device *dev, struct io_tlb_mem *pool)
{
	// CHECK: :[[@LINE+1]]:{{.*}}the field 'dma_io_tlb_mem' of 'struct device' belongs to the DMA core
	dev->dma_io_tlb_mem = NULL;
	// CHECK: :[[@LINE+1]]:{{.*}}the field 'force_bounce' of 'struct io_tlb_mem'
	pool->force_bounce++;
	dev->driver_data = pool;
}

static int global_Bad(struct device *dev)
{
	// CHECK: :[[@LINE+1]]:{{.*}}'dma_ops' is a variable that only some architectures have
	return dma_ops && dev->dma_io_tlb_mem;
}

static dma_addr_t public_Ok(struct device *dev, phys_addr_t phys)
{
	return dma_map_phys(dev, phys, 1, 0, 0);
}

//--- bus.c
#include <kernel.h>
int dma_direct_map_sg(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);

static void add_Ok(struct hv_device *child)
{
	child->device.bus = &hv_bus;
	child->device.dma_io_tlb_mem = NULL;
}

static int map_Bad(struct device *dev, struct scatterlist *sg)
{
	// CHECK: :[[@LINE+1]]:{{.*}}'dma_direct_map_sg' is private
	return dma_direct_map_sg(dev, sg, 1, 0, 0);
}

//--- helper_Ok.c
#include <kernel.h>
void swiotlb_dev_disable(struct device *dev)
{
	dev->dma_io_tlb_mem = NULL;
}

//--- core_Ok.c
#include <kernel.h>
#include "direct.h"
const struct dma_map_ops *dma_ops;
dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	dev->dma_io_tlb_mem = NULL;
	return dma_ops ? 0 : dma_direct_map_phys(dev, phys, size, dir, attrs);
}
/* It may know the devices of a class. */
int dma_direct_supported(struct device *dev, u64 mask)
{
	struct hv_device *hv = device_to_hv_device(dev);

	hv->device.dma_io_tlb_mem = NULL;
	return hv->channel != NULL;
}
