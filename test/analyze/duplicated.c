/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The probe fills a record on its stack and keeps a duplicate of it: what the record says of the channel, the duplicate
 * says as well.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNOT %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/leak.json
 * RUN: %json-check %t/leak.json --findings 1 --finding 'coco-bounce leak queue drivers/duplicated.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

void *kmemdup(const void *from, size_t size, gfp_t flags);

struct settings {
	bool ordinary;
};

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct settings *settings;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = container_of(d, struct box, disk);

	if (!box->settings->ordinary)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static const struct disk_ops ops = {
	.queue = queue,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	struct settings here = { };

	if (!box)
		return -ENOMEM;
#ifdef NOT
	here.ordinary = hv->channel->co_external_memory;
#else
	here.ordinary = !hv->channel->co_external_memory;
#endif
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->settings = kmemdup(&here, sizeof(here), GFP_KERNEL);
	if (!box->settings)
		return -ENOMEM;
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "settings", .id_table = ids, .probe = probe,
};

static int __init settings_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(settings_init);
