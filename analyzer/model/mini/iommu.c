/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The operations of a virtual IOMMU. A page is mapped as it is, private or
 * shared; the device gets an I/O address. Memory for coherent use is shared
 * where the device needs that, as in the direct mapping.
 */
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/gfp.h>
#include <linux/set_memory.h>

#include "mini.h"

static dma_addr_t iommu_map(struct device *dev, phys_addr_t phys, size_t size,
			    unsigned long attrs)
{
	u64 marked = cc_mkenc(phys);

#ifdef DMA_ATTR_CC_SHARED
	if (attrs & DMA_ATTR_CC_SHARED)
		marked = cc_mkdec(phys);
#endif
	return model_iommu_map(mini_number(dev), marked, size);
}

static void iommu_unmap(struct device *dev, dma_addr_t addr, size_t size)
{
	model_iommu_unmap(mini_number(dev), addr, size);
}

#ifdef DMA_ATTR_MMIO
static dma_addr_t iommu_map_phys(struct device *dev, phys_addr_t phys,
				 size_t size, enum dma_data_direction dir,
				 unsigned long attrs)
{
	return iommu_map(dev, phys, size, attrs);
}
#else
static dma_addr_t iommu_map_page(struct device *dev, struct page *page,
				 unsigned long offset, size_t size,
				 enum dma_data_direction dir,
				 unsigned long attrs)
{
	return iommu_map(dev, page_to_phys(page) + offset, size, attrs);
}
#endif

static void iommu_unmap_one(struct device *dev, dma_addr_t addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs)
{
	iommu_unmap(dev, addr, size);
}

static int iommu_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = iommu_map(dev, sg_phys(sg), sg->length,
					       attrs);
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static void iommu_unmap_sg(struct device *dev, struct scatterlist *sgl,
			   int nents, enum dma_data_direction dir,
			   unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		iommu_unmap(dev, sg_dma_address(sg), sg_dma_len(sg));
}

static void *iommu_alloc(struct device *dev, size_t size, dma_addr_t *handle,
			 gfp_t gfp, unsigned long attrs)
{
	struct page *page = alloc_pages(gfp | __GFP_ZERO, get_order(size));
	bool shared = force_dma_unencrypted(dev);
	u64 phys;

	if (!page)
		return NULL;
	if (shared && set_memory_decrypted((unsigned long)page_address(page),
					   PFN_UP(size)))
		return NULL;
	phys = page_to_phys(page);
	*handle = model_iommu_map(mini_number(dev),
				  shared ? cc_mkdec(phys) : cc_mkenc(phys),
				  size);
	return page_address(page);
}

static void iommu_free(struct device *dev, size_t size, void *vaddr,
		       dma_addr_t handle, unsigned long attrs)
{
	iommu_unmap(dev, handle, size);
	if (force_dma_unencrypted(dev) &&
	    set_memory_encrypted((unsigned long)vaddr, PFN_UP(size)))
		return;
	free_pages((unsigned long)vaddr, get_order(size));
}

static const struct dma_map_ops iommu_ops = {
	.alloc = iommu_alloc,
	.free = iommu_free,
#ifdef DMA_ATTR_MMIO
	.map_phys = iommu_map_phys,
	.unmap_phys = iommu_unmap_one,
#else
	.map_page = iommu_map_page,
	.unmap_page = iommu_unmap_one,
#endif
	.map_sg = iommu_map_sg,
	.unmap_sg = iommu_unmap_sg,
};

void mini_set_iommu_ops(struct device *dev)
{
	set_dma_ops(dev, &iommu_ops);
}
