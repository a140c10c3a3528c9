/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A constant array of functions, of which the flag of the channel picks one.
 *
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DFUNCTIONS=bounced, direct" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/right.json
 * RUN: %json-check %t/right.json --findings 0
 *
 * The wrong way round.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DFUNCTIONS=direct, bounced" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wrong.json
 * RUN: %json-check %t/wrong.json --findings 1 --finding 'coco-bounce leak bounced drivers/function-array.c'
 *
 * Both are the same.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DFUNCTIONS=bounced, bounced" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/both.json
 * RUN: %json-check %t/both.json --findings 1 --finding 'coco-bounce leak bounced drivers/function-array.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static int direct(struct hv_device *hv, struct disk_request *rq)
{
	return -EOPNOTSUPP;
}

static int bounced(struct hv_device *hv, struct disk_request *rq)
{
	rq->dma = dma_map_single(&hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
	return 0;
}

/* Where the other one is kept alive as well. */
static int (*const map[])(struct hv_device *hv, struct disk_request *rq) = { FUNCTIONS };
static int (*const unused)(struct hv_device *hv, struct disk_request *rq) __attribute__((used)) = direct;

static int queue(struct disk *d, struct disk_request *rq)
{
	struct hv_device *hv = d->private_data;

	return map[hv->channel->co_external_memory](hv, rq);
}

static const struct disk_ops ops = {
	.queue = queue,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return -ENOMEM;
	disk->ops = &ops;
	disk->dma_dev = &hv->device;
	disk->private_data = hv;
	return disk_register(disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "picks", .id_table = ids, .probe = probe,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);
