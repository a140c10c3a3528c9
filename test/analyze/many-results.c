/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A function that returns an object, or what one of many others returned: which object it is stays known, and so what
 * its caller writes to it.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/leak.json
 * RUN: %json-check %t/leak.json --findings 1 --finding 'coco-bounce leak send drivers/many-results.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 */
#include <linux/hyperv.h>

struct box {
	struct hv_device *hv;
	bool ordinary;
};

int version_of(struct hv_device *hv);
int pages_of(struct hv_device *hv);
int queues_of(struct hv_device *hv);
int lanes_of(struct hv_device *hv);
int ports_of(struct hv_device *hv);
int rooms_of(struct hv_device *hv);
int units_of(struct hv_device *hv);

static void *make(struct hv_device *hv, int kind)
{
	struct box *box;

	switch (kind) {
	case 1:
		return (void *)(long)version_of(hv);
	case 2:
		return (void *)(long)pages_of(hv);
	case 3:
		return (void *)(long)queues_of(hv);
	case 4:
		return (void *)(long)lanes_of(hv);
	case 5:
		return (void *)(long)ports_of(hv);
	case 6:
		return (void *)(long)rooms_of(hv);
	case 7:
		return (void *)(long)units_of(hv);
	}
	box = kzalloc(sizeof(*box), GFP_KERNEL);
	if (!box)
		return ERR_PTR(-ENOMEM);
	box->hv = hv;
	return box;
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = make(hv, id->driver_data);

	if (IS_ERR(box))
		return PTR_ERR(box);
	box->ordinary = true;
#ifdef GUARDED
	box->ordinary = !hv->channel->co_external_memory;
#endif
	hv_set_drvdata(hv, box);
	return 0;
}

static int send(struct hv_device *hv)
{
	struct box *box = hv_get_drvdata(hv);

	if (box->ordinary)
		dma_map_single(&box->hv->device, box, 64, DMA_TO_DEVICE);
	return 0;
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe, .resume = send,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);
