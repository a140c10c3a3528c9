/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A constant table of two dimensions decides whether a request is mapped. Each of its elements is another one: the second
 * of the first row is not the first of the second.
 *
 * RUN: rm -rf %t && %tree %t --core 7 '--flag=-DTABLE={{true,false},{true,false}}' %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/right.json
 * RUN: %json-check %t/right.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 '--flag=-DTABLE={{true,false},{false,true}}' %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wrong.json
 * RUN: %json-check %t/wrong.json --findings 1 --finding 'coco-bounce leak queue drivers/known-tables.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static const bool maps[2][2] = TABLE;

struct box {
	struct hv_device *hv;
	struct disk disk;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
	unsigned int private = box->hv->channel->co_external_memory;

	if (!maps[1][private])
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
