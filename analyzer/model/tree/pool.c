/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A full bounce buffer: all of its slots are really taken, by mappings of a device
 * that nobody else knows. Where pools grow, the tree's own code decides what to do
 * then.
 */
#include "glue.h"

/* The largest mapping that a bounce buffer takes, and a slot. */
#define MOST_AT_ONCE (IO_TLB_SEGSIZE << IO_TLB_SHIFT)
#define LEAST_AT_ONCE (1UL << IO_TLB_SHIFT)
#define FILL_ATTRIBUTES (DMA_ATTR_SKIP_CPU_SYNC | DMA_ATTR_NO_WARN)

/* One of the bus without a channel: operations that take all devices for the
 * bus' own leave it alone. */
static struct hv_device filler_hv;
static struct device *const filler = &filler_hv.device;
static struct {
	dma_addr_t at;
	size_t size;
} taken[2048];
static unsigned int count;

static bool grew;

static void let_grow(struct io_tlb_mem *pool, bool grows)
{
#ifdef CONFIG_SWIOTLB_DYNAMIC
	pool->can_grow = grows;
#endif
}

static bool grows(const struct io_tlb_mem *pool)
{
#ifdef CONFIG_SWIOTLB_DYNAMIC
	return pool->can_grow;
#else
	return false;
#endif
}

static void set_up_filler(const struct device *dev)
{
	filler_hv.dma_mask = DMA_BIT_MASK(64);
	filler->dma_mask = &filler_hv.dma_mask;
	filler->coherent_dma_mask = filler_hv.dma_mask;
	tree_set_pool(filler);
	filler->dma_io_tlb_mem = dev->dma_io_tlb_mem;
}

static bool can_take(void *data, size_t size)
{
	dma_addr_t at = dma_map_single_attrs(filler, data, size, DMA_TO_DEVICE,
					     FILL_ATTRIBUTES);

	if (dma_mapping_error(filler, at))
		return false;
	taken[count].at = at;
	taken[count++].size = size;
	return true;
}

/* The guest's last pages hold nobody's data. */
static void take_all(void)
{
	unsigned long pages = MOST_AT_ONCE / PAGE_SIZE;
	void *data = model_frame_address(model_frames() - pages);
	size_t size;

	for (size = MOST_AT_ONCE; size >= LEAST_AT_ONCE; size /= 2)
		while (count < ARRAY_SIZE(taken) && can_take(data, size))
			;
}

bool glue_fill_pool(const struct device *dev)
{
	struct io_tlb_mem *pool = dev->dma_io_tlb_mem;
	bool forced;

	if (!pool || !pool->nslabs)
		return true;	/* there is nothing to take */
	set_up_filler(dev);
	grew = grows(pool);
	let_grow(pool, false);
	forced = pool->force_bounce;
	pool->force_bounce = true;
	take_all();
	pool->force_bounce = forced;
	let_grow(pool, grew && !model_pool_growth_fails());
	return count && count < ARRAY_SIZE(taken);
}

void glue_empty_pool(const struct device *dev)
{
	for (; count; count--)
		dma_unmap_single_attrs(filler, taken[count - 1].at,
				       taken[count - 1].size, DMA_TO_DEVICE,
				       FILL_ATTRIBUTES);
	if (dev->dma_io_tlb_mem)
		let_grow(dev->dma_io_tlb_mem, grew);
}
