/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The mapping is made for channels that are not confidential only. Its end comes later, in another operation: there it
 * must ask the same, or what the mapping left behind. Asking for the direction of the request is not enough, and the reverse is wrong.
 * An unmapping is no site of the ledger: it copies back to private memory at most.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/same.json
 * RUN: %json-check %t/same.json --findings 0 --site 'map queue' --no-site 'map end'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DBY_NOTE %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/note.json
 * RUN: %json-check %t/note.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DBY_DIRECTION %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/direction.json
 * RUN: %json-check %t/direction.json --findings 1 \
 * RUN:   --finding 'coco-unbalanced-map private end drivers/unbalanced.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DREVERSED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/never.json
 * RUN: %json-check %t/never.json --findings 1 \
 * RUN:   --finding 'coco-unbalanced-map private end drivers/unbalanced.c'
 *
 * A mapping that no execution reaches may be the one that the unmapping belongs to: that is said, and what is left to say
 * is that nothing ends the mapping which is reached.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DREVERSED --flag=-DELSEWHERE %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/elsewhere.json
 * RUN: %json-check %t/elsewhere.json --findings 1 --finding 'coco-unbalanced-map private queue' \
 * RUN:   --skipped 'not-executed .*box_queue_later'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
	struct vmbus_channel *ch = box->hv->channel;
	u64 id = (unsigned long)rq;

	rq->driver_priv = NULL;
	if (ch->co_external_memory)
		return vmbus_send_gpa(ch, virt_to_phys(rq->buf), rq->len, id);
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	if (dma_mapping_error(&box->hv->device, rq->dma))
		return -ENOMEM;
	rq->driver_priv = box;
	return vmbus_send_gpa(ch, rq->dma, rq->len, id);
}

static void end(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

#if defined(BY_NOTE)
	if (rq->driver_priv)
#elif defined(BY_DIRECTION)
	if (rq->dir == DMA_FROM_DEVICE)
#elif defined(REVERSED)
	if (box->hv->channel->co_external_memory)
#else
	if (!box->hv->channel->co_external_memory)
#endif
		dma_unmap_single(&box->hv->device, rq->dma, rq->len, rq->dir);
}

#ifdef ELSEWHERE
void box_queue_later(struct box *box, struct disk_request *rq);

void box_queue_later(struct box *box, struct disk_request *rq)
{
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
}
#endif

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
