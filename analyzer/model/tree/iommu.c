/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A virtual IOMMU: stands where a kernel has its own layer (iommu_dma_*()).
 * A page is mapped as it is, private or shared; the device gets an I/O address.
 */
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <asm/coco.h>

#include "tree.h"

static dma_addr_t map(struct device *dev, phys_addr_t phys, size_t size,
		      unsigned long attrs)
{
	u64 marked = cc_mkenc(phys);

#ifdef DMA_ATTR_CC_SHARED
	if (attrs & DMA_ATTR_CC_SHARED)
		marked = cc_mkdec(phys);
#endif
	return model_iommu_map(tree_number(dev), marked, size);
}

dma_addr_t tree_iommu_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
	TREE_SYMBOL(iommu_dma_map_phys);
dma_addr_t tree_iommu_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	return map(dev, phys, size, attrs);
}

dma_addr_t tree_iommu_map_page(struct device *dev, struct page *page,
			       unsigned long offset, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
	TREE_SYMBOL(iommu_dma_map_page);
dma_addr_t tree_iommu_map_page(struct device *dev, struct page *page,
			       unsigned long offset, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	return map(dev, page_to_phys(page) + offset, size, attrs);
}

void tree_iommu_unmap_phys(struct device *dev, dma_addr_t addr, size_t size)
	TREE_SYMBOL(iommu_dma_unmap_phys);
void tree_iommu_unmap_phys(struct device *dev, dma_addr_t addr, size_t size)
{
	model_iommu_unmap(tree_number(dev), addr, size);
}

void tree_iommu_unmap_page(struct device *dev, dma_addr_t addr, size_t size)
	TREE_SYMBOL(iommu_dma_unmap_page);
void tree_iommu_unmap_page(struct device *dev, dma_addr_t addr, size_t size)
{
	model_iommu_unmap(tree_number(dev), addr, size);
}

dma_addr_t tree_iommu_map_resource(struct device *dev, phys_addr_t phys,
				   size_t size) TREE_SYMBOL(iommu_dma_map_resource);
dma_addr_t tree_iommu_map_resource(struct device *dev, phys_addr_t phys,
				   size_t size)
{
	return map(dev, phys, size, 0);
}

void tree_iommu_unmap_resource(struct device *dev, dma_addr_t addr, size_t size)
	TREE_SYMBOL(iommu_dma_unmap_resource);
void tree_iommu_unmap_resource(struct device *dev, dma_addr_t addr, size_t size)
{
	model_iommu_unmap(tree_number(dev), addr, size);
}

int tree_iommu_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
	TREE_SYMBOL(iommu_dma_map_sg);
int tree_iommu_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = map(dev, sg_phys(sg), sg->length, attrs);
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

void tree_iommu_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents)
	TREE_SYMBOL(iommu_dma_unmap_sg);
void tree_iommu_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		model_iommu_unmap(tree_number(dev), sg_dma_address(sg),
				  sg_dma_len(sg));
}

/* Nothing was copied, so there is nothing to be copied again. */
void tree_iommu_sync(void) TREE_SYMBOL(iommu_dma_sync_single_for_cpu);
void tree_iommu_sync(void)
{
}

void tree_iommu_sync_device(void) TREE_SYMBOL(iommu_dma_sync_single_for_device);
void tree_iommu_sync_device(void)
{
}

void *tree_iommu_alloc(struct device *dev, size_t size, dma_addr_t *handle)
	TREE_SYMBOL(iommu_dma_alloc);
void *tree_iommu_alloc(struct device *dev, size_t size, dma_addr_t *handle)
{
	void *addr = model_alloc_pages(PFN_UP(size), 1);

	if (addr)
		*handle = map(dev, virt_to_phys(addr), size, 0);
	return addr;
}

void tree_iommu_free(struct device *dev, size_t size, void *addr,
		     dma_addr_t handle) TREE_SYMBOL(iommu_dma_free);
void tree_iommu_free(struct device *dev, size_t size, void *addr,
		     dma_addr_t handle)
{
	model_iommu_unmap(tree_number(dev), handle, size);
	model_free_pages(addr, PFN_UP(size));
}

/* Older kernels give the device operations instead. */
#if defined(CONFIG_DMA_OPS) || defined(CONFIG_ARCH_HAS_DMA_OPS)
#ifndef DMA_ATTR_MMIO
static void unmap_page(struct device *dev, dma_addr_t addr, size_t size,
		       enum dma_data_direction dir, unsigned long attrs)
{
	tree_iommu_unmap_page(dev, addr, size);
}
#endif

static void *alloc(struct device *dev, size_t size, dma_addr_t *handle,
		   gfp_t gfp, unsigned long attrs)
{
	return tree_iommu_alloc(dev, size, handle);
}

static void free(struct device *dev, size_t size, void *addr, dma_addr_t handle,
		 unsigned long attrs)
{
	tree_iommu_free(dev, size, addr, handle);
}

static void unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
		     enum dma_data_direction dir, unsigned long attrs)
{
	tree_iommu_unmap_sg(dev, sgl, nents);
}

const struct dma_map_ops tree_iommu_ops = {
#ifndef DMA_ATTR_MMIO
	.map_page = tree_iommu_map_page,
	.unmap_page = unmap_page,
#endif
	.alloc = alloc,
	.free = free,
	.map_sg = tree_iommu_map_sg,
	.unmap_sg = unmap_sg,
};
#endif
