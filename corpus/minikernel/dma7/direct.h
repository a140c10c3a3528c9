/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The direct mapping: private to the DMA core. */
#ifndef _DMA_DIRECT_H
#define _DMA_DIRECT_H

#include <linux/dma-direct.h>
#include <linux/swiotlb.h>

dma_addr_t dma_direct_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir,
			       unsigned long attrs);
int dma_direct_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs);
void dma_direct_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs);
void *dma_direct_alloc(struct device *dev, size_t size, dma_addr_t *handle,
		       gfp_t gfp, unsigned long attrs);
void dma_direct_free(struct device *dev, size_t size, void *vaddr,
		     dma_addr_t handle, unsigned long attrs);

static inline void dma_direct_unmap_phys(struct device *dev, dma_addr_t addr,
					 size_t size,
					 enum dma_data_direction dir,
					 unsigned long attrs)
{
	if (attrs & (DMA_ATTR_MMIO | DMA_ATTR_REQUIRE_COHERENT))
		return;
	swiotlb_tbl_unmap_single(dev, dma_to_phys(dev, addr), size, dir, attrs);
}

#endif
