/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A comparison of masked bits with a flag. Unmasked, the ring's bit makes it false. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct beq {
	struct hv_device *hv;
	struct disk disk;
};

static int beq_run(struct beq *beq, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &beq->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(beq->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int beq_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct beq *beq = d->private_data;
	struct vmbus_channel *ch = beq->hv->channel;

	if (ch->offermsg.offer.chn_flags ==
	    VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return beq_run(beq, rq,
		       dma_map_single(&beq->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int beq_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct beq *beq = d->private_data;
	struct vmbus_channel *ch = beq->hv->channel;

	if ((ch->offermsg.offer.chn_flags &
	     VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY) ==
	    VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return beq_run(beq, rq,
		       dma_map_single(&beq->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops beq_ops = {
	.queue = beq_queue_Bad,
	.queue_urgent = beq_queue_Ok,
};

static int beq_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct beq *beq = kzalloc(sizeof(*beq), GFP_KERNEL);
	int ret;

	if (!beq)
		return -ENOMEM;
	beq->hv = hv;
	hv_set_drvdata(hv, beq);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, beq);
	if (ret) {
		kfree(beq);
		return ret;
	}
	beq->disk.ops = &beq_ops;
	beq->disk.dma_dev = &hv->device;
	beq->disk.private_data = beq;
	return disk_register(&beq->disk);
}

static void beq_remove(struct hv_device *hv)
{
	struct beq *beq = hv_get_drvdata(hv);

	disk_unregister(&beq->disk);
	vmbus_close(hv->channel);
	kfree(beq);
}

static const struct hv_vmbus_device_id beq_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver beq_drv = {
	.name = "beq",
	.id_table = beq_ids,
	.probe = beq_probe,
	.remove = beq_remove,
};

static int __init beq_init(void)
{
	return vmbus_driver_register(&beq_drv);
}
module_init(beq_init);
