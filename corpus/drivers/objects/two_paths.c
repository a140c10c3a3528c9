/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Guard and mapping reach the same device by different paths: driver data, and what the disk
 * was given.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct twp {
	struct hv_device *hv;
	struct disk disk;
};

static int twp_run(struct twp *twp, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &twp->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(twp->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int twp_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct twp *twp = d->private_data;
	struct vmbus_channel *ch = twp->hv->channel;
	dma_addr_t addr;

	if (ch->device_obj->device.driver_data != twp)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	addr = dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir);	/* expect: coco-bounce leak */
	return twp_run(twp, rq, addr);
}

static int twp_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct twp *twp = d->private_data;
	struct vmbus_channel *ch = twp->hv->channel;
	struct hv_device *hv = device_to_hv_device(d->dma_dev);
	dma_addr_t addr;

	if (hv->channel->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	addr = dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
	return twp_run(twp, rq, addr);
}

static const struct disk_ops twp_ops = {
	.queue = twp_queue_Bad,
	.queue_urgent = twp_queue_Ok,
};

static int twp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct twp *twp = kzalloc(sizeof(*twp), GFP_KERNEL);
	int ret;

	if (!twp)
		return -ENOMEM;
	twp->hv = hv;
	hv_set_drvdata(hv, twp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, twp);
	if (ret) {
		kfree(twp);
		return ret;
	}
	twp->disk.ops = &twp_ops;
	twp->disk.dma_dev = &hv->device;
	twp->disk.private_data = twp;
	return disk_register(&twp->disk);
}

static void twp_remove(struct hv_device *hv)
{
	struct twp *twp = hv_get_drvdata(hv);

	disk_unregister(&twp->disk);
	vmbus_close(hv->channel);
	kfree(twp);
}

static const struct hv_vmbus_device_id twp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver twp_drv = {
	.name = "twp",
	.id_table = twp_ids,
	.probe = twp_probe,
	.remove = twp_remove,
};

static int __init twp_init(void)
{
	return vmbus_driver_register(&twp_drv);
}
module_init(twp_init);
