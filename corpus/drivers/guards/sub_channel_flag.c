/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Data is moved by the device: the flag of the primary channel counts, not that of the
 * sub-channel that carries the request.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sub {
	struct hv_device *hv;
	struct disk disk;
	struct vmbus_channel *sub;
};

static int sub_run(struct sub *sub, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &sub->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(sub->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static void sub_new_sub(struct vmbus_channel *new_sc)
{
	struct sub *sub = hv_get_drvdata(new_sc->primary_channel->device_obj);

	if (!vmbus_open(new_sc, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sub))
		sub->sub = new_sc;
}

static int sub_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct sub *sub = d->private_data;
	struct vmbus_channel *ch = sub->sub ? sub->sub : sub->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return sub_run(sub, rq,
		       dma_map_single(&sub->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int sub_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct sub *sub = d->private_data;
	struct vmbus_channel *ch = sub->sub ? sub->sub : sub->hv->channel;

	if (sub->hv->channel->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return sub_run(sub, rq,
		       dma_map_single(&sub->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops sub_ops = {
	.queue = sub_queue_Bad,
	.queue_urgent = sub_queue_Ok,
};

static int sub_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sub *sub = kzalloc(sizeof(*sub), GFP_KERNEL);
	int ret;

	if (!sub)
		return -ENOMEM;
	sub->hv = hv;
	hv_set_drvdata(hv, sub);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sub);
	if (ret) {
		kfree(sub);
		return ret;
	}
	vmbus_set_sc_create_callback(hv->channel, sub_new_sub);
	sub->disk.ops = &sub_ops;
	sub->disk.dma_dev = &hv->device;
	sub->disk.private_data = sub;
	return disk_register(&sub->disk);
}

static void sub_remove(struct hv_device *hv)
{
	struct sub *sub = hv_get_drvdata(hv);

	disk_unregister(&sub->disk);
	if (sub->sub)
		vmbus_close(sub->sub);
	vmbus_close(hv->channel);
	kfree(sub);
}

static const struct hv_vmbus_device_id sub_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sub_drv = {
	.name = "sub",
	.id_table = sub_ids,
	.probe = sub_probe,
	.remove = sub_remove,
};

static int __init sub_init(void)
{
	return vmbus_driver_register(&sub_drv);
}
module_init(sub_init);
