// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception
// RUN: rm -rf %t && mkdir %t && %split-file %s %t
// RUN: %tidycoco-raw-dma-address %t/driver.c -- | %FileCheck %t/driver.c --implicit-check-not=warning:
// RUN: %tidycoco-raw-dma-address %t/core_Ok.c %t/iommu_Ok.c %t/virtio_Ok.c %t/platform_Ok.c -- | %count 0

//--- driver.c
#include <kernel.h>
static struct hv_driver driver = { { "driver" } };

struct request { dma_addr_t address; u64 physical; void *data; };

static dma_addr_t map_Bad(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	if (size > PAGE_SIZE)
		// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used as a DMA address{{.*}}[coco-raw-dma-address]
		return __phys_to_dma(dev, phys);
	// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used
	return attrs ? phys : ~0ULL;
}

static void fill_Bad(struct request *rq, struct scatterlist *sg, dma_addr_t *handle)
{
	u64 plain = virt_to_phys(rq->data);

	// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used
	sg_dma_address(sg) = sg_phys(sg);
	// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used
	*handle = page_to_phys(sg->page) + sg->offset;
	// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used
	rq->address = (dma_addr_t)plain;
	// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used
	dma_addr_t local = virt_to_phys(rq->data);
	rq->address = local;
	// CHECK: :[[@LINE+1]]:{{.*}}a physical address is used
	rq->address = sg_phys(sg) & ~(PAGE_SIZE - 1);
}

static void fill_Ok(struct device *dev, struct request *rq, struct scatterlist *sg)
{
	phys_addr_t phys = sg_phys(sg);

	rq->address = dma_map_phys(dev, phys, sg->length, 0, 0);
	rq->physical = phys;
	rq->address = sg_dma_address(sg) + (phys - sg_phys(sg));
	rq->address = sg_dma_address(sg) + (phys & (PAGE_SIZE - 1));
}

int printk(const char *format, ...);
static void print_Ok(struct scatterlist *sg)
{
	dma_addr_t phys = sg_phys(sg);

	printk("%pad", &phys);
}

//--- core_Ok.c
#include <kernel.h>
dma_addr_t dma_direct_map_phys(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	return phys;
}

//--- iommu_Ok.c
#include <kernel.h>
struct iommu_ops { int (*map)(dma_addr_t iova, phys_addr_t phys); };
static struct hv_driver driver = { { "iommu" } };
static int identity(dma_addr_t iova, phys_addr_t phys)
{
	dma_addr_t same = phys;
	return same == iova;
}
static const struct iommu_ops ops = { identity };

//--- virtio_Ok.c
#include <kernel.h>
dma_addr_t ring_map(void *vdev, struct scatterlist *sg)
{
	if (virtio_has_dma_quirk(vdev))
		return sg_phys(sg);
	return sg_dma_address(sg);
}

//--- platform_Ok.c
#include <kernel.h>
static dma_addr_t map(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	return phys;
}
const struct dma_map_ops platform_ops = { .map_phys = map };
