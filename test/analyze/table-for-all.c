/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Tables of a driver's own type have names that other files see. Only the driver calls what they hold, through the one that
 * the probe chose: nobody else starts the function that maps.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/chosen.json
 * RUN: %json-check %t/chosen.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DWRONG_WAY %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wrong.json
 * RUN: %json-check %t/wrong.json --findings 1 --finding 'coco-bounce leak box_map drivers/table-for-all.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box;
struct box_ops {
	int (*map)(struct box *box, struct disk_request *rq);
};

struct box {
	struct hv_device *hv;
	const struct box_ops *ops;
	struct disk disk;
};

extern const struct box_ops box_mapped;
extern const struct box_ops box_kept;

static int box_map(struct box *box, struct disk_request *rq)
{
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static int box_keep(struct box *box, struct disk_request *rq)
{
	return 0;
}

const struct box_ops box_mapped = { .map = box_map };
const struct box_ops box_kept = { .map = box_keep };

static int box_queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	return box->ops->map(box, rq);
}

static const struct disk_ops ops = { .queue = box_queue };

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
#ifdef WRONG_WAY
	box->ops = hv->channel->co_external_memory ? &box_mapped : &box_kept;
#else
	box->ops = hv->channel->co_external_memory ? &box_kept : &box_mapped;
#endif
	hv_set_drvdata(hv, box);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = { .name = "box", .id_table = ids, .probe = box_probe };

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
