/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The entry points of the DMA interface: direct, or through operations. */
#include <linux/dma-map-ops.h>
#include <linux/module.h>

#include "direct.h"

const struct dma_map_ops *dma_ops;
EXPORT_SYMBOL_GPL(dma_ops);

dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			enum dma_data_direction dir, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (WARN_ON(!dev->dma_mask))
		return DMA_MAPPING_ERROR;
	if (dma_map_direct(dev, ops))
		return dma_direct_map_phys(dev, phys, size, dir, attrs);
	if (attrs & DMA_ATTR_CC_SHARED)
		return DMA_MAPPING_ERROR;
	return ops->map_phys ? ops->map_phys(dev, phys, size, dir, attrs)
			     : DMA_MAPPING_ERROR;
}

void dma_unmap_phys(struct device *dev, dma_addr_t addr, size_t size,
		    enum dma_data_direction dir, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_map_direct(dev, ops))
		dma_direct_unmap_phys(dev, addr, size, dir, attrs);
	else if (ops->unmap_phys)
		ops->unmap_phys(dev, addr, size, dir, attrs);
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page,
			      size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	if (attrs & DMA_ATTR_MMIO)
		return DMA_MAPPING_ERROR;
	return dma_map_phys(dev, page_to_phys(page) + offset, size, dir, attrs);
}

void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir, unsigned long attrs)
{
	dma_unmap_phys(dev, addr, size, dir, attrs);
}

dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys, size_t size,
			    enum dma_data_direction dir, unsigned long attrs)
{
	return dma_map_phys(dev, phys, size, dir, attrs | DMA_ATTR_MMIO);
}

static int __dma_map_sg_attrs(struct device *dev, struct scatterlist *sgl,
			      int nents, enum dma_data_direction dir,
			      unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (WARN_ON(!dev->dma_mask))
		return 0;
	if (dma_map_direct(dev, ops))
		return dma_direct_map_sg(dev, sgl, nents, dir, attrs);
	return ops->map_sg(dev, sgl, nents, dir, attrs);
}

int dma_map_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
		     enum dma_data_direction dir, unsigned long attrs)
{
	int ret = __dma_map_sg_attrs(dev, sgl, nents, dir, attrs);

	return ret < 0 ? 0 : ret;
}

int dma_map_sgtable(struct device *dev, struct sg_table *sgt,
		    enum dma_data_direction dir, unsigned long attrs)
{
	int nents = __dma_map_sg_attrs(dev, sgt->sgl, sgt->orig_nents, dir,
				       attrs);

	if (nents <= 0)
		return nents ? nents : -EIO;
	sgt->nents = nents;
	return 0;
}

void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_map_direct(dev, ops))
		dma_direct_unmap_sg(dev, sgl, nents, dir, attrs);
	else if (ops->unmap_sg)
		ops->unmap_sg(dev, sgl, nents, dir, attrs);
}

void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt,
		       enum dma_data_direction dir, unsigned long attrs)
{
	dma_unmap_sg_attrs(dev, sgt->sgl, sgt->orig_nents, dir, attrs);
}

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_map_direct(dev, ops))
		swiotlb_sync_single_for_cpu(dev, dma_to_phys(dev, addr), size,
					    dir);
	else if (ops->sync_single_for_cpu)
		ops->sync_single_for_cpu(dev, addr, size, dir);
}

void dma_sync_single_for_device(struct device *dev, dma_addr_t addr,
				size_t size, enum dma_data_direction dir)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_map_direct(dev, ops))
		swiotlb_sync_single_for_device(dev, dma_to_phys(dev, addr),
					       size, dir);
	else if (ops->sync_single_for_device)
		ops->sync_single_for_device(dev, addr, size, dir);
}

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle,
		      gfp_t gfp, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_map_direct(dev, ops))
		return dma_direct_alloc(dev, size, handle, gfp, attrs);
	if (ops->alloc)
		return ops->alloc(dev, size, handle, gfp, attrs);
	return NULL;
}

void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr,
		    dma_addr_t handle, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (dma_map_direct(dev, ops))
		dma_direct_free(dev, size, cpu_addr, handle, attrs);
	else if (ops->free)
		ops->free(dev, size, cpu_addr, handle, attrs);
}
