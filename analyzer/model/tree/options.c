/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The thread's first option: operations for every device of the platform, which
 * ask whether the device is a confidential one of the bus.
 */
#include <linux/mm.h>

#include "tree.h"

#if defined(CONFIG_ARCH_HAS_DMA_OPS) || defined(CONFIG_DMA_OPS)

#include "../../kernel/dma/direct.h"

/* As proposed: whatever the device is, it is taken for one of the bus. */
static bool is_private(struct device *dev)
{
	return tree_is_external(device_to_hv_device(dev));
}

#ifdef DMA_ATTR_MMIO
static dma_addr_t map_phys(struct device *dev, phys_addr_t phys, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	if (is_private(dev))
		return phys;
	return dma_direct_map_phys(dev, phys, size, dir, attrs, true);
}

static void unmap_phys(struct device *dev, dma_addr_t addr, size_t size,
		       enum dma_data_direction dir, unsigned long attrs)
{
	if (!is_private(dev))
		dma_direct_unmap_phys(dev, addr, size, dir, attrs, true);
}
#else
static dma_addr_t map_page(struct device *dev, struct page *page,
			   unsigned long offset, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	if (is_private(dev))
		return page_to_phys(page) + offset;
	return dma_direct_map_page(dev, page, offset, size, dir, attrs);
}

static void unmap_page(struct device *dev, dma_addr_t addr, size_t size,
		       enum dma_data_direction dir, unsigned long attrs)
{
	if (!is_private(dev))
		dma_direct_unmap_page(dev, addr, size, dir, attrs);
}
#endif

static int map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		  enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	if (!is_private(dev))
		return dma_direct_map_sg(dev, sgl, nents, dir, attrs);
	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = sg_phys(sg);
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static void unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
		     enum dma_data_direction dir, unsigned long attrs)
{
	if (!is_private(dev))
		dma_direct_unmap_sg(dev, sgl, nents, dir, attrs);
}

static void *alloc(struct device *dev, size_t size, dma_addr_t *handle,
		   gfp_t gfp, unsigned long attrs)
{
	void *addr;

	if (!is_private(dev))
		return dma_direct_alloc(dev, size, handle, gfp, attrs);
	addr = model_alloc_pages(PFN_UP(size), 1);
	if (addr)
		*handle = virt_to_phys(addr);
	return addr;
}

static void free(struct device *dev, size_t size, void *addr, dma_addr_t handle,
		 unsigned long attrs)
{
	if (is_private(dev))
		model_free_pages(addr, PFN_UP(size));
	else
		dma_direct_free(dev, size, addr, handle, attrs);
}

static const struct dma_map_ops option = {
	.alloc = alloc,
	.free = free,
#ifdef DMA_ATTR_MMIO
	.map_phys = map_phys,
	.unmap_phys = unmap_phys,
#else
	.map_page = map_page,
	.unmap_page = unmap_page,
#endif
	.map_sg = map_sg,
	.unmap_sg = unmap_sg,
};

int tree_replace_dma_ops(void)
{
	extern const struct dma_map_ops *dma_ops;

	dma_ops = &option;
	return 0;
}

#else

int tree_replace_dma_ops(void)
{
	return -ENOSYS;
}

#endif
