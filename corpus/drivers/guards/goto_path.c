/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A jump to the path for ordinary channels: under the right condition, and under a wider one. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct gto {
	struct hv_device *hv;
	struct disk disk;
};

static int gto_run(struct gto *gto, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &gto->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(gto->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int gto_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct gto *gto = d->private_data;
	struct vmbus_channel *ch = gto->hv->channel;

	if (!ch->co_external_memory || rq->dir == DMA_FROM_DEVICE)
		goto bounce;
	return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
bounce:
	return gto_run(gto, rq,
		       dma_map_single(&gto->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int gto_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct gto *gto = d->private_data;
	struct vmbus_channel *ch = gto->hv->channel;

	if (!ch->co_external_memory)
		goto bounce;
	return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
bounce:
	return gto_run(gto, rq,
		       dma_map_single(&gto->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops gto_ops = {
	.queue = gto_queue_Bad,
	.queue_urgent = gto_queue_Ok,
};

static int gto_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct gto *gto = kzalloc(sizeof(*gto), GFP_KERNEL);
	int ret;

	if (!gto)
		return -ENOMEM;
	gto->hv = hv;
	hv_set_drvdata(hv, gto);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, gto);
	if (ret) {
		kfree(gto);
		return ret;
	}
	gto->disk.ops = &gto_ops;
	gto->disk.dma_dev = &hv->device;
	gto->disk.private_data = gto;
	return disk_register(&gto->disk);
}

static void gto_remove(struct hv_device *hv)
{
	struct gto *gto = hv_get_drvdata(hv);

	disk_unregister(&gto->disk);
	vmbus_close(hv->channel);
	kfree(gto);
}

static const struct hv_vmbus_device_id gto_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver gto_drv = {
	.name = "gto",
	.id_table = gto_ids,
	.probe = gto_probe,
	.remove = gto_remove,
};

static int __init gto_init(void)
{
	return vmbus_driver_register(&gto_drv);
}
module_init(gto_init);
