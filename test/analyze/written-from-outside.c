/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Whoever may write to a file of debugfs changes what lies behind it, whatever the probe said.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/writable.json
 * RUN: %json-check %t/writable.json --findings 1 --finding 'coco-bounce leak queue drivers/written-from-outside.c'
 *
 * A file that nobody may write to changes nothing.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DMODE=0400" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/readable.json
 * RUN: %json-check %t/readable.json --findings 0
 *
 * Nor does one of another member.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DSHOWN=other" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/other.json
 * RUN: %json-check %t/other.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#ifndef MODE
#define MODE 0600
#endif
#ifndef SHOWN
#define SHOWN direct
#endif

void debugfs_create_bool(const char *name, unsigned short mode, void *parent, bool *value);

struct box {
	struct hv_device *hv;
	struct disk disk;
	bool direct;
	bool other;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->direct)
		return 0;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma);
}

static const struct disk_ops ops = { .queue = queue };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	box->direct = hv->channel->co_external_memory;
	debugfs_create_bool("shown", MODE, NULL, &box->SHOWN);
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
