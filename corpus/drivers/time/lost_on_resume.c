/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Resuming clears the state of the driver, and one of two flags is not restored. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct lor {
	struct hv_device *hv;
	struct disk disk;
	struct {
		bool forgotten;
		bool restored;
	} state;
};

static int lor_run(struct lor *lor, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &lor->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(lor->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int lor_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct lor *lor = d->private_data;
	struct vmbus_channel *ch = lor->hv->channel;

	if (lor->state.forgotten)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return lor_run(lor, rq,
		       dma_map_single(&lor->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int lor_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct lor *lor = d->private_data;
	struct vmbus_channel *ch = lor->hv->channel;

	if (lor->state.restored)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return lor_run(lor, rq,
		       dma_map_single(&lor->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops lor_ops = {
	.queue = lor_queue_Bad,
	.queue_urgent = lor_queue_Ok,
};

static int lor_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct lor *lor = kzalloc(sizeof(*lor), GFP_KERNEL);
	int ret;

	if (!lor)
		return -ENOMEM;
	lor->hv = hv;
	hv_set_drvdata(hv, lor);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, lor);
	if (ret) {
		kfree(lor);
		return ret;
	}
	lor->state.forgotten = hv->channel->co_external_memory;
	lor->state.restored = hv->channel->co_external_memory;
	lor->disk.ops = &lor_ops;
	lor->disk.dma_dev = &hv->device;
	lor->disk.private_data = lor;
	return disk_register(&lor->disk);
}

static int lor_resume(struct hv_device *hv)
{
	struct lor *lor = hv_get_drvdata(hv);

	memset(&lor->state, 0, sizeof(lor->state));
	lor->state.restored = hv->channel->co_external_memory;
	return 0;
}

static void lor_remove(struct hv_device *hv)
{
	struct lor *lor = hv_get_drvdata(hv);

	disk_unregister(&lor->disk);
	vmbus_close(hv->channel);
	kfree(lor);
}

static const struct hv_vmbus_device_id lor_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver lor_drv = {
	.name = "lor",
	.id_table = lor_ids,
	.probe = lor_probe,
	.remove = lor_remove,
	.resume = lor_resume,
};

static int __init lor_init(void)
{
	return vmbus_driver_register(&lor_drv);
}
module_init(lor_init);
