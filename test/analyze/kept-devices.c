/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver keeps one of its devices in a variable, and only ordinary ones: whichever is found there is one.
 *
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DIF=if (!hv->channel->co_external_memory)" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/ordinary.json
 * RUN: %json-check %t/ordinary.json --findings 0
 *
 * One that keeps confidential ones, or any.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DIF=if (hv->channel->co_external_memory)" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/private.json
 * RUN: %json-check %t/private.json --findings 1 --finding 'coco-bounce leak send drivers/kept-devices.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DIF= %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/any.json
 * RUN: %json-check %t/any.json --findings 1 --finding 'coco-bounce leak send drivers/kept-devices.c'
 *
 * Somebody else writes the variable as well.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DCHANGED "--flag=-DIF=if (!hv->channel->co_external_memory)" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/changed.json
 * RUN: %json-check %t/changed.json --findings 1 --finding 'coco-bounce leak send drivers/kept-devices.c'
 *
 * The same with a list.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DLIST "--flag=-DIF=if (!hv->channel->co_external_memory)" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/list.json
 * RUN: %json-check %t/list.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DLIST "--flag=-DIF=if (hv->channel->co_external_memory)" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/private-list.json
 * RUN: %json-check %t/private-list.json --findings 1 --finding 'coco-bounce leak send drivers/kept-devices.c'
 */
#include <linux/hyperv.h>
#include <linux/list.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct list_head node;
};

#ifdef LIST
static struct list_head boxes = LIST_HEAD_INIT(boxes);
#else
static struct box *kept;
#endif

static int send(struct disk *d, struct disk_request *rq)
{
	struct box *box;

#ifdef LIST
	list_for_each_entry(box, &boxes, node)
		rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
#else
	box = kept;
	if (!box)
		return -ENODEV;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
#endif
	return 0;
}

#ifdef CHANGED
static int take_over(struct disk *d, struct disk_request *rq)
{
	kept = d->private_data;
	return 0;
}
#endif

static const struct disk_ops ops = {
	.queue = send,
#ifdef CHANGED
	.queue_urgent = take_over,
#endif
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	IF
#ifdef LIST
		list_add_tail(&box->node, &boxes);
#else
		kept = box;
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
