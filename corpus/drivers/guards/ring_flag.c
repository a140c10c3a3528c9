/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A guard on the ring's flag: it covers more than it must, so nothing leaks.
 * And a guard on the ring's flag with a second condition that takes it back.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct rfl {
	struct hv_device *hv;
	struct disk disk;
};

static int rfl_run(struct rfl *rfl, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &rfl->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(rfl->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int rfl_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct rfl *rfl = d->private_data;
	struct vmbus_channel *ch = rfl->hv->channel;

	if (ch->co_ring_buffer && !ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return rfl_run(rfl, rq,
		       dma_map_single(&rfl->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int rfl_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct rfl *rfl = d->private_data;
	struct vmbus_channel *ch = rfl->hv->channel;

	if (ch->co_ring_buffer)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return rfl_run(rfl, rq,
		       dma_map_single(&rfl->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops rfl_ops = {
	.queue = rfl_queue_Bad,
	.queue_urgent = rfl_queue_Ok,
};

static int rfl_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct rfl *rfl = kzalloc(sizeof(*rfl), GFP_KERNEL);
	int ret;

	if (!rfl)
		return -ENOMEM;
	rfl->hv = hv;
	hv_set_drvdata(hv, rfl);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, rfl);
	if (ret) {
		kfree(rfl);
		return ret;
	}
	rfl->disk.ops = &rfl_ops;
	rfl->disk.dma_dev = &hv->device;
	rfl->disk.private_data = rfl;
	return disk_register(&rfl->disk);
}

static void rfl_remove(struct hv_device *hv)
{
	struct rfl *rfl = hv_get_drvdata(hv);

	disk_unregister(&rfl->disk);
	vmbus_close(hv->channel);
	kfree(rfl);
}

static const struct hv_vmbus_device_id rfl_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver rfl_drv = {
	.name = "rfl",
	.id_table = rfl_ids,
	.probe = rfl_probe,
	.remove = rfl_remove,
};

static int __init rfl_init(void)
{
	return vmbus_driver_register(&rfl_drv);
}
module_init(rfl_init);
