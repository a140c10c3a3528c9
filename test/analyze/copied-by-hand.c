/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Private data gets into host-visible memory without memcpy(): a record is assigned, or a loop takes its elements over.
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DRECORD %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/record.json
 * RUN: %json-check %t/record.json --finding 'coco-copy-to-shared leak queue drivers/copied-by-hand.c'
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DELEMENTS %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/elements.json
 * RUN: %json-check %t/elements.json --finding 'coco-copy-to-shared leak queue drivers/copied-by-hand.c'
 *
 * What the driver puts together in a variable of its own, to tell the host, is no data of others. That the memory is
 * shared at all is what is left:
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/told.json
 * RUN: %json-check %t/told.json --findings 1 --finding 'coco-shared-buffer leak queue drivers/copied-by-hand.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct dma_pool;
struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align, size_t boundary);
void *dma_pool_alloc(struct dma_pool *pool, gfp_t flags, dma_addr_t *handle);
void dma_pool_free(struct dma_pool *pool, void *memory, dma_addr_t handle);

struct block {
	u64 words[8];
};

struct box {
	struct hv_device *hv;
	struct dma_pool *pool;
	struct disk disk;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
	const struct block *data = rq->buf;
	struct block told = { .words = { 1, 2 } };
	struct block *shared;
	dma_addr_t handle;

	shared = dma_pool_alloc(box->pool, GFP_KERNEL, &handle);
	if (!shared)
		return -ENOMEM;
	told.words[2] = rq->len;
#if defined(RECORD)
	*shared = *data;
#elif defined(ELEMENTS)
	for (u32 i = 0; i < 8; i++)
		shared->words[i] = data->words[i];
#else
	*shared = told;
	shared->words[3] = data != NULL;
#endif
	dma_pool_free(box->pool, shared, handle);
	return 0;
}

static const struct disk_ops ops = {
	.queue = queue,
};
static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->pool = dma_pool_create("box", &hv->device, 512, 8, 0);
	if (!box->pool)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, {} };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);
