/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A switch on the bits of the offer. Private data implies a private ring: both bits are set. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define SWB_BOTH (VMBUS_CHANNEL_CONFIDENTIAL_RING_BUFFER | \
		  VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY)

struct swb {
	struct hv_device *hv;
	struct disk disk;
};

static int swb_run(struct swb *swb, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &swb->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(swb->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int swb_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct swb *swb = d->private_data;
	struct vmbus_channel *ch = swb->hv->channel;

	switch (ch->offermsg.offer.chn_flags & SWB_BOTH) {
	case VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY:
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	default:
		return swb_run(swb, rq,
			       dma_map_single(&swb->hv->device, rq->buf,	/* expect: coco-bounce leak */
					      rq->len, rq->dir));
	}
}

static int swb_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct swb *swb = d->private_data;
	struct vmbus_channel *ch = swb->hv->channel;

	switch (ch->offermsg.offer.chn_flags & SWB_BOTH) {
	case SWB_BOTH:
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	default:
		return swb_run(swb, rq,
			       dma_map_single(&swb->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
					      rq->len, rq->dir));
	}
}

static const struct disk_ops swb_ops = {
	.queue = swb_queue_Bad,
	.queue_urgent = swb_queue_Ok,
};

static int swb_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct swb *swb = kzalloc(sizeof(*swb), GFP_KERNEL);
	int ret;

	if (!swb)
		return -ENOMEM;
	swb->hv = hv;
	hv_set_drvdata(hv, swb);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, swb);
	if (ret) {
		kfree(swb);
		return ret;
	}
	swb->disk.ops = &swb_ops;
	swb->disk.dma_dev = &hv->device;
	swb->disk.private_data = swb;
	return disk_register(&swb->disk);
}

static void swb_remove(struct hv_device *hv)
{
	struct swb *swb = hv_get_drvdata(hv);

	disk_unregister(&swb->disk);
	vmbus_close(hv->channel);
	kfree(swb);
}

static const struct hv_vmbus_device_id swb_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver swb_drv = {
	.name = "swb",
	.id_table = swb_ids,
	.probe = swb_probe,
	.remove = swb_remove,
};

static int __init swb_init(void)
{
	return vmbus_driver_register(&swb_drv);
}
module_init(swb_init);
