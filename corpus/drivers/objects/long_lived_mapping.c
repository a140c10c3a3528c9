/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A buffer is mapped once, when the device is opened, and synced for each request. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct syn {
	struct hv_device *hv;
	struct disk disk;
	void *staging;
	dma_addr_t dma;
};

static int syn_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct syn *syn = d->private_data;
	struct vmbus_channel *ch = syn->hv->channel;
	struct device *dev = &syn->hv->device;

	memcpy(syn->staging, rq->buf, min_t(u32, rq->len, PAGE_SIZE));
	dma_sync_single_for_device(dev, syn->dma, rq->len, DMA_TO_DEVICE);	/* expect: coco-bounce leak */
	return vmbus_transfer(ch, syn->dma, rq->len);
}

static int syn_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct syn *syn = d->private_data;
	struct vmbus_channel *ch = syn->hv->channel;
	struct device *dev = &syn->hv->device;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	memcpy(syn->staging, rq->buf, min_t(u32, rq->len, PAGE_SIZE));
	dma_sync_single_for_device(dev, syn->dma, rq->len, DMA_TO_DEVICE);	/* expect: private|shared-by-design (guard) */
	return vmbus_transfer(ch, syn->dma, rq->len);
}

static const struct disk_ops syn_ops = {
	.queue = syn_queue_Bad,
	.queue_urgent = syn_queue_Ok,
};

static int syn_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct syn *syn = kzalloc(sizeof(*syn), GFP_KERNEL);
	int ret;

	if (!syn)
		return -ENOMEM;
	syn->hv = hv;
	hv_set_drvdata(hv, syn);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, syn);
	if (ret) {
		kfree(syn);
		return ret;
	}
	syn->staging = (void *)get_zeroed_page(GFP_KERNEL);
	if (!syn->staging)
		return -ENOMEM;
	syn->dma = dma_map_single(&hv->device, syn->staging, PAGE_SIZE,	/* expect: any */
				  DMA_TO_DEVICE);
	if (dma_mapping_error(&hv->device, syn->dma))
		return -EIO;
	syn->disk.ops = &syn_ops;
	syn->disk.dma_dev = &hv->device;
	syn->disk.private_data = syn;
	return disk_register(&syn->disk);
}

static void syn_remove(struct hv_device *hv)
{
	struct syn *syn = hv_get_drvdata(hv);

	disk_unregister(&syn->disk);
	dma_unmap_single(&hv->device, syn->dma, PAGE_SIZE, DMA_TO_DEVICE);
	free_page((unsigned long)syn->staging);
	vmbus_close(hv->channel);
	kfree(syn);
}

static const struct hv_vmbus_device_id syn_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver syn_drv = {
	.name = "syn",
	.id_table = syn_ids,
	.probe = syn_probe,
	.remove = syn_remove,
};

static int __init syn_init(void)
{
	return vmbus_driver_register(&syn_drv);
}
module_init(syn_init);
