/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The mapping is guarded and its end is not. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct uma {
	struct hv_device *hv;
	struct disk disk;
};

static int uma_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct uma *uma = d->private_data;
	struct vmbus_channel *ch = uma->hv->channel;
	struct device *dev = &uma->hv->device;
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
	if (rq->len)
		dma_unmap_single(dev, rq->dma, rq->len, rq->dir);	/* expect: coco-unbalanced-map private|shared-by-design (path) */
	return ret;
}

static int uma_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct uma *uma = d->private_data;
	struct vmbus_channel *ch = uma->hv->channel;
	struct device *dev = &uma->hv->device;
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
	if (!ch->co_external_memory)
		dma_unmap_single(dev, rq->dma, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops uma_ops = {
	.queue = uma_queue_Bad,
	.queue_urgent = uma_queue_Ok,
};

static int uma_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct uma *uma = kzalloc(sizeof(*uma), GFP_KERNEL);
	int ret;

	if (!uma)
		return -ENOMEM;
	uma->hv = hv;
	hv_set_drvdata(hv, uma);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, uma);
	if (ret) {
		kfree(uma);
		return ret;
	}
	uma->disk.ops = &uma_ops;
	uma->disk.dma_dev = &hv->device;
	uma->disk.private_data = uma;
	return disk_register(&uma->disk);
}

static void uma_remove(struct hv_device *hv)
{
	struct uma *uma = hv_get_drvdata(hv);

	disk_unregister(&uma->disk);
	vmbus_close(hv->channel);
	kfree(uma);
}

static const struct hv_vmbus_device_id uma_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver uma_drv = {
	.name = "uma",
	.id_table = uma_ids,
	.probe = uma_probe,
	.remove = uma_remove,
};

static int __init uma_init(void)
{
	return vmbus_driver_register(&uma_drv);
}
module_init(uma_init);
