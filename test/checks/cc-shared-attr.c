// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception
// RUN: %tidycoco-cc-shared-attr %s -- > %t && %FileCheck %s --input-file=%t --implicit-check-not=warning:
#include <kernel.h>

struct box { void *mailbox, *data; dma_addr_t mailbox_dma; bool shared; };
void *shared_alloc(size_t size);

static int setup(struct box *box)
{
	void *page = kmalloc(PAGE_SIZE, 0);

	box->mailbox = page;
	box->data = kmalloc(PAGE_SIZE, 0);
	return set_memory_decrypted((unsigned long)page, 1);
}

static dma_addr_t map(struct device *dev, struct box *box, void *given)
{
	unsigned long attrs = DMA_ATTR_CC_SHARED;
	void *fresh = kmalloc(64, 0);
	void *other = shared_alloc(64);

	// CHECK: :[[@LINE+1]]:{{.*}}DMA_ATTR_CC_SHARED promises that this memory was decrypted{{.*}}[coco-cc-shared-attr]
	dma_map_single_attrs(dev, box->data, 64, 0, DMA_ATTR_CC_SHARED);
	// CHECK: :[[@LINE+1]]:{{.*}}DMA_ATTR_CC_SHARED promises
	dma_map_single_attrs(dev, fresh, 64, 0, attrs);
	/* Decrypted here, by others, or by who knows whom; and one that is not sure. */
	dma_map_single_attrs(dev, box->mailbox, 64, 0, attrs);
	dma_map_single_attrs(dev, other, 64, 0, attrs);
	dma_map_single_attrs(dev, given, 64, 0, attrs);
	dma_map_single_attrs(dev, box->data, 64, 0, box->shared ? DMA_ATTR_CC_SHARED : 0);
	return dma_map_single_attrs(dev, box->data, 64, 0, 0);
}

static void alone_Bad(struct device *dev, dma_addr_t *handle, phys_addr_t bar)
{
	// CHECK: :[[@LINE+1]]:{{.*}}an allocation has none
	dma_alloc_attrs(dev, PAGE_SIZE, handle, 0, DMA_ATTR_CC_SHARED);
	// CHECK: :[[@LINE+1]]:{{.*}}makes no sense for device memory
	dma_map_resource(dev, bar, PAGE_SIZE, 0, DMA_ATTR_CC_SHARED);
	// CHECK: :[[@LINE+1]]:{{.*}}makes no sense for device memory
	dma_map_phys(dev, bar, PAGE_SIZE, 0, DMA_ATTR_CC_SHARED | DMA_ATTR_MMIO);
	dma_map_resource(dev, bar, PAGE_SIZE, 0, DMA_ATTR_MMIO);
}

static void local_Bad(struct device *dev, struct box *box)
{
	// CHECK: :[[@LINE+2]]:{{.*}}DMA_ATTR_CC_SHARED is given when the memory is mapped, but not when it is unmapped
	// CHECK: :[[@LINE+3]]:{{.*}}note: here it is missing
	dma_addr_t address = dma_map_single_attrs(dev, box->mailbox, 64, 0, DMA_ATTR_CC_SHARED);

	dma_unmap_single(dev, address, 64, 0);
}

static void field_Bad(struct device *dev, struct box *box)
{
	box->mailbox_dma = dma_map_single_attrs(dev, box->mailbox, 64, 0, 0);
}

static void field_end(struct device *dev, struct box *box)
{
	// CHECK: :[[@LINE+1]]:{{.*}}is given when the memory is unmapped, but not when it is mapped
	dma_unmap_single_attrs(dev, box->mailbox_dma, 64, 0, DMA_ATTR_CC_SHARED);
}

static void list_Ok(struct device *dev, struct scatterlist *list)
{
	dma_map_sg_attrs(dev, list, 1, 0, DMA_ATTR_CC_SHARED);
	dma_unmap_sg_attrs(dev, list, 1, 0, DMA_ATTR_CC_SHARED);
}

static void list_Bad(struct device *dev, struct scatterlist *list)
{
	// CHECK: :[[@LINE+1]]:{{.*}}is given when the memory is mapped
	dma_map_sg_attrs(dev, list, 1, 0, DMA_ATTR_CC_SHARED);
	dma_unmap_sg_attrs(dev, list, 1, 0, 0);
}
