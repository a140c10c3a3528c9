/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Requests may come before disk_register() returns: a flag that is copied after it is copied
 * too late.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct cbr {
	struct hv_device *hv;
	struct disk disk;
	bool early, late;
};

static int cbr_run(struct cbr *cbr, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &cbr->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(cbr->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int cbr_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct cbr *cbr = d->private_data;
	struct vmbus_channel *ch = cbr->hv->channel;

	if (cbr->late)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return cbr_run(cbr, rq,
		       dma_map_single(&cbr->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int cbr_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct cbr *cbr = d->private_data;
	struct vmbus_channel *ch = cbr->hv->channel;

	if (cbr->early)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return cbr_run(cbr, rq,
		       dma_map_single(&cbr->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops cbr_ops = {
	.queue = cbr_queue_Bad,
	.queue_urgent = cbr_queue_Ok,
};

static int cbr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct cbr *cbr = kzalloc(sizeof(*cbr), GFP_KERNEL);
	int ret;

	if (!cbr)
		return -ENOMEM;
	cbr->hv = hv;
	hv_set_drvdata(hv, cbr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, cbr);
	if (ret) {
		kfree(cbr);
		return ret;
	}
	cbr->early = hv->channel->co_external_memory;
	cbr->disk.ops = &cbr_ops;
	cbr->disk.dma_dev = &hv->device;
	cbr->disk.private_data = cbr;
	ret = disk_register(&cbr->disk);
	cbr->late = hv->channel->co_external_memory;
	return ret;
}

static void cbr_remove(struct hv_device *hv)
{
	struct cbr *cbr = hv_get_drvdata(hv);

	disk_unregister(&cbr->disk);
	vmbus_close(hv->channel);
	kfree(cbr);
}

static const struct hv_vmbus_device_id cbr_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver cbr_drv = {
	.name = "cbr",
	.id_table = cbr_ids,
	.probe = cbr_probe,
	.remove = cbr_remove,
};

static int __init cbr_init(void)
{
	return vmbus_driver_register(&cbr_drv);
}
module_init(cbr_init);
