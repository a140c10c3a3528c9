/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* When the private way fails, the driver falls back to the bounce buffer. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fbk {
	struct hv_device *hv;
	struct disk disk;
};

static int fbk_run(struct fbk *fbk, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &fbk->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(fbk->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int fbk_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct fbk *fbk = d->private_data;
	struct vmbus_channel *ch = fbk->hv->channel;
	int ret;

	if (ch->co_external_memory) {
		ret = vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
		if (!ret)
			return 0;
	}
	return fbk_run(fbk, rq,
		       dma_map_single(&fbk->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int fbk_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct fbk *fbk = d->private_data;
	struct vmbus_channel *ch = fbk->hv->channel;
	int ret;

	if (ch->co_external_memory) {
		ret = vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
		return ret == -EAGAIN ? -EBUSY : ret;
	}
	return fbk_run(fbk, rq,
		       dma_map_single(&fbk->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops fbk_ops = {
	.queue = fbk_queue_Bad,
	.queue_urgent = fbk_queue_Ok,
};

static int fbk_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fbk *fbk = kzalloc(sizeof(*fbk), GFP_KERNEL);
	int ret;

	if (!fbk)
		return -ENOMEM;
	fbk->hv = hv;
	hv_set_drvdata(hv, fbk);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fbk);
	if (ret) {
		kfree(fbk);
		return ret;
	}
	fbk->disk.ops = &fbk_ops;
	fbk->disk.dma_dev = &hv->device;
	fbk->disk.private_data = fbk;
	return disk_register(&fbk->disk);
}

static void fbk_remove(struct hv_device *hv)
{
	struct fbk *fbk = hv_get_drvdata(hv);

	disk_unregister(&fbk->disk);
	vmbus_close(hv->channel);
	kfree(fbk);
}

static const struct hv_vmbus_device_id fbk_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fbk_drv = {
	.name = "fbk",
	.id_table = fbk_ids,
	.probe = fbk_probe,
	.remove = fbk_remove,
};

static int __init fbk_init(void)
{
	return vmbus_driver_register(&fbk_drv);
}
module_init(fbk_init);
