/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Two structs deep: the queue knows its adapter, the adapter its device. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct nes;

struct nes_queue {
	struct nes *adapter;
	unsigned int depth;
};

struct nes {
	struct hv_device *hv;
	struct disk disk;
	struct nes_queue main_queue;
};

static int nes_run(struct nes *nes, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &nes->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(nes->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int nes_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct nes_queue *queue = d->private_data;
	struct nes *nes = queue->adapter;

	return nes_run(nes, rq,
		       dma_map_single(&nes->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int nes_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct nes_queue *queue = d->private_data;
	struct nes *nes = container_of(queue, struct nes, main_queue);
	struct vmbus_channel *ch = queue->adapter->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return nes_run(nes, rq,
		       dma_map_single(&nes->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops nes_ops = {
	.queue = nes_queue_Bad,
	.queue_urgent = nes_queue_Ok,
};

static int nes_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct nes *nes = kzalloc(sizeof(*nes), GFP_KERNEL);
	int ret;

	if (!nes)
		return -ENOMEM;
	nes->hv = hv;
	hv_set_drvdata(hv, nes);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, nes);
	if (ret) {
		kfree(nes);
		return ret;
	}
	nes->main_queue.adapter = nes;
	nes->disk.ops = &nes_ops;
	nes->disk.dma_dev = &hv->device;
	nes->disk.private_data = &nes->main_queue;
	return disk_register(&nes->disk);
}

static void nes_remove(struct hv_device *hv)
{
	struct nes *nes = hv_get_drvdata(hv);

	disk_unregister(&nes->disk);
	vmbus_close(hv->channel);
	kfree(nes);
}

static const struct hv_vmbus_device_id nes_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver nes_drv = {
	.name = "nes",
	.id_table = nes_ids,
	.probe = nes_probe,
	.remove = nes_remove,
};

static int __init nes_init(void)
{
	return vmbus_driver_register(&nes_drv);
}
module_init(nes_init);
