/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Operations of a scenario as calls of the DMA API: the same for the
 * mini-kernel and a tree under test. What differs is in their glue.h.
 */
#include "glue.h"

unsigned long glue_attributes(unsigned int wanted, bool *missing)
{
	unsigned int known = KERNEL_ATTR_SKIP_CPU_SYNC;
	unsigned long attrs = 0;

	if (wanted & KERNEL_ATTR_SKIP_CPU_SYNC)
		attrs |= DMA_ATTR_SKIP_CPU_SYNC;
#ifdef DMA_ATTR_MMIO
	known |= KERNEL_ATTR_MMIO;
	if (wanted & KERNEL_ATTR_MMIO)
		attrs |= DMA_ATTR_MMIO;
#endif
#ifdef DMA_ATTR_CC_SHARED
	known |= KERNEL_ATTR_CC_SHARED;
	if (wanted & KERNEL_ATTR_CC_SHARED)
		attrs |= DMA_ATTR_CC_SHARED;
#endif
#ifdef DMA_ATTR_REQUIRE_COHERENT
	known |= KERNEL_ATTR_REQUIRE_COHERENT;
	if (wanted & KERNEL_ATTR_REQUIRE_COHERENT)
		attrs |= DMA_ATTR_REQUIRE_COHERENT;
#endif
	*missing = wanted & ~known;
	return attrs;
}

static int map_one(struct device *dev, struct kernel_operation *op,
		   unsigned long attrs)
{
	struct kernel_segment *s = &op->segments[0];

	switch (op->kind) {
	case KERNEL_MAP_SINGLE:
		s->dma = dma_map_single_attrs(dev, s->address, s->size,
					      op->direction, attrs);
		break;
	case KERNEL_MAP_PAGE:
		s->dma = dma_map_page_attrs(dev, virt_to_page(s->address),
					    offset_in_page(s->address), s->size,
					    op->direction, attrs);
		break;
	case KERNEL_MAP_RESOURCE:
		s->dma = dma_map_resource(dev, virt_to_phys(s->address),
					  s->size, op->direction, attrs);
		break;
#ifdef DMA_ATTR_MMIO
	case KERNEL_MAP_PHYS:
		s->dma = dma_map_phys(dev, virt_to_phys(s->address), s->size,
				      op->direction, attrs);
		break;
#endif
	default:
		return KERNEL_NO_SUCH_OPERATION;
	}
	return dma_mapping_error(dev, s->dma);
}

static void to_list(const struct kernel_operation *op, struct scatterlist *list)
{
	unsigned int i;

	glue_init_list(list, op);
	for (i = 0; i < op->segment_count; i++) {
		sg_dma_address(&list[i]) = op->segments[i].dma;
		sg_dma_len(&list[i]) = op->segments[i].size;
	}
}

static int map_list(struct device *dev, struct kernel_operation *op,
		    unsigned long attrs)
{
	struct scatterlist list[KERNEL_MAX_SEGMENTS];
	unsigned int i;

	to_list(op, list);
	if (!dma_map_sg_attrs(dev, list, op->segment_count, op->direction,
			      attrs))
		return -EIO;
	for (i = 0; i < op->segment_count; i++)
		op->segments[i].dma = sg_dma_address(&list[i]);
	return 0;
}

static int map(struct device *dev, struct kernel_operation *op)
{
	bool missing = false;
	unsigned long attrs = glue_attributes(op->attributes, &missing);
	bool full = model_pool_fails();
	int ret;

	if (missing)
		return KERNEL_NO_SUCH_OPERATION;
	if (full && !glue_fill_pool(dev))
		return KERNEL_NO_SUCH_OPERATION;
	ret = op->kind == KERNEL_MAP_SG ? map_list(dev, op, attrs)
					: map_one(dev, op, attrs);
	if (full)
		glue_empty_pool(dev);
	return ret;
}

static int unmap(struct device *dev, struct kernel_operation *op)
{
	struct kernel_segment *s = &op->segments[0];
	struct scatterlist list[KERNEL_MAX_SEGMENTS];
	bool missing = false;
	unsigned long attrs = glue_attributes(op->attributes, &missing);

	switch (op->mapped_by) {
	case KERNEL_MAP_SG:
		to_list(op, list);
		dma_unmap_sg_attrs(dev, list, op->segment_count, op->direction,
				   attrs);
		return 0;
	case KERNEL_MAP_RESOURCE:
		glue_unmap_resource(dev, s->dma, s->size, op->direction, attrs);
		return 0;
	case KERNEL_MAP_SINGLE:
	case KERNEL_MAP_PAGE:
	case KERNEL_MAP_PHYS:
		dma_unmap_page_attrs(dev, s->dma, s->size, op->direction,
				     attrs);
		return 0;
	default:
		return -EINVAL;
	}
}

static int sync(struct device *dev, struct kernel_operation *op)
{
	unsigned int i;

	if (op->mapped_by > KERNEL_MAP_RESOURCE)
		return -EINVAL;
	for (i = 0; i < op->segment_count; i++) {
		struct kernel_segment *s = &op->segments[i];

		if (op->kind == KERNEL_SYNC_FOR_DEVICE)
			dma_sync_single_for_device(dev, s->dma, s->size,
						   op->direction);
		else
			dma_sync_single_for_cpu(dev, s->dma, s->size,
						op->direction);
	}
	return 0;
}

static int alloc_coherent(struct device *dev, struct kernel_operation *op)
{
	dma_addr_t handle;

	op->address = dma_alloc_coherent(dev, op->size, &handle, GFP_KERNEL);
	if (!op->address)
		return -ENOMEM;
	op->segment_count = 1;
	op->segments[0].address = op->address;
	op->segments[0].size = op->size;
	op->segments[0].dma = handle;
	return 0;
}

int glue_memory_operation(struct kernel_operation *op)
{
	switch (op->kind) {
	case KERNEL_SHARE:
		return set_memory_decrypted((unsigned long)op->address,
					    op->handle_count);
	case KERNEL_UNSHARE:
		return set_memory_encrypted((unsigned long)op->address,
					    op->handle_count);
	case KERNEL_FREE_PAGES:
		model_free_pages(op->address, op->handle_count);
		return 0;
	default:
		model_free_object(op->address);
		return 0;
	}
}

int glue_dma_operation(struct device *dev, struct kernel_operation *op)
{
	switch (op->kind) {
	case KERNEL_UNMAP:
		return unmap(dev, op);
	case KERNEL_SYNC_FOR_DEVICE:
	case KERNEL_SYNC_FOR_CPU:
		return sync(dev, op);
	case KERNEL_ALLOC_COHERENT:
		return alloc_coherent(dev, op);
	case KERNEL_FREE_COHERENT:
		dma_free_coherent(dev, op->size, op->address,
				  op->segments[0].dma);
		return 0;
	default:
		return map(dev, op);
	}
}
