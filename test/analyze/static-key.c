/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A branch behind a static key goes where the code that ran before turned it.
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DTURN=static_key_enable %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/on.json
 * RUN: %json-check %t/on.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DTURN=static_key_disable %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/off.json
 * RUN: %json-check %t/off.json --findings 1 --finding 'coco-bounce leak queue drivers/static-key.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct static_key {
	int enabled;
};

void static_key_enable(struct static_key *key);
void static_key_disable(struct static_key *key);

static struct static_key private_key;

static inline bool is_private(void)
{
	asm goto("" : : "i"(&private_key), "i"(false) : : on);
	return false;
on:
	return true;
}

struct box {
	struct hv_device *hv;
	struct disk disk;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->hv->channel->co_external_memory)
		TURN(&private_key);
	if (is_private())
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static const struct disk_ops ops = {
	.queue = queue,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, {} };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
