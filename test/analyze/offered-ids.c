/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The bus lets only some kinds of devices into a confidential guest. A driver that is for others only may map what it
 * likes: its ids are looked up where the bus looks them up.
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DFIRST=HV_KBD_GUID %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/refused.json
 * RUN: %json-check %t/refused.json --findings 0
 *
 * The same driver for a kind that is let in:
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DFIRST=HV_SCSI_GUID %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/offered.json
 * RUN: %json-check %t/offered.json --findings 1 --finding 'coco-bounce leak queue drivers/offered-ids.c'
 *
 * Or for both kinds, whatever the order:
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DFIRST=HV_KBD_GUID --flag=-DSECOND=HV_NIC_GUID %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/both.json
 * RUN: %json-check %t/both.json --findings 1 --finding 'coco-bounce leak queue drivers/offered-ids.c'
 *
 * Code to which only the data of the refused id leads is for that one alone.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DFIRST=HV_KBD_GUID --flag=-DSECOND=HV_NIC_GUID --flag=-DBY_DATA %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/data.json
 * RUN: %json-check %t/data.json --findings 0
 *
 * A driver without ids may be bound to any device.
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/any.json
 * RUN: %json-check %t/any.json --findings 1 --finding 'coco-bounce leak queue drivers/offered-ids.c'
 *
 * So may one that hands its devices to user space, whatever ids it has.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DFIRST=HV_KBD_GUID --flag=-DUIO %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/uio.json
 * RUN: %json-check %t/uio.json --findings 1 --finding 'coco-bounce leak queue drivers/offered-ids.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#ifdef UIO
struct uio_info {
	const char *name;
};
#endif

struct box {
	struct hv_device *hv;
	struct disk disk;
#ifdef UIO
	struct uio_info info;
#endif
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static const struct disk_ops ops = {
	.queue = queue,
};

#ifdef BY_DATA
static const struct disk_ops no_ops = {};
#endif

struct service {
	const struct disk_ops *ops;
};

static const struct service first = { .ops = &ops };
#ifdef SECOND
static const struct service second = {
#ifdef BY_DATA
	.ops = &no_ops,
#else
	.ops = &ops,
#endif
};
#endif

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
#ifdef UIO
	box->info.name = "box";
#endif
#ifdef FIRST
	box->disk.ops = ((const struct service *)id->driver_data)->ops;
#else
	box->disk.ops = first.ops;
#endif
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

#ifdef FIRST
static const struct hv_vmbus_device_id ids[] = {
	{ FIRST, .driver_data = (unsigned long)&first },
#ifdef SECOND
	{ SECOND, .driver_data = (unsigned long)&second },
#endif
	{},
};
#endif

static struct hv_driver driver = {
	.name = "box",
#ifdef FIRST
	.id_table = ids,
#endif
	.probe = probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
