/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Each queue of a device remembers the channel's flag, which the probe writes for all of them. A request may be for any
 * queue: also for the first one, which an operation resets by its number.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/all.json
 * RUN: %json-check %t/all.json --findings 0 --site 'map private queue'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DRESET=0 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/first.json
 * RUN: %json-check %t/first.json --findings 1 --finding 'coco-bounce leak queue drivers/first-element.c'
 *
 * The other way round: any queue is reset, and requests are for the first.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DRESET=nr --flag=-DWANTED=0 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/any.json
 * RUN: %json-check %t/any.json --findings 1 --finding 'coco-bounce leak queue drivers/first-element.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DRESET=1 --flag=-DWANTED=0 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/second.json
 * RUN: %json-check %t/second.json --findings 0
 *
 * Zeroing the whole device before the queues are set up changes nothing; afterwards it does.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DZERO_BEFORE %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/before.json
 * RUN: %json-check %t/before.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DZERO_AFTER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/after.json
 * RUN: %json-check %t/after.json --findings 1 --finding 'coco-bounce leak queue drivers/first-element.c'
 *
 * A loop that gets to the first queue only leaves the others as they were.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DQUEUES=1 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/one.json
 * RUN: %json-check %t/one.json --findings 1 --finding 'coco-bounce leak queue drivers/first-element.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#ifndef QUEUES
#define QUEUES 4
#endif
#ifndef WANTED
#define WANTED (rq->len)
#endif

struct queue {
	u32 limit;
	bool in_place;
};

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct queue queues[4];
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->queues[WANTED].in_place)
		return vmbus_transfer(box->hv->channel, virt_to_phys(rq->buf), rq->len);
	rq->dma = dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(d->dma_dev, rq->dma);
}

static int reset(struct disk *d, unsigned int nr, void *arg)
{
#ifdef RESET
	struct box *box = d->private_data;

	box->queues[RESET].in_place = false;
#endif
	return 0;
}

static const struct disk_ops box_ops = {
	.queue = queue,
	.ioctl = reset,
};

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int ret, i;

	if (!box)
		return -ENOMEM;
#ifdef ZERO_BEFORE
	memset(box, 0, sizeof(*box));
#endif
	for (i = 0; i < QUEUES; i++)
		box->queues[i].in_place = hv->channel->co_external_memory;
#ifdef ZERO_AFTER
	memset(box, 0, sizeof(*box));
#endif
	box->hv = hv;
	hv_set_drvdata(hv, box);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, box);
	if (ret) {
		kfree(box);
		return ret;
	}
	box->disk.ops = &box_ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id box_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver box_drv = {
	.name = "box",
	.id_table = box_ids,
	.probe = box_probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&box_drv);
}
module_init(box_init);
