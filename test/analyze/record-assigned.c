/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A device with much state keeps the channel's flag beside another setting. An operation that changes that setting
 * assigns the whole record: what it does not name becomes zero, and the flag is lost.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/lost.json
 * RUN: %json-check %t/lost.json --findings 1 --finding 'coco-bounce leak queue drivers/record-assigned.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DKEEPS %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/kept.json
 * RUN: %json-check %t/kept.json --findings 0 --site 'map private queue'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct settings {
	u32 limit;
	bool in_place;
};

struct box {
	struct hv_device *hv;
	struct disk disk;
	u32 history[96];
	struct settings settings;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->settings.in_place)
		return vmbus_transfer(box->hv->channel, virt_to_phys(rq->buf), rq->len);
	rq->dma = dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(d->dma_dev, rq->dma);
}

static int set_limit(struct disk *d, unsigned int limit, void *arg)
{
	struct box *box = d->private_data;

	box->settings = (struct settings) {
		.limit = limit,
#ifdef KEEPS
		.in_place = box->settings.in_place,
#endif
	};
	return 0;
}

static const struct disk_ops box_ops = {
	.queue = queue,
	.ioctl = set_limit,
};

/* So many cells are no longer copied one by one. */
#define FOUR(first) \
	box->history[first] = first; box->history[first + 1] = 1; box->history[first + 2] = 2; box->history[first + 3] = 3
#define SIXTEEN(first) FOUR(first); FOUR(first + 4); FOUR(first + 8); FOUR(first + 12)

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int ret;

	if (!box)
		return -ENOMEM;
	SIXTEEN(0);
	SIXTEEN(16);
	SIXTEEN(32);
	SIXTEEN(48);
	SIXTEEN(64);
	SIXTEEN(80);
	box->hv = hv;
	box->settings.in_place = hv->channel->co_external_memory;
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
