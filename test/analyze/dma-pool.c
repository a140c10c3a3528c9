/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The code of DMA pools is not in the database: what they hand out is coherent memory of the pool's device, which is
 * host-visible. Private data is copied to it.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/copied.json
 * RUN: %json-check %t/copied.json --finding 'coco-copy-to-shared leak queue drivers/dma-pool.c'
 *
 * A driver that keeps confidential devices away from its pool:
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/guarded.json
 * RUN: %json-check %t/guarded.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct dma_pool;
struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align, size_t boundary);
void *dma_pool_alloc(struct dma_pool *pool, gfp_t flags, dma_addr_t *handle);
void dma_pool_free(struct dma_pool *pool, void *memory, dma_addr_t handle);

struct box {
	struct hv_device *hv;
	struct dma_pool *pool;
	struct disk disk;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;
	dma_addr_t handle;
	void *memory;

#ifdef GUARDED
	if (box->hv->channel->co_external_memory)
		return -EOPNOTSUPP;
#endif
	memory = dma_pool_alloc(box->pool, GFP_KERNEL, &handle);
	if (!memory)
		return -ENOMEM;
	memcpy(memory, rq->buf, rq->len);
	dma_pool_free(box->pool, memory, handle);
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
