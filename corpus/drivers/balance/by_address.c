/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The end of a mapping is decided by the address that was kept. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct bya {
	struct hv_device *hv;
	struct disk disk;
};

static int bya_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct bya *bya = d->private_data;
	struct vmbus_channel *ch = bya->hv->channel;
	struct device *dev = &bya->hv->device;
	u64 gpa = virt_to_phys(rq->buf);
	int ret;

	rq->dma = DMA_MAPPING_ERROR;
	if (!ch->co_external_memory) {
		rq->dma = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
		if (dma_mapping_error(dev, rq->dma))
			return -ENOMEM;
		gpa = rq->dma;
	}
	ret = vmbus_transfer(ch, gpa, rq->len);
	if (rq->dma)
		dma_unmap_single(dev, rq->dma, rq->len, rq->dir);	/* expect: coco-unbalanced-map private|shared-by-design (path) */
	return ret;
}

static int bya_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct bya *bya = d->private_data;
	struct vmbus_channel *ch = bya->hv->channel;
	struct device *dev = &bya->hv->device;
	u64 gpa = virt_to_phys(rq->buf);
	int ret;

	rq->dma = DMA_MAPPING_ERROR;
	if (!ch->co_external_memory) {
		rq->dma = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
		if (dma_mapping_error(dev, rq->dma))
			return -ENOMEM;
		gpa = rq->dma;
	}
	ret = vmbus_transfer(ch, gpa, rq->len);
	if (rq->dma != DMA_MAPPING_ERROR)
		dma_unmap_single(dev, rq->dma, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops bya_ops = {
	.queue = bya_queue_Bad,
	.queue_urgent = bya_queue_Ok,
};

static int bya_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct bya *bya = kzalloc(sizeof(*bya), GFP_KERNEL);
	int ret;

	if (!bya)
		return -ENOMEM;
	bya->hv = hv;
	hv_set_drvdata(hv, bya);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, bya);
	if (ret) {
		kfree(bya);
		return ret;
	}
	bya->disk.ops = &bya_ops;
	bya->disk.dma_dev = &hv->device;
	bya->disk.private_data = bya;
	return disk_register(&bya->disk);
}

static void bya_remove(struct hv_device *hv)
{
	struct bya *bya = hv_get_drvdata(hv);

	disk_unregister(&bya->disk);
	vmbus_close(hv->channel);
	kfree(bya);
}

static const struct hv_vmbus_device_id bya_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver bya_drv = {
	.name = "bya",
	.id_table = bya_ids,
	.probe = bya_probe,
	.remove = bya_remove,
};

static int __init bya_init(void)
{
	return vmbus_driver_register(&bya_drv);
}
module_init(bya_init);
