/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Physical addresses in a scatterlist's field for DMA addresses: private, but around the DMA
 * layer.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct rad {
	struct hv_device *hv;
	struct disk disk;
};

static int rad_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct rad *rad = d->private_data;
	struct vmbus_channel *ch = rad->hv->channel;
	struct device *dev = &rad->hv->device;
	struct scatterlist *sg;
	int i, ret = 0, nr = rq->sgt.orig_nents;

	if (ch->co_external_memory) {
		for_each_sg(rq->sgt.sgl, sg, nr, i) {
			sg_dma_address(sg) = sg_phys(sg);	/* expect: coco-raw-dma-address */
			sg_dma_len(sg) = sg->length;
		}
	} else {
		nr = dma_map_sg(dev, rq->sgt.sgl, nr, rq->dir);	/* expect: private|shared-by-design (guard) */
	}
	for_each_sg(rq->sgt.sgl, sg, nr, i)
		ret |= vmbus_transfer(ch, sg_dma_address(sg), sg_dma_len(sg));
	if (!ch->co_external_memory)
		dma_unmap_sg(dev, rq->sgt.sgl, rq->sgt.orig_nents, rq->dir);
	return ret;
}

static const struct disk_ops rad_ops = {
	.queue = rad_queue_Ok,
};

static int rad_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct rad *rad = kzalloc(sizeof(*rad), GFP_KERNEL);
	int ret;

	if (!rad)
		return -ENOMEM;
	rad->hv = hv;
	hv_set_drvdata(hv, rad);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, rad);
	if (ret) {
		kfree(rad);
		return ret;
	}
	rad->disk.ops = &rad_ops;
	rad->disk.dma_dev = &hv->device;
	rad->disk.private_data = rad;
	return disk_register(&rad->disk);
}

static void rad_remove(struct hv_device *hv)
{
	struct rad *rad = hv_get_drvdata(hv);

	disk_unregister(&rad->disk);
	vmbus_close(hv->channel);
	kfree(rad);
}

static const struct hv_vmbus_device_id rad_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver rad_drv = {
	.name = "rad",
	.id_table = rad_ids,
	.probe = rad_probe,
	.remove = rad_remove,
};

static int __init rad_init(void)
{
	return vmbus_driver_register(&rad_drv);
}
module_init(rad_init);
