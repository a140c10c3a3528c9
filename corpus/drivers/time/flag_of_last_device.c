/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A module-wide flag is overwritten by the next device that is probed. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static bool fld_private;

struct fld {
	struct hv_device *hv;
	struct disk disk;
	bool private;
};

static int fld_run(struct fld *fld, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &fld->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(fld->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int fld_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct fld *fld = d->private_data;
	struct vmbus_channel *ch = fld->hv->channel;

	if (fld_private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return fld_run(fld, rq,
		       dma_map_single(&fld->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int fld_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct fld *fld = d->private_data;
	struct vmbus_channel *ch = fld->hv->channel;

	if (fld->private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return fld_run(fld, rq,
		       dma_map_single(&fld->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops fld_ops = {
	.queue = fld_queue_Bad,
	.queue_urgent = fld_queue_Ok,
};

static int fld_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fld *fld = kzalloc(sizeof(*fld), GFP_KERNEL);
	int ret;

	if (!fld)
		return -ENOMEM;
	fld->hv = hv;
	hv_set_drvdata(hv, fld);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fld);
	if (ret) {
		kfree(fld);
		return ret;
	}
	fld_private = hv->channel->co_external_memory;
	fld->private = hv->channel->co_external_memory;
	fld->disk.ops = &fld_ops;
	fld->disk.dma_dev = &hv->device;
	fld->disk.private_data = fld;
	return disk_register(&fld->disk);
}

static void fld_remove(struct hv_device *hv)
{
	struct fld *fld = hv_get_drvdata(hv);

	disk_unregister(&fld->disk);
	vmbus_close(hv->channel);
	kfree(fld);
}

static const struct hv_vmbus_device_id fld_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fld_drv = {
	.name = "fld",
	.id_table = fld_ids,
	.probe = fld_probe,
	.remove = fld_remove,
};

static int __init fld_init(void)
{
	return vmbus_driver_register(&fld_drv);
}
module_init(fld_init);
