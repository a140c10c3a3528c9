/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A local variable that a loop sets holds one of the values that it sets: where nothing tells that the loop ran at all,
 * the variable holds no other value either.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/right.json
 * RUN: %json-check %t/right.json --findings 0 --site 'map queue'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DREVERSED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/reversed.json
 * RUN: %json-check %t/reversed.json --findings 1 --finding 'coco-bounce leak queue drivers/set-in-loop.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

enum way { DIRECT = 3, MAPPED = 5 };

struct box {
	struct hv_device *hv;
	struct disk disk;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
	struct vmbus_channel *ch = box->hv->channel;
	u64 id = (unsigned long)rq;
	unsigned int i, count = rq->len / PAGE_SIZE;
	enum way way;

	for (i = 0; i < count; i++)
#ifdef REVERSED
		way = ch->co_external_memory ? MAPPED : DIRECT;
#else
		way = ch->co_external_memory ? DIRECT : MAPPED;
#endif
	if (way == DIRECT)
		return vmbus_send_gpa(ch, virt_to_phys(rq->buf), rq->len, id);
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	if (dma_mapping_error(&box->hv->device, rq->dma))
		return -ENOMEM;
	return vmbus_send_gpa(ch, rq->dma, rq->len, id);
}

static void end(struct disk *d, struct disk_request *rq)
{
}

static const struct disk_ops ops = {
	.queue = queue,
	.complete = end,
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

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
