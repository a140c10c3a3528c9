/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A pointer stands for the flag: the bounce pool exists if and only if the channel is an
 * ordinary one.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static int pol_pool;

struct pol {
	struct hv_device *hv;
	struct disk disk;
	void *pool;
	void *spare;
};

static int pol_run(struct pol *pol, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &pol->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(pol->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int pol_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct pol *pol = d->private_data;
	struct vmbus_channel *ch = pol->hv->channel;

	if (!pol->spare)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return pol_run(pol, rq,
		       dma_map_single(&pol->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int pol_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct pol *pol = d->private_data;
	struct vmbus_channel *ch = pol->hv->channel;

	if (!pol->pool)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return pol_run(pol, rq,
		       dma_map_single(&pol->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops pol_ops = {
	.queue = pol_queue_Bad,
	.queue_urgent = pol_queue_Ok,
};

static int pol_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct pol *pol = kzalloc(sizeof(*pol), GFP_KERNEL);
	int ret;

	if (!pol)
		return -ENOMEM;
	pol->hv = hv;
	hv_set_drvdata(hv, pol);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, pol);
	if (ret) {
		kfree(pol);
		return ret;
	}
	pol->spare = kzalloc(64, GFP_KERNEL);
	if (!hv->channel->co_external_memory)
		pol->pool = &pol_pool;
	pol->disk.ops = &pol_ops;
	pol->disk.dma_dev = &hv->device;
	pol->disk.private_data = pol;
	return disk_register(&pol->disk);
}

static void pol_remove(struct hv_device *hv)
{
	struct pol *pol = hv_get_drvdata(hv);

	disk_unregister(&pol->disk);
	kfree(pol->spare);
	vmbus_close(hv->channel);
	kfree(pol);
}

static const struct hv_vmbus_device_id pol_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver pol_drv = {
	.name = "pol",
	.id_table = pol_ids,
	.probe = pol_probe,
	.remove = pol_remove,
};

static int __init pol_init(void)
{
	return vmbus_driver_register(&pol_drv);
}
module_init(pol_init);
