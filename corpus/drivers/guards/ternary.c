/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A conditional expression chooses between mapping and not. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ter {
	struct hv_device *hv;
	struct disk disk;
};

static int ter_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct ter *ter = d->private_data;
	struct vmbus_channel *ch = ter->hv->channel;
	struct device *dev = &ter->hv->device;
	bool direct = ch->co_ring_buffer && !ch->co_external_memory;
	u64 addr;
	int ret;

	addr = direct ? virt_to_phys(rq->buf)
		      : dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: coco-bounce leak */
	if (addr == DMA_MAPPING_ERROR)
		return -ENOMEM;
	ret = vmbus_transfer(ch, addr, rq->len);
	if (!direct)
		dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int ter_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct ter *ter = d->private_data;
	struct vmbus_channel *ch = ter->hv->channel;
	struct device *dev = &ter->hv->device;
	bool direct = ch->co_external_memory;
	u64 addr;
	int ret;

	addr = direct ? virt_to_phys(rq->buf)
		      : dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
	if (addr == DMA_MAPPING_ERROR)
		return -ENOMEM;
	ret = vmbus_transfer(ch, addr, rq->len);
	if (!direct)
		dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops ter_ops = {
	.queue = ter_queue_Bad,
	.queue_urgent = ter_queue_Ok,
};

static int ter_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ter *ter = kzalloc(sizeof(*ter), GFP_KERNEL);
	int ret;

	if (!ter)
		return -ENOMEM;
	ter->hv = hv;
	hv_set_drvdata(hv, ter);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ter);
	if (ret) {
		kfree(ter);
		return ret;
	}
	ter->disk.ops = &ter_ops;
	ter->disk.dma_dev = &hv->device;
	ter->disk.private_data = ter;
	return disk_register(&ter->disk);
}

static void ter_remove(struct hv_device *hv)
{
	struct ter *ter = hv_get_drvdata(hv);

	disk_unregister(&ter->disk);
	vmbus_close(hv->channel);
	kfree(ter);
}

static const struct hv_vmbus_device_id ter_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ter_drv = {
	.name = "ter",
	.id_table = ter_ids,
	.probe = ter_probe,
	.remove = ter_remove,
};

static int __init ter_init(void)
{
	return vmbus_driver_register(&ter_drv);
}
module_init(ter_init);
