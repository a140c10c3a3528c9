/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* An early return: for the flag, and for something that has nothing to do with it. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ert {
	struct hv_device *hv;
	struct disk disk;
};

static int ert_run(struct ert *ert, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &ert->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ert->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int ert_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct ert *ert = d->private_data;
	struct vmbus_channel *ch = ert->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return ert_run(ert, rq,
		       dma_map_single(&ert->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int ert_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct ert *ert = d->private_data;
	struct vmbus_channel *ch = ert->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return ert_run(ert, rq,
		       dma_map_single(&ert->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops ert_ops = {
	.queue = ert_queue_Bad,
	.queue_urgent = ert_queue_Ok,
};

static int ert_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ert *ert = kzalloc(sizeof(*ert), GFP_KERNEL);
	int ret;

	if (!ert)
		return -ENOMEM;
	ert->hv = hv;
	hv_set_drvdata(hv, ert);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ert);
	if (ret) {
		kfree(ert);
		return ret;
	}
	ert->disk.ops = &ert_ops;
	ert->disk.dma_dev = &hv->device;
	ert->disk.private_data = ert;
	return disk_register(&ert->disk);
}

static void ert_remove(struct hv_device *hv)
{
	struct ert *ert = hv_get_drvdata(hv);

	disk_unregister(&ert->disk);
	vmbus_close(hv->channel);
	kfree(ert);
}

static const struct hv_vmbus_device_id ert_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ert_drv = {
	.name = "ert",
	.id_table = ert_ids,
	.probe = ert_probe,
	.remove = ert_remove,
};

static int __init ert_init(void)
{
	return vmbus_driver_register(&ert_drv);
}
module_init(ert_init);
