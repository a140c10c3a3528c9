/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Resume runs on what suspend left: a flag that one saves and the other puts back is what it was.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/back.json
 * RUN: %json-check %t/back.json --findings 0
 *
 * Requests that come after resume see what suspend cleared, if nobody put it back.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DFORGOTTEN %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/forgotten.json
 * RUN: %json-check %t/forgotten.json --findings 1 --finding 'coco-bounce leak send drivers/suspended.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
	bool direct, saved;
};

static int send(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->direct)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
	return 0;
}

static const struct disk_ops ops = {
	.queue = send,
};

static int suspend(struct hv_device *hv)
{
	struct box *box = hv_get_drvdata(hv);

	box->saved = box->direct;
	box->direct = false;
	return 0;
}

static int resume(struct hv_device *hv)
{
#ifndef FORGOTTEN
	struct box *box = hv_get_drvdata(hv);

	box->direct = box->saved;
#endif
	return 0;
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	box->direct = hv->channel->co_external_memory;
	hv_set_drvdata(hv, box);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe, .suspend = suspend, .resume = resume,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
