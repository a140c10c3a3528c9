/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A retry after an error is a second path to the device; the guard is on the first. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct tmo {
	struct hv_device *hv;
	struct disk disk;
};

static int tmo_run(struct tmo *tmo, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &tmo->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(tmo->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int tmo_retry_Bad(struct tmo *tmo, struct disk_request *rq)
{
	return tmo_run(tmo, rq,
		       dma_map_single(&tmo->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int tmo_retry_Ok(struct tmo *tmo, struct disk_request *rq)
{
	if (tmo->hv->channel->co_external_memory)
		return -EIO;
	return tmo_run(tmo, rq,
		       dma_map_single(&tmo->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static int tmo_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct tmo *tmo = d->private_data;
	struct vmbus_channel *ch = tmo->hv->channel;
	int ret;

	if (!ch->co_external_memory)
		return tmo_run(tmo, rq,
			       dma_map_single(&tmo->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
					      rq->len, rq->dir));
	ret = vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return ret ? tmo_retry_Bad(tmo, rq) : 0;
}

static int tmo_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct tmo *tmo = d->private_data;
	struct vmbus_channel *ch = tmo->hv->channel;
	int ret;

	if (!ch->co_external_memory)
		return tmo_run(tmo, rq,
			       dma_map_single(&tmo->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
					      rq->len, rq->dir));
	ret = vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return ret ? tmo_retry_Ok(tmo, rq) : 0;
}

static const struct disk_ops tmo_ops = {
	.queue = tmo_queue_Bad,
	.queue_urgent = tmo_queue_Ok,
};

static int tmo_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct tmo *tmo = kzalloc(sizeof(*tmo), GFP_KERNEL);
	int ret;

	if (!tmo)
		return -ENOMEM;
	tmo->hv = hv;
	hv_set_drvdata(hv, tmo);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, tmo);
	if (ret) {
		kfree(tmo);
		return ret;
	}
	tmo->disk.ops = &tmo_ops;
	tmo->disk.dma_dev = &hv->device;
	tmo->disk.private_data = tmo;
	return disk_register(&tmo->disk);
}

static void tmo_remove(struct hv_device *hv)
{
	struct tmo *tmo = hv_get_drvdata(hv);

	disk_unregister(&tmo->disk);
	vmbus_close(hv->channel);
	kfree(tmo);
}

static const struct hv_vmbus_device_id tmo_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver tmo_drv = {
	.name = "tmo",
	.id_table = tmo_ids,
	.probe = tmo_probe,
	.remove = tmo_remove,
};

static int __init tmo_init(void)
{
	return vmbus_driver_register(&tmo_drv);
}
module_init(tmo_init);
