/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The guard is in an inline helper, and in one whose name promises more than it does. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct inl {
	struct hv_device *hv;
	struct disk disk;
};

static int inl_run(struct inl *inl, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &inl->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(inl->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static inline bool inl_is_private_Bad(const struct inl *inl)
{
	return inl->hv->channel->co_ring_buffer &&
	       is_sub_channel(inl->hv->channel);
}

static inline bool inl_is_private_Ok(const struct inl *inl)
{
	const struct vmbus_channel *ch = inl->hv->channel;

	return ch && ch->co_external_memory;
}

static int inl_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct inl *inl = d->private_data;
	struct vmbus_channel *ch = inl->hv->channel;

	if (inl_is_private_Bad(inl))
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return inl_run(inl, rq,
		       dma_map_single(&inl->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int inl_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct inl *inl = d->private_data;
	struct vmbus_channel *ch = inl->hv->channel;

	if (inl_is_private_Ok(inl))
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return inl_run(inl, rq,
		       dma_map_single(&inl->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops inl_ops = {
	.queue = inl_queue_Bad,
	.queue_urgent = inl_queue_Ok,
};

static int inl_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct inl *inl = kzalloc(sizeof(*inl), GFP_KERNEL);
	int ret;

	if (!inl)
		return -ENOMEM;
	inl->hv = hv;
	hv_set_drvdata(hv, inl);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, inl);
	if (ret) {
		kfree(inl);
		return ret;
	}
	inl->disk.ops = &inl_ops;
	inl->disk.dma_dev = &hv->device;
	inl->disk.private_data = inl;
	return disk_register(&inl->disk);
}

static void inl_remove(struct hv_device *hv)
{
	struct inl *inl = hv_get_drvdata(hv);

	disk_unregister(&inl->disk);
	vmbus_close(hv->channel);
	kfree(inl);
}

static const struct hv_vmbus_device_id inl_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver inl_drv = {
	.name = "inl",
	.id_table = inl_ids,
	.probe = inl_probe,
	.remove = inl_remove,
};

static int __init inl_init(void)
{
	return vmbus_driver_register(&inl_drv);
}
module_init(inl_init);
