/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The driver keeps bits of its own, one of which stands for private data. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define OWN_FAST BIT(0)
#define OWN_PRIVATE BIT(1)

struct own {
	struct hv_device *hv;
	struct disk disk;
	unsigned int caps;
};

static int own_run(struct own *own, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &own->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(own->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int own_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct own *own = d->private_data;
	struct vmbus_channel *ch = own->hv->channel;

	if ((own->caps & (OWN_FAST | OWN_PRIVATE)) == (OWN_FAST | OWN_PRIVATE))
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return own_run(own, rq,
		       dma_map_single(&own->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int own_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct own *own = d->private_data;
	struct vmbus_channel *ch = own->hv->channel;

	if (own->caps & OWN_PRIVATE)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return own_run(own, rq,
		       dma_map_single(&own->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops own_ops = {
	.queue = own_queue_Bad,
	.queue_urgent = own_queue_Ok,
};

static int own_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct own *own = kzalloc(sizeof(*own), GFP_KERNEL);
	int ret;

	if (!own)
		return -ENOMEM;
	own->hv = hv;
	hv_set_drvdata(hv, own);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, own);
	if (ret) {
		kfree(own);
		return ret;
	}
	if (hv->channel->offermsg.offer.mmio_megabytes)
		own->caps |= OWN_FAST;
	if (hv->channel->co_external_memory)
		own->caps |= OWN_PRIVATE;
	own->disk.ops = &own_ops;
	own->disk.dma_dev = &hv->device;
	own->disk.private_data = own;
	return disk_register(&own->disk);
}

static void own_remove(struct hv_device *hv)
{
	struct own *own = hv_get_drvdata(hv);

	disk_unregister(&own->disk);
	vmbus_close(hv->channel);
	kfree(own);
}

static const struct hv_vmbus_device_id own_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver own_drv = {
	.name = "own",
	.id_table = own_ids,
	.probe = own_probe,
	.remove = own_remove,
};

static int __init own_init(void)
{
	return vmbus_driver_register(&own_drv);
}
module_init(own_init);
