// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A driver of a VMBus device that gate-forms.py adds to a tree: it maps its
// data for the device, without a look at whether that is confidential.
#include <linux/dma-mapping.h>
#include <linux/hyperv.h>
#include <linux/module.h>
#include <linux/slab.h>

struct demo_state {
	struct hv_device *device;
	void *data;
	dma_addr_t address;
};

static int demo_probe(struct hv_device *device, const struct hv_vmbus_device_id *id)
{
	struct demo_state *state = kzalloc(sizeof(*state), GFP_KERNEL);

	if (!state)
		return -ENOMEM;
	state->device = device;
	state->data = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!state->data) {
		kfree(state);
		return -ENOMEM;
	}
	state->address = dma_map_single(&device->device, state->data, PAGE_SIZE, DMA_TO_DEVICE);
	hv_set_drvdata(device, state);
	return 0;
}

static void demo_remove(struct hv_device *device)
{
	struct demo_state *state = hv_get_drvdata(device);

	dma_unmap_single(&device->device, state->address, PAGE_SIZE, DMA_TO_DEVICE);
	kfree(state->data);
	kfree(state);
}

static const struct hv_vmbus_device_id demo_ids[] = {
	{ HV_TS_GUID },
	{ },
};

static struct hv_driver demo_driver = {
	.name = "demo",
	.id_table = demo_ids,
	.probe = demo_probe,
	.remove = demo_remove,
};

static int __init demo_init(void)
{
	return vmbus_driver_register(&demo_driver);
}

static void __exit demo_exit(void)
{
	vmbus_driver_unregister(&demo_driver);
}

module_init(demo_init);
module_exit(demo_exit);
MODULE_LICENSE("GPL");
