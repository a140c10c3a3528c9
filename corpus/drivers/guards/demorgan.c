/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A negated conjunction, and the mistake that people make when they write one. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct dmg {
	struct hv_device *hv;
	struct disk disk;
};

static int dmg_run(struct dmg *dmg, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &dmg->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(dmg->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int dmg_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct dmg *dmg = d->private_data;
	struct vmbus_channel *ch = dmg->hv->channel;

	if (!rq->len || !ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return dmg_run(dmg, rq,
		       dma_map_single(&dmg->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int dmg_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct dmg *dmg = d->private_data;
	struct vmbus_channel *ch = dmg->hv->channel;

	if (!(rq->len && !ch->co_external_memory))
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return dmg_run(dmg, rq,
		       dma_map_single(&dmg->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops dmg_ops = {
	.queue = dmg_queue_Bad,
	.queue_urgent = dmg_queue_Ok,
};

static int dmg_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct dmg *dmg = kzalloc(sizeof(*dmg), GFP_KERNEL);
	int ret;

	if (!dmg)
		return -ENOMEM;
	dmg->hv = hv;
	hv_set_drvdata(hv, dmg);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, dmg);
	if (ret) {
		kfree(dmg);
		return ret;
	}
	dmg->disk.ops = &dmg_ops;
	dmg->disk.dma_dev = &hv->device;
	dmg->disk.private_data = dmg;
	return disk_register(&dmg->disk);
}

static void dmg_remove(struct hv_device *hv)
{
	struct dmg *dmg = hv_get_drvdata(hv);

	disk_unregister(&dmg->disk);
	vmbus_close(hv->channel);
	kfree(dmg);
}

static const struct hv_vmbus_device_id dmg_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver dmg_drv = {
	.name = "dmg",
	.id_table = dmg_ids,
	.probe = dmg_probe,
	.remove = dmg_remove,
};

static int __init dmg_init(void)
{
	return vmbus_driver_register(&dmg_drv);
}
module_init(dmg_init);
