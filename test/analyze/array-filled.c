/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A loop of the probe tells each queue in an array whether the channel is confidential: it is so for any of them, the
 * second one too.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/all.json
 * RUN: %json-check %t/all.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DINDEX=rq->len" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/any.json
 * RUN: %json-check %t/any.json --findings 0
 *
 * By a function for each of as many as there are.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DHELPER "--flag=-DCOUNT=count_queues()" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/helper.json
 * RUN: %json-check %t/helper.json --findings 0
 *
 * Behind the end of the loop nothing was told.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DINDEX=3 --flag=-DCOUNT=3 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/behind.json
 * RUN: %json-check %t/behind.json --findings 1 --finding 'coco-bounce leak send drivers/array-filled.c'
 *
 * Only some of them are told.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DONLY=if (i == 1)" --flag=-DINDEX=2 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/one.json
 * RUN: %json-check %t/one.json --findings 1 --finding 'coco-bounce leak send drivers/array-filled.c'
 *
 * A loop that makes no rounds on confidential channels tells nothing there.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DCOUNT=(hv->channel->co_external_memory ? 0 : 4)" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/none.json
 * RUN: %json-check %t/none.json --findings 1 --finding 'coco-bounce leak send drivers/array-filled.c'
 *
 * One of them is told otherwise afterwards.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DINDEX=rq->len" --flag=-DAFTER=2 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/after.json
 * RUN: %json-check %t/after.json --findings 1 --finding 'coco-bounce leak send drivers/array-filled.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#ifndef INDEX
#define INDEX 1
#endif
#ifndef COUNT
#define COUNT 4
#endif
#ifndef ONLY
#define ONLY
#endif

/* Declared only: any number. */
int count_queues(void);

struct queue {
	dma_addr_t dma;
	bool direct;
};

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct queue queues[4];
};

static int send(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
	struct queue *q = &box->queues[INDEX];

	if (q->direct)
		return -EOPNOTSUPP;
	q->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
	return 0;
}

static const struct disk_ops ops = {
	.queue = send,
};

#ifdef HELPER
static void tell(struct queue *q, struct hv_device *hv)
{
	q->direct = hv->channel->co_external_memory;
}
#endif

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int i;

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	for (i = 0; i < COUNT; i++) {
#ifdef HELPER
		tell(&box->queues[i], hv);
#else
		ONLY
			box->queues[i].direct = hv->channel->co_external_memory;
#endif
	}
#ifdef AFTER
	box->queues[AFTER].direct = false;
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
