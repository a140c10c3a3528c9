/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A call whose target is patched into the code: it goes to the function that the definition names.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/plain.json
 * RUN: %json-check %t/plain.json --findings 1 --finding 'coco-bounce leak map_plain drivers/static-call.c'
 *
 * Or to the one that the probe of confidential channels gives it.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DUPDATED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/updated.json
 * RUN: %json-check %t/updated.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct static_call_key {
	void *func;
};

#define DEFINE_STATIC_CALL(name, function)                                                                             \
	extern struct static_call_key __SCK__##name;                                                                   \
	extern __typeof__(function) __SCT__##name;                                                                     \
	struct static_call_key __SCK__##name = { .func = function }

#define static_call(name) (&__SCT__##name)
#define static_call_update(name, function) __static_call_update(&__SCK__##name, &__SCT__##name, function)

void __static_call_update(struct static_call_key *key, void *trampoline, void *function);

struct box {
	struct hv_device *hv;
	struct disk disk;
};

static dma_addr_t map_plain(struct box *box, struct disk_request *rq)
{
	return dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
}

static dma_addr_t map_none(struct box *box, struct disk_request *rq)
{
	return DMA_MAPPING_ERROR;
}

DEFINE_STATIC_CALL(box_map, map_plain);

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	rq->dma = static_call(box_map)(box, rq);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static const struct disk_ops ops = { .queue = queue };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
#ifdef UPDATED
	if (hv->channel->co_external_memory)
		static_call_update(box_map, map_none);
#endif
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
