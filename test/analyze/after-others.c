/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A worker sends what a request left for it. After the probe there is nothing to send: what it maps is reached only once
 * the request has run.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/pointer.json
 * RUN: %json-check %t/pointer.json --findings 1 --finding 'coco-bounce leak flush drivers/after-others.c'
 *
 * What was left may be a place in an array.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DSLOTS %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/slots.json
 * RUN: %json-check %t/slots.json --findings 1 --finding 'coco-bounce leak flush drivers/after-others.c'
 *
 * The worker may have taken it before the request is over.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DAT_ONCE %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/at-once.json
 * RUN: %json-check %t/at-once.json --findings 1 --finding 'coco-bounce leak flush drivers/after-others.c'
 *
 * What it leaves may be a count, which is read as something that changes at any time.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DCOUNTED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/counted.json
 * RUN: %json-check %t/counted.json --findings 1 --finding 'coco-bounce leak flush drivers/after-others.c'
 *
 * A request that leaves something on ordinary channels only leaves the worker nothing on others.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/guarded.json
 * RUN: %json-check %t/guarded.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/workqueue.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct work_struct work;
#ifdef SLOTS
	void *waiting[4];
#else
	void *waiting;
#endif
	dma_addr_t dma;
	int users;
};

#ifdef SLOTS
#define WAITING(box) (box)->waiting[1]
#else
#define WAITING(box) (box)->waiting
#endif

static void flush(struct work_struct *work)
{
	struct box *box = container_of(work, struct box, work);

#ifdef COUNTED
	if (!*(const volatile int *)&box->users)
		return;
#else
	if (!WAITING(box))
		return;
#endif
	box->dma = dma_map_single(&box->hv->device, WAITING(box), 64, DMA_TO_DEVICE);
	WAITING(box) = NULL;
}

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

#ifdef GUARDED
	if (box->hv->channel->co_external_memory)
		return -EOPNOTSUPP;
#endif
#ifdef COUNTED
	asm volatile("lock incl %0" : "+m"(box->users) : : "memory");
#else
	WAITING(box) = rq->buf;
#endif
#ifdef AT_ONCE
	schedule_work(&box->work);
#endif
	return 0;
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
	INIT_WORK(&box->work, flush);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	schedule_work(&box->work);
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
