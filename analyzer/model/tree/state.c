/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * What the DMA layer reads of a device and of the world when it maps memory: set
 * as a scenario wants it, and told as it is, in the words of the layer's code,
 * so that it can be compared with what an analysis says of that code.
 */
#include <linux/cc_platform.h>
#include <linux/mem_encrypt.h>
#include <linux/string.h>

#include "glue.h"

static u64 mask_of(unsigned int bits)
{
	return bits ? DMA_BIT_MASK(bits) : 0;
}

static void set_pool(struct device *dev, enum kernel_pool pool)
{
	switch (pool) {
	case KERNEL_POOL_NONE:
		dev->dma_io_tlb_mem = NULL;
		return;
	case KERNEL_POOL_FORCED:
		if (dev->dma_io_tlb_mem)
			dev->dma_io_tlb_mem->force_bounce = true;
		return;
	case KERNEL_POOL_PRIVATE:
#ifdef COCODMA_HAS_POOL_KIND
		if (dev->dma_io_tlb_mem)
			dev->dma_io_tlb_mem->cc_shared = false;
		return;
#else
		model_missing("pool that is said to be private");
#endif
	default:
		return;
	}
}

void tree_set_state(unsigned int number, struct device *dev)
{
	struct kernel_dma_state state;

	if (!model_dma_state(number, &state))
		return;
	if (state.mask_bits)
		*dev->dma_mask = mask_of(state.mask_bits);
	else
		dev->dma_mask = NULL;
	dev->coherent_dma_mask = mask_of(state.coherent_mask_bits);
	dev->bus_dma_limit = mask_of(state.limit_bits);
	if (state.align_bits) {
		dev->dma_parms = &tree_devices[number].parameters;
		dev->dma_parms->min_align_mask = mask_of(state.align_bits);
	}
	set_pool(dev, state.pool);
}

static void tell_device(const struct device *dev)
{
	model_tell("dev->dma_mask", (unsigned long)dev->dma_mask);
	if (dev->dma_mask)
		model_tell("*dev->dma_mask", *dev->dma_mask);
	model_tell("dev->coherent_dma_mask", dev->coherent_dma_mask);
	model_tell("dev->bus_dma_limit", dev->bus_dma_limit);
	model_tell("dev->dma_range_map", (unsigned long)dev->dma_range_map);
	model_tell("dev->dma_parms", (unsigned long)dev->dma_parms);
	if (dev->dma_parms)
		model_tell("dev->dma_parms->min_align_mask",
			   dev->dma_parms->min_align_mask);
#if defined(CONFIG_DMA_OPS) || defined(CONFIG_ARCH_HAS_DMA_OPS)
	model_tell("dev->dma_ops", (unsigned long)dev->dma_ops);
	model_tell("dma_ops", (unsigned long)dma_ops);
#endif
#ifdef CONFIG_DMA_DECLARE_COHERENT
	model_tell("dev->dma_mem", (unsigned long)dev->dma_mem);
#endif
#ifdef COCODMA_HAS_IOMMU_FIELD
	model_tell("dev->dma_iommu", dev->dma_iommu);
#endif
#ifdef COCODMA_HAS_DEVICE_FLAGS
	model_tell("dev->flags", dev->flags[0]);
#endif
#ifdef CONFIG_SWIOTLB_DYNAMIC
	model_tell("dev->dma_uses_io_tlb", dev->dma_uses_io_tlb);
#endif
}

static void tell_pool(const struct io_tlb_mem *pool)
{
	model_tell("dev->dma_io_tlb_mem", (unsigned long)pool);
	if (!pool)
		return;
	model_tell("dev->dma_io_tlb_mem->nslabs", pool->nslabs);
	model_tell("dev->dma_io_tlb_mem->force_bounce", pool->force_bounce);
	model_tell("dev->dma_io_tlb_mem->for_alloc", pool->for_alloc);
#ifdef COCODMA_HAS_POOL_RANGE
	model_tell("dev->dma_io_tlb_mem->start", pool->start);
	model_tell("dev->dma_io_tlb_mem->end", pool->end);
#endif
#ifdef COCODMA_HAS_POOL_KIND
	model_tell("dev->dma_io_tlb_mem->cc_shared", pool->cc_shared);
#endif
}

