/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Operations for every device of the guest, which ask whether the device is one of the bus. */
#include <linux/dma-map-ops.h>

#include "../../minikernel/dma6/direct.h"	/* expect: coco-dma-internals (tree) */
#include "hyperv_vmbus.h"

static void vmbus_device_release(struct device *device)
{
	kfree(device_to_hv_device(device));
}

struct hv_device *vmbus_device_create(const guid_t *type, const guid_t *instance,
				      struct vmbus_channel *channel)
{
	struct hv_device *child = kzalloc(sizeof(*child), GFP_KERNEL);

	if (!child)
		return NULL;
	child->channel = channel;
	memcpy(&child->dev_type, type, sizeof(*type));
	memcpy(&child->dev_instance, instance, sizeof(*instance));
	return child;
}

int vmbus_dma_configure(struct device *child_device)
{
	return 0;
}

static bool hyperv_is_private(struct device *dev)
{
	struct hv_device *hv = device_to_hv_device(dev);	/* expect: coco-bus-cast */

	return hv->channel && hv->channel->co_external_memory;
}

static dma_addr_t hyperv_map_page(struct device *dev, struct page *page,
				  unsigned long offset,
				  size_t size, enum dma_data_direction dir,
				  unsigned long attrs)
{
	if (hyperv_is_private(dev))
		return page_to_phys(page) + offset;	/* expect: coco-raw-dma-address */
	return dma_direct_map_page(dev, page, offset, size, dir, attrs);
}

static void hyperv_unmap_page(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir,
				unsigned long attrs)
{
	if (!hyperv_is_private(dev))
		dma_direct_unmap_page(dev, addr, size, dir, attrs);
}

static int hyperv_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
			  enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	if (!hyperv_is_private(dev))
		return dma_direct_map_sg(dev, sgl, nents, dir, attrs);
	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = sg_phys(sg);	/* expect: coco-raw-dma-address */
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static void hyperv_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			     enum dma_data_direction dir, unsigned long attrs)
{
	if (!hyperv_is_private(dev))
		dma_direct_unmap_sg(dev, sgl, nents, dir, attrs);
}

static void *hyperv_alloc(struct device *dev, size_t size, dma_addr_t *handle,
			   gfp_t gfp, unsigned long attrs)
{
	struct page *page;

	if (!hyperv_is_private(dev))
		return dma_direct_alloc(dev, size, handle, gfp, attrs);
	page = alloc_pages(gfp | __GFP_ZERO, get_order(size));
	if (!page)
		return NULL;
	*handle = page_to_phys(page);	/* expect: coco-raw-dma-address */
	return page_address(page);
}

static void hyperv_free(struct device *dev, size_t size, void *vaddr,
			 dma_addr_t handle, unsigned long attrs)
{
	if (hyperv_is_private(dev))
		free_pages((unsigned long)vaddr, get_order(size));
	else
		dma_direct_free(dev, size, vaddr, handle, attrs);
}

static void hyperv_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
				 enum dma_data_direction dir)
{
	if (!hyperv_is_private(dev))
		swiotlb_sync_single_for_cpu(dev, dma_to_phys(dev, addr), size,
					    dir);
}

static void hyperv_sync_for_device(struct device *dev, dma_addr_t addr,
				    size_t size, enum dma_data_direction dir)
{
	if (!hyperv_is_private(dev))
		swiotlb_sync_single_for_device(dev, dma_to_phys(dev, addr),
					       size, dir);
}

static const struct dma_map_ops hyperv_dma_ops = {
	.alloc = hyperv_alloc,
	.free = hyperv_free,
	.map_page = hyperv_map_page,
	.unmap_page = hyperv_unmap_page,
	.map_sg = hyperv_map_sg,
	.unmap_sg = hyperv_unmap_sg,
	.sync_single_for_cpu = hyperv_sync_for_cpu,
	.sync_single_for_device = hyperv_sync_for_device,
};

static void hyperv_replace_dma_ops(void)
{
	if (vmbus_is_confidential())
		dma_ops = &hyperv_dma_ops;	/* expect: coco-global-dma-ops */
}

int vmbus_device_register(struct hv_device *child)
{
	int ret;

	child->device.bus = &hv_bus;
	child->device.release = vmbus_device_release;
	child->device.dma_mask = &child->dma_mask;
	dma_set_mask_and_coherent(&child->device, DMA_BIT_MASK(64));

	hyperv_replace_dma_ops();
	/* From here on a driver's probe may run. */
	ret = device_register(&child->device);
	if (ret)
		put_device(&child->device);
	return ret;
}

void vmbus_device_unregister(struct hv_device *child)
{
	device_unregister(&child->device);
}
