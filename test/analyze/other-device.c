/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver maps its memory for a device that is not its own: that of a member of a record of another bus. It is its
 * channel's data all the same, and that device bounces.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/leak.json
 * RUN: %json-check %t/leak.json --findings 1 --finding 'coco-bounce leak box_probe drivers/other-device.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 */
#include <linux/hyperv.h>

struct engine {
	int number;
	struct device dev;
};

/* Declared only. */
struct engine *engine_of(int number);

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct engine *engine = engine_of(1);
	void *data;

#ifdef GUARDED
	if (hv->channel->co_external_memory)
		return -EOPNOTSUPP;
#endif
	if (!engine)
		return -ENODEV;
	data = kzalloc(64, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	dma_map_single(&engine->dev, data, 64, DMA_TO_DEVICE);
	return 0;
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = { .name = "box", .id_table = ids, .probe = box_probe };

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
