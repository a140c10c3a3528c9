/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The bounce buffer of the mini-kernel: one pool, first fit. */
#include <linux/dma-direct.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swiotlb.h>

struct io_tlb_mem io_tlb_default_mem;

void __init swiotlb_init(bool addressing_limit, unsigned int flags)
{
	struct io_tlb_pool *pool = &io_tlb_default_mem.defpool;
	unsigned long bytes = IO_TLB_DEFAULT_SLABS << IO_TLB_SHIFT;
	struct page *page;

	if (!addressing_limit && !(flags & SWIOTLB_FORCE))
		return;
	page = alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(bytes));
	if (!page)
		return;
	pool->slots = kcalloc(IO_TLB_DEFAULT_SLABS, sizeof(*pool->slots),
			      GFP_KERNEL);
	if (!pool->slots) {
		__free_pages(page, get_order(bytes));
		return;
	}
	pool->start = page_to_phys(page);
	pool->end = pool->start + bytes;
	pool->vaddr = page_address(page);
	pool->nslabs = IO_TLB_DEFAULT_SLABS;
	io_tlb_default_mem.nslabs = IO_TLB_DEFAULT_SLABS;
	io_tlb_default_mem.force_bounce = flags & SWIOTLB_FORCE;
}

void __init swiotlb_update_mem_attributes(void)
{
	struct io_tlb_pool *pool = &io_tlb_default_mem.defpool;

	if (!pool->nslabs || !cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return;
	if (set_memory_decrypted((unsigned long)pool->vaddr,
				 pool->nslabs << IO_TLB_SHIFT >> PAGE_SHIFT))
		io_tlb_default_mem.nslabs = 0;	/* state unknown: unusable */
}

void swiotlb_dev_init(struct device *dev)
{
	dev->dma_io_tlb_mem = &io_tlb_default_mem;
}

static void swiotlb_bounce(struct device *dev, phys_addr_t tlb_addr,
			   size_t size, enum dma_data_direction dir,
			   struct io_tlb_pool *pool)
{
	size_t at = tlb_addr - pool->start;
	void *slot = (char *)pool->vaddr + at;
	phys_addr_t orig = pool->slots[at >> IO_TLB_SHIFT].orig_addr;

	if (dir == DMA_TO_DEVICE)
		memcpy(slot, phys_to_virt(orig), size);
	else
		memcpy(phys_to_virt(orig), slot, size);
}

static long swiotlb_find_slots(struct io_tlb_pool *pool, unsigned long need)
{
	unsigned long i, run = 0;

	for (i = 0; i < pool->nslabs; i++) {
		run = pool->slots[i].used ? 0 : run + 1;
		if (run == need)
			return i + 1 - need;
	}
	return -1;
}

phys_addr_t swiotlb_tbl_map_single(struct device *dev, phys_addr_t orig_addr,
				   size_t size, unsigned int align_mask,
				   enum dma_data_direction dir,
				   unsigned long attrs)
{
	unsigned long i, need = (size + IO_TLB_SIZE - 1) >> IO_TLB_SHIFT;
	struct io_tlb_mem *mem = dev->dma_io_tlb_mem;
	struct io_tlb_pool *pool;
	phys_addr_t tlb_addr;
	long index;

	if (!mem || !mem->nslabs)
		return DMA_MAPPING_ERROR;
	pool = &mem->defpool;
	index = swiotlb_find_slots(pool, need);
	if (index < 0)
		return DMA_MAPPING_ERROR;
	for (i = 0; i < need; i++) {
		pool->slots[index + i].orig_addr =
			orig_addr + (i << IO_TLB_SHIFT);
		pool->slots[index + i].used = true;
	}
	tlb_addr = pool->start + ((phys_addr_t)index << IO_TLB_SHIFT);
	/* For every direction: the device may write less than it is given. */
	swiotlb_bounce(dev, tlb_addr, size, DMA_TO_DEVICE, pool);
	return tlb_addr;
}

void swiotlb_tbl_unmap_single(struct device *dev, phys_addr_t tlb_addr,
			      size_t size, enum dma_data_direction dir,
			      unsigned long attrs)
{
	struct io_tlb_pool *pool = swiotlb_find_pool(dev, tlb_addr);
	unsigned long i, first, need = (size + IO_TLB_SIZE - 1) >> IO_TLB_SHIFT;

	if (!pool)
		return;
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC) && dir != DMA_TO_DEVICE)
		swiotlb_bounce(dev, tlb_addr, size, DMA_FROM_DEVICE, pool);
	first = (tlb_addr - pool->start) >> IO_TLB_SHIFT;
	for (i = 0; i < need; i++)
		pool->slots[first + i].used = false;
}

void swiotlb_sync_single_for_device(struct device *dev, phys_addr_t tlb_addr,
				    size_t size, enum dma_data_direction dir)
{
	struct io_tlb_pool *pool = swiotlb_find_pool(dev, tlb_addr);

	if (pool && dir != DMA_FROM_DEVICE)
		swiotlb_bounce(dev, tlb_addr, size, DMA_TO_DEVICE, pool);
}

void swiotlb_sync_single_for_cpu(struct device *dev, phys_addr_t tlb_addr,
				 size_t size, enum dma_data_direction dir)
{
	struct io_tlb_pool *pool = swiotlb_find_pool(dev, tlb_addr);

	if (pool && dir != DMA_TO_DEVICE)
		swiotlb_bounce(dev, tlb_addr, size, DMA_FROM_DEVICE, pool);
}

dma_addr_t swiotlb_map(struct device *dev, phys_addr_t paddr, size_t size,
		       enum dma_data_direction dir, unsigned long attrs)
{
	phys_addr_t tlb_addr;
	dma_addr_t addr;

	tlb_addr = swiotlb_tbl_map_single(dev, paddr, size, 0, dir, attrs);
	if (tlb_addr == DMA_MAPPING_ERROR)
		return DMA_MAPPING_ERROR;
	addr = phys_to_dma_unencrypted(dev, tlb_addr);
	if (likely(dma_capable(dev, addr, size, true)))
		return addr;
	swiotlb_tbl_unmap_single(dev, tlb_addr, size, dir,
				 attrs | DMA_ATTR_SKIP_CPU_SYNC);
	return DMA_MAPPING_ERROR;
}

size_t swiotlb_max_mapping_size(struct device *dev)
{
	return 128 * IO_TLB_SIZE;
}
