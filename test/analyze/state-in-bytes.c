/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * What a driver knows of a device lies in bytes that are of no record of its own: at the end of a record of the subsystem,
 * as with netdev_priv(), or in a page. An operation that changes it there is followed by those that read it.
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DIN_RECORD --flag=-DNOW=true %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/kept.json
 * RUN: %json-check %t/kept.json --findings 0 --site 'map private queue'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DIN_RECORD --flag=-DNOW=false %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/lost.json
 * RUN: %json-check %t/lost.json --findings 1 --finding 'coco-bounce leak queue drivers/state-in-bytes.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNOW=true %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/kept.json
 * RUN: %json-check %t/kept.json --findings 0 --site 'map private queue'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNOW=false %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/lost.json
 * RUN: %json-check %t/lost.json --findings 1 --finding 'coco-bounce leak queue drivers/state-in-bytes.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
	bool confidential;
};

#ifdef IN_RECORD
/* The record of a subsystem, with room for a driver behind it. */
struct carrier {
	unsigned long flags;
	unsigned char private[];
};

static struct box *box_alloc(void)
{
	struct carrier *carrier = kzalloc(sizeof(*carrier) + sizeof(struct box), GFP_KERNEL);

	return carrier ? (struct box *)carrier->private : NULL;
}
#else
static struct box *box_alloc(void)
{
	return (struct box *)get_zeroed_page(GFP_KERNEL);
}
#endif

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->confidential)
		return vmbus_transfer(box->hv->channel, virt_to_phys(rq->buf), rq->len);
	rq->dma = dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(d->dma_dev, rq->dma);
}

static int change(struct disk *d, unsigned int cmd, void *arg)
{
	struct box *box = d->private_data;

	box->confidential = box->confidential && NOW;
	return 0;
}

static const struct disk_ops box_ops = {
	.queue = queue,
	.ioctl = change,
};

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = box_alloc();
	int ret;

	if (!box)
		return -ENOMEM;
	box->confidential = hv->channel->co_external_memory;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, box);
	if (ret)
		return ret;
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
