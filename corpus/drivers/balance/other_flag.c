/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Mapping and end of it ask different flags. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct oth {
	struct hv_device *hv;
	struct disk disk;
};

static int oth_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct oth *oth = d->private_data;
	struct vmbus_channel *ch = oth->hv->channel;
	struct device *dev = &oth->hv->device;
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
	if (!ch->co_ring_buffer)
		dma_unmap_single(dev, rq->dma, rq->len, rq->dir);	/* expect: coco-unbalanced-map private|shared-by-design (path) */
	return ret;
}

static int oth_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct oth *oth = d->private_data;
	struct vmbus_channel *ch = oth->hv->channel;
	struct device *dev = &oth->hv->device;
	u64 gpa = virt_to_phys(rq->buf);
	int ret;

	rq->dma = DMA_MAPPING_ERROR;
	if (!ch->co_ring_buffer) {
		rq->dma = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
		if (dma_mapping_error(dev, rq->dma))
			return -ENOMEM;
		gpa = rq->dma;
	}
	ret = vmbus_transfer(ch, gpa, rq->len);
	if (!ch->co_ring_buffer)
		dma_unmap_single(dev, rq->dma, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops oth_ops = {
	.queue = oth_queue_Bad,
	.queue_urgent = oth_queue_Ok,
};

static int oth_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct oth *oth = kzalloc(sizeof(*oth), GFP_KERNEL);
	int ret;

	if (!oth)
		return -ENOMEM;
	oth->hv = hv;
	hv_set_drvdata(hv, oth);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, oth);
	if (ret) {
		kfree(oth);
		return ret;
	}
	oth->disk.ops = &oth_ops;
	oth->disk.dma_dev = &hv->device;
	oth->disk.private_data = oth;
	return disk_register(&oth->disk);
}

static void oth_remove(struct hv_device *hv)
{
	struct oth *oth = hv_get_drvdata(hv);

	disk_unregister(&oth->disk);
	vmbus_close(hv->channel);
	kfree(oth);
}

static const struct hv_vmbus_device_id oth_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver oth_drv = {
	.name = "oth",
	.id_table = oth_ids,
	.probe = oth_probe,
	.remove = oth_remove,
};

static int __init oth_init(void)
{
	return vmbus_driver_register(&oth_drv);
}
module_init(oth_init);
