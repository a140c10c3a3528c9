/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A request sets up a timer, and somebody outside starts it: its function runs on what the request left.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/late.json
 * RUN: %json-check %t/late.json --findings 1 --finding 'coco-bounce leak flush drivers/set-up-later.c'
 *
 * A request that tells the timer's record which channels are confidential.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DTOLD %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/told.json
 * RUN: %json-check %t/told.json --findings 0
 *
 * A request that starts it on ordinary channels only.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DORDINARY %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/ordinary.json
 * RUN: %json-check %t/ordinary.json --findings 0
 *
 * The record is memory of the request's own; other requests find it, and count what it has to send.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DOWN %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/own.json
 * RUN: %json-check %t/own.json --findings 1 --finding 'coco-bounce leak flush drivers/set-up-later.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DOWN --flag=-DTOLD %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/own-told.json
 * RUN: %json-check %t/own-told.json --findings 0
 *
 * Of many queues the first has the device's own channel. The timer of another one asks the channel of its queue.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DQUEUES %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/queues.json
 * RUN: %json-check %t/queues.json --findings 1 --finding 'coco-bounce leak flush drivers/set-up-later.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

/* Somebody outside calls the function, with the timer. */
struct timer {
	void *list;
};
void timer_prepare(struct timer *timer, void (*function)(struct timer *timer));
void timer_start(struct timer *timer);

struct queue {
	struct hv_device *hv;
	struct vmbus_channel *channel;
	struct timer timer;
	void *buf;
	u32 length;
	bool direct;
	dma_addr_t dma;
};

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct queue queues[4];
};

static void flush(struct timer *timer)
{
	struct queue *q = container_of(timer, struct queue, timer);

#ifdef OWN
	if (!q->length)
		return;
#endif
#ifdef QUEUES
	if (q->channel->co_external_memory)
		return;
#endif
	if (q->direct)
		return;
	q->dma = dma_map_single(&q->hv->device, q->buf, 64, DMA_TO_DEVICE);
}

static void set_up(struct queue *q, struct hv_device *hv, struct vmbus_channel *channel)
{
	q->hv = hv;
	q->channel = channel;
	timer_prepare(&q->timer, flush);
#ifdef TOLD
	q->direct = hv->channel->co_external_memory;
#endif
#ifdef ORDINARY
	if (!hv->channel->co_external_memory)
#endif
		timer_start(&q->timer);
}

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
#ifdef OWN
	struct queue *q = kzalloc(sizeof(*q), GFP_KERNEL);

	if (!q)
		return -ENOMEM;
	rq->driver_priv = q;
#else
	struct queue *q = &box->queues[0];
#endif
#ifndef QUEUES
	q->buf = rq->buf;
	set_up(q, box->hv, box->hv->channel);
#endif
	return 0;
}

static int add(struct disk *d, struct disk_request *rq)
{
	struct queue *q = rq->driver_priv;

	q->length += rq->len;
	return 0;
}

static const struct disk_ops ops = {
	.queue = queue,
	.queue_urgent = add,
};

#ifdef QUEUES
/* Declared only: any number. */
int next_queue(void);

static void created(struct vmbus_channel *sub)
{
	struct box *box = hv_get_drvdata(sub->primary_channel->device_obj);

	set_up(&box->queues[next_queue()], box->hv, sub);
}
#endif

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
#ifdef QUEUES
	set_up(&box->queues[0], hv, hv->channel);
	vmbus_set_sc_create_callback(hv->channel, created);
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
