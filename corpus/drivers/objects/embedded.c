/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The device is found from the disk that is embedded in it, without driver data. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct emb {
	struct hv_device *hv;
	struct disk disk;
};

static int emb_run(struct emb *emb, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &emb->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(emb->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int emb_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct emb *emb = container_of(d, struct emb, disk);

	return emb_run(emb, rq,
		       dma_map_single(&emb->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int emb_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct emb *emb = container_of(d, struct emb, disk);
	struct vmbus_channel *ch = emb->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return emb_run(emb, rq,
		       dma_map_single(&emb->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops emb_ops = {
	.queue = emb_queue_Bad,
	.queue_urgent = emb_queue_Ok,
};

static int emb_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct emb *emb = kzalloc(sizeof(*emb), GFP_KERNEL);
	int ret;

	if (!emb)
		return -ENOMEM;
	emb->hv = hv;
	hv_set_drvdata(hv, emb);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, emb);
	if (ret) {
		kfree(emb);
		return ret;
	}
	emb->disk.ops = &emb_ops;
	emb->disk.dma_dev = &hv->device;
	emb->disk.private_data = emb;
	return disk_register(&emb->disk);
}

static void emb_remove(struct hv_device *hv)
{
	struct emb *emb = hv_get_drvdata(hv);

	disk_unregister(&emb->disk);
	vmbus_close(hv->channel);
	kfree(emb);
}

static const struct hv_vmbus_device_id emb_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver emb_drv = {
	.name = "emb",
	.id_table = emb_ids,
	.probe = emb_probe,
	.remove = emb_remove,
};

static int __init emb_init(void)
{
	return vmbus_driver_register(&emb_drv);
}
module_init(emb_init);
