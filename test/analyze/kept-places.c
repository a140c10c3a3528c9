/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A request carries the address of a queue, which is a part of the driver's record: its flag is the one that the probe
 * set, whatever operation stored the address.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/asked.json
 * RUN: %json-check %t/asked.json --findings 0
 *
 * The flag of another queue tells nothing.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DOTHER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/other.json
 * RUN: %json-check %t/other.json --findings 1 --finding 'coco-bounce leak send drivers/kept-places.c'
 *
 * One of several queues in an array, all of which the probe told.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DARRAY %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/array.json
 * RUN: %json-check %t/array.json --findings 0
 *
 * Where an operation stores either of two queues, nobody knows which it is.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DEITHER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/either.json
 * RUN: %json-check %t/either.json --findings 1 --finding 'coco-bounce leak send drivers/kept-places.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box;

struct queue {
	struct box *box;
	bool direct;
};

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct queue slow, fast, many[4];
};

static int send(struct disk *d, struct disk_request *rq)
{
	struct queue *q = rq->driver_priv;

	if (q->direct)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&q->box->hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
	return 0;
}

static int prepare(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

#if defined(ARRAY)
	rq->driver_priv = &box->many[rq->len];
#elif defined(OTHER)
	rq->driver_priv = &box->slow;
#elif defined(EITHER)
	rq->driver_priv = rq->len ? &box->fast : &box->slow;
#else
	rq->driver_priv = &box->fast;
#endif
	return 0;
}

static const struct disk_ops ops = {
	.queue = send,
	.queue_urgent = prepare,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int i;

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->slow.box = box->fast.box = box;
	box->fast.direct = hv->channel->co_external_memory;
	for (i = 0; i < 4; i++) {
		box->many[i].box = box;
		box->many[i].direct = hv->channel->co_external_memory;
	}
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
