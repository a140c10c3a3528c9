/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A variable that only the function of a boot option writes keeps its value: nobody is assumed to give such options. A
 * spec can switch that off; a variable that other code writes as well is open in any case.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/default.json
 * RUN: %json-check %t/default.json --findings 1 --finding 'coco-bounce leak queue_open drivers/boot-options.c' \
 * RUN:   --no-site 'leak queue_option'
 *
 * RUN: echo '{"spec_version": 1, "assumptions": [{"id": "boot-defaults", "default": false}]}' > %t/any.json
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --spec %t/any.json --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 2 --finding 'coco-bounce leak queue_open drivers/boot-options.c' \
 * RUN:   --finding 'coco-bounce leak queue_option drivers/boot-options.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct obs_kernel_param {
	const char *str;
	int (*setup_func)(char *text);
	int early;
};

static bool by_option, by_anybody;

static int set_both(char *text)
{
	by_option = text[0] == 'y';
	by_anybody = text[0] == 'y';
	return 0;
}

static struct obs_kernel_param option = { "box", set_both, 1 };


static int queue_option(struct disk *d, struct disk_request *rq)
{
	struct hv_device *hv = d->private_data;

	if (!by_option && hv->channel->co_external_memory)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&hv->device, rq->dma) ? -ENOMEM : 0;
}

static int queue_open(struct disk *d, struct disk_request *rq)
{
	struct hv_device *hv = d->private_data;

	if (!by_anybody && hv->channel->co_external_memory)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&hv->device, rq->dma) ? -ENOMEM : 0;
}

static const struct disk_ops ops = {
	.queue = queue_option,
	.queue_urgent = queue_open,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	static struct disk disk;

	by_anybody = id->driver_data;
	disk.ops = &ops;
	disk.dma_dev = &hv->device;
	disk.private_data = hv;
	return disk_register(&disk);
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
