/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The pool is taken from a device that does no DMA. */
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

int vmbus_device_register(struct hv_device *child)
{
	int ret;

	child->device.bus = &hv_bus;
	child->device.release = vmbus_device_release;
	child->device.dma_mask = &child->dma_mask;
	dma_set_mask_and_coherent(&child->device, DMA_BIT_MASK(64));

	device_initialize(&child->device);
	if (child->channel->co_external_memory && child->device.parent)
		child->device.parent->dma_io_tlb_mem = NULL;	/* expect: coco-ineffective-protection leak */
	/* From here on a driver's probe may run. */
	ret = device_add(&child->device);
	if (ret)
		put_device(&child->device);
	return ret;
}

void vmbus_device_unregister(struct hv_device *child)
{
	device_unregister(&child->device);
}
