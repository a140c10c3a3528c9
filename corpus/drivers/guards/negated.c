/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The same guard the wrong way round. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct neg {
	struct hv_device *hv;
	struct disk disk;
};

static int neg_run(struct neg *neg, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &neg->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(neg->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int neg_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct neg *neg = d->private_data;
	struct vmbus_channel *ch = neg->hv->channel;

	if (!ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return neg_run(neg, rq,
		       dma_map_single(&neg->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int neg_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct neg *neg = d->private_data;
	struct vmbus_channel *ch = neg->hv->channel;

	if (!ch->co_external_memory)
		return neg_run(neg, rq,
			       dma_map_single(&neg->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
					      rq->len, rq->dir));
	return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
}

static const struct disk_ops neg_ops = {
	.queue = neg_queue_Bad,
	.queue_urgent = neg_queue_Ok,
};

static int neg_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct neg *neg = kzalloc(sizeof(*neg), GFP_KERNEL);
	int ret;

	if (!neg)
		return -ENOMEM;
	neg->hv = hv;
	hv_set_drvdata(hv, neg);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, neg);
	if (ret) {
		kfree(neg);
		return ret;
	}
	neg->disk.ops = &neg_ops;
	neg->disk.dma_dev = &hv->device;
	neg->disk.private_data = neg;
	return disk_register(&neg->disk);
}

static void neg_remove(struct hv_device *hv)
{
	struct neg *neg = hv_get_drvdata(hv);

	disk_unregister(&neg->disk);
	vmbus_close(hv->channel);
	kfree(neg);
}

static const struct hv_vmbus_device_id neg_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver neg_drv = {
	.name = "neg",
	.id_table = neg_ids,
	.probe = neg_probe,
	.remove = neg_remove,
};

static int __init neg_init(void)
{
	return vmbus_driver_register(&neg_drv);
}
module_init(neg_init);
