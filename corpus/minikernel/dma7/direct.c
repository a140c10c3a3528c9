/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The direct mapping of the mini-kernel: memory bounces where the device cannot reach it. */
#include <linux/gfp.h>
#include <linux/set_memory.h>
#include <linux/string.h>

#include "direct.h"

dma_addr_t dma_direct_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	dma_addr_t addr;

	if ((attrs & DMA_ATTR_MMIO) && cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		attrs |= DMA_ATTR_CC_SHARED;

	if (is_swiotlb_force_bounce(dev)) {
		if (attrs & (DMA_ATTR_MMIO | DMA_ATTR_REQUIRE_COHERENT))
			return DMA_MAPPING_ERROR;
		return swiotlb_map(dev, phys, size, dir, attrs);
	}

	if (attrs & DMA_ATTR_CC_SHARED)
		addr = phys_to_dma_unencrypted(dev, phys);
	else
		addr = phys_to_dma_encrypted(dev, phys);

	if (likely(dma_capable(dev, addr, size, !(attrs & DMA_ATTR_MMIO), attrs)))
		return addr;
	if (attrs & (DMA_ATTR_MMIO | DMA_ATTR_REQUIRE_COHERENT))
		return DMA_MAPPING_ERROR;
	if (is_swiotlb_active(dev))
		return swiotlb_map(dev, phys, size, dir, attrs);
	return DMA_MAPPING_ERROR;
}

void dma_direct_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		dma_direct_unmap_phys(dev, sg->dma_address, sg->dma_length, dir,
				      attrs);
}

int dma_direct_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg->dma_address = dma_direct_map_phys(dev, sg_phys(sg),
						      sg->length, dir, attrs);
		if (sg->dma_address == DMA_MAPPING_ERROR) {
			dma_direct_unmap_sg(dev, sgl, i, dir,
					    attrs | DMA_ATTR_SKIP_CPU_SYNC);
			return -EIO;
		}
		sg->dma_length = sg->length;
	}
	return nents;
}

void *dma_direct_alloc(struct device *dev, size_t size, dma_addr_t *handle,
		       gfp_t gfp, unsigned long attrs)
{
	bool shared = force_dma_unencrypted(dev);
	struct page *page;
	void *vaddr;

	size = PAGE_ALIGN(size);
	page = alloc_pages(gfp & ~__GFP_ZERO, get_order(size));
	if (!page)
		return NULL;
	vaddr = page_address(page);
	/* After a failure the state of the pages is unknown: lose them. */
	if (shared && set_memory_decrypted((unsigned long)vaddr, PFN_UP(size)))
		return NULL;
	memset(vaddr, 0, size);
	*handle = shared ? phys_to_dma_unencrypted(dev, page_to_phys(page))
			 : phys_to_dma_encrypted(dev, page_to_phys(page));
	return vaddr;
}

void dma_direct_free(struct device *dev, size_t size, void *vaddr,
		     dma_addr_t handle, unsigned long attrs)
{
	size = PAGE_ALIGN(size);
	if (force_dma_unencrypted(dev) &&
	    set_memory_encrypted((unsigned long)vaddr, PFN_UP(size)))
		return;
	__free_pages(virt_to_page(vaddr), get_order(size));
}
