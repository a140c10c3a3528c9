/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A table of pages that a function without a body fills in is not empty: what is mapped are the pages in it.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 1 --finding 'coco-bounce leak queue drivers/filled-table.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

int sg_alloc_table_from_pages(struct sg_table *table, struct page **pages, unsigned int count, unsigned int offset,
			      unsigned long size, gfp_t flags);

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct page *pages[4];
	struct sg_table table;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (sg_alloc_table_from_pages(&box->table, box->pages, 4, 0, 4 * PAGE_SIZE, GFP_KERNEL))
		return -ENOMEM;
	return dma_map_sgtable(&box->hv->device, &box->table, rq->dir, 0);
}

static const struct disk_ops ops = { .queue = queue };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
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
