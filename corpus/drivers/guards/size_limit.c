/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A guard for large requests only, as if this were about speed. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct siz {
	struct hv_device *hv;
	struct disk disk;
};

static int siz_run(struct siz *siz, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &siz->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(siz->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int siz_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct siz *siz = d->private_data;
	struct vmbus_channel *ch = siz->hv->channel;

	if (ch->co_external_memory && rq->len > PAGE_SIZE)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return siz_run(siz, rq,
		       dma_map_single(&siz->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int siz_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct siz *siz = d->private_data;
	struct vmbus_channel *ch = siz->hv->channel;

	if (ch->co_external_memory) {
		if (rq->len > 16 * PAGE_SIZE)
			return -EINVAL;
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	}
	return siz_run(siz, rq,
		       dma_map_single(&siz->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops siz_ops = {
	.queue = siz_queue_Bad,
	.queue_urgent = siz_queue_Ok,
};

static int siz_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct siz *siz = kzalloc(sizeof(*siz), GFP_KERNEL);
	int ret;

	if (!siz)
		return -ENOMEM;
	siz->hv = hv;
	hv_set_drvdata(hv, siz);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, siz);
	if (ret) {
		kfree(siz);
		return ret;
	}
	siz->disk.ops = &siz_ops;
	siz->disk.dma_dev = &hv->device;
	siz->disk.private_data = siz;
	return disk_register(&siz->disk);
}

static void siz_remove(struct hv_device *hv)
{
	struct siz *siz = hv_get_drvdata(hv);

	disk_unregister(&siz->disk);
	vmbus_close(hv->channel);
	kfree(siz);
}

static const struct hv_vmbus_device_id siz_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver siz_drv = {
	.name = "siz",
	.id_table = siz_ids,
	.probe = siz_probe,
	.remove = siz_remove,
};

static int __init siz_init(void)
{
	return vmbus_driver_register(&siz_drv);
}
module_init(siz_init);
