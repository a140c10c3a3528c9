/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A test of a bit of the offer: the right bit, and the neighbour's. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct bit {
	struct hv_device *hv;
	struct disk disk;
};

static int bit_run(struct bit *bit, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &bit->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(bit->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int bit_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct bit *bit = d->private_data;
	struct vmbus_channel *ch = bit->hv->channel;

	if (ch->offermsg.offer.chn_flags & VMBUS_CHANNEL_NAMED_PIPE_MODE)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return bit_run(bit, rq,
		       dma_map_single(&bit->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int bit_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct bit *bit = d->private_data;
	struct vmbus_channel *ch = bit->hv->channel;

	if (ch->offermsg.offer.chn_flags &
	    VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return bit_run(bit, rq,
		       dma_map_single(&bit->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops bit_ops = {
	.queue = bit_queue_Bad,
	.queue_urgent = bit_queue_Ok,
};

static int bit_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct bit *bit = kzalloc(sizeof(*bit), GFP_KERNEL);
	int ret;

	if (!bit)
		return -ENOMEM;
	bit->hv = hv;
	hv_set_drvdata(hv, bit);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, bit);
	if (ret) {
		kfree(bit);
		return ret;
	}
	bit->disk.ops = &bit_ops;
	bit->disk.dma_dev = &hv->device;
	bit->disk.private_data = bit;
	return disk_register(&bit->disk);
}

static void bit_remove(struct hv_device *hv)
{
	struct bit *bit = hv_get_drvdata(hv);

	disk_unregister(&bit->disk);
	vmbus_close(hv->channel);
	kfree(bit);
}

static const struct hv_vmbus_device_id bit_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver bit_drv = {
	.name = "bit",
	.id_table = bit_ids,
	.probe = bit_probe,
	.remove = bit_remove,
};

static int __init bit_init(void)
{
	return vmbus_driver_register(&bit_drv);
}
module_init(bit_init);
