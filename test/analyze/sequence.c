/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The probe copies the channel's flag, and requests look at the copy. That is right for as long as no other operation
 * changes it: one that resumes the device and forgets the copy makes the next request bounce.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/same.json
 * RUN: %json-check %t/same.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DRESET=false %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/lost.json
 * RUN: %json-check %t/lost.json --findings 1 --finding 'coco-bounce leak queue drivers/sequence.c'
 *
 * A number that says what the channel's flag says is such a copy as well, and so are bits of it.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DMODE --flag=-DRESET=false %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/mode.json
 * RUN: %json-check %t/mode.json --findings 1 --finding 'coco-bounce leak queue drivers/sequence.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DMODE %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/mode-same.json
 * RUN: %json-check %t/mode-same.json --findings 0
 *
 * What comes last is followed by nothing: a removal may forget what it likes.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DRESET=false --flag=-DON_REMOVE %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/last.json
 * RUN: %json-check %t/last.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
#ifdef MODE
	u32 private_data;
#else
	bool private_data;
#endif
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->private_data)
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
	box->private_data = hv->channel->co_external_memory;
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

#ifndef RESET
#define RESET hv->channel->co_external_memory
#endif

#ifdef ON_REMOVE
static void reset(struct hv_device *hv)
#else
static int reset(struct hv_device *hv)
#endif
{
	struct box *box = hv_get_drvdata(hv);

	box->private_data = RESET;
#ifndef ON_REMOVE
	return 0;
#endif
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
#ifdef ON_REMOVE
	.remove = reset,
#else
	.resume = reset,
#endif
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