static void tell_platform(void)
{
	model_tell("vmemmap_base", vmemmap_base);
	model_tell("page_offset_base", page_offset_base);
	model_tell("phys_base", phys_base);
	model_tell("sme_me_mask", sme_me_mask);
	model_tell("cc_platform_has(CC_ATTR_MEM_ENCRYPT)",
		   cc_platform_has(CC_ATTR_MEM_ENCRYPT));
	model_tell("cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT)",
		   cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT));
	model_tell("cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)",
		   cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT));
}

/* The first entries have names of their own in an analysis. */
static void tell_list(const struct kernel_operation *op)
{
	struct scatterlist list[KERNEL_MAX_SEGMENTS];

	glue_init_list(list, op);
	model_tell("nents", op->segment_count);
	model_tell("sg->page_link", list[0].page_link);
	model_tell("sg->offset", list[0].offset);
	model_tell("sg->length", list[0].length);
	if (op->segment_count < 2)
		return;
	model_tell("sg->[1].page_link", list[1].page_link);
	model_tell("sg->[1].offset", list[1].offset);
	model_tell("sg->[1].length", list[1].length);
}

/* What the layer wrote into a list when it mapped it. */
static void tell_mapped_list(const struct kernel_operation *op)
{
	model_tell("sg->dma_address", op->segments[0].dma);
	if (op->segment_count > 1)
		model_tell("sg->[1].dma_address", op->segments[1].dma);
#ifdef CONFIG_NEED_SG_DMA_LENGTH
	model_tell("sg->dma_length", op->segments[0].size);
	if (op->segment_count > 1)
		model_tell("sg->[1].dma_length", op->segments[1].size);
#endif
#ifdef CONFIG_NEED_SG_DMA_FLAGS
	model_tell("sg->dma_flags", 0);
	model_tell("sg->[1].dma_flags", 0);
#endif
}

static void tell_mapping(const struct kernel_operation *op)
{
	phys_addr_t phys = virt_to_phys(op->segments[0].address);

	model_tell("page", (unsigned long)virt_to_page(op->segments[0].address));
	model_tell("offset", offset_in_page(op->segments[0].address));
	model_tell("size", op->segments[0].size);
	model_tell("phys", phys);
	model_tell("phys_addr", phys);
}

static void tell_arguments(const struct kernel_operation *op)
{
	bool missing;

	model_tell("attrs", glue_attributes(op->attributes, &missing));
	switch (op->kind) {
	case KERNEL_ALLOC_COHERENT:
		model_tell("size", op->size);
		model_tell("flag", (unsigned int)GFP_KERNEL);
		return;
	case KERNEL_FREE_COHERENT:
		model_tell("size", op->size);
		model_tell("cpu_addr", (unsigned long)op->address);
		model_tell("dma_handle", op->segments[0].dma);
		return;
	case KERNEL_UNMAP:
		model_tell("dir", op->direction);
		if (op->mapped_by == KERNEL_MAP_SG) {
			tell_list(op);
			tell_mapped_list(op);
			return;
		}
		model_tell("size", op->segments[0].size);
		model_tell("addr", op->segments[0].dma);
		return;
	default:
		model_tell("dir", op->direction);
		if (op->kind == KERNEL_MAP_SG)
			tell_list(op);
		else
			tell_mapping(op);
	}
}

void tree_tell_slots(const struct device *dev, const char *name)
{
#ifdef COCODMA_HAS_SLOT_COUNT
	if (dev->dma_io_tlb_mem)
		model_tell(name,
			   atomic_long_read(&dev->dma_io_tlb_mem->total_used));
#endif
}

void tree_tell_state(const struct device *dev,
		     const struct kernel_operation *op)
{
	tell_platform();
	tell_device(dev);
	tell_pool(dev->dma_io_tlb_mem);
	tell_arguments(op);
}
