/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The direct mapping of the mini-kernel: pages bounce where the device is told to. */
#include <linux/gfp.h>
#include <linux/set_memory.h>
#include <linux/string.h>

#include "direct.h"

void dma_direct_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		dma_direct_unmap_page(dev, sg->dma_address, sg->dma_length, dir,
				      attrs);
}

int dma_direct_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg->dma_address = dma_direct_map_page(dev, sg->page, sg->offset,
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
			 : phys_to_dma(dev, page_to_phys(page));
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
