/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A bit made a truth value with two negations, and with one. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct bdn {
	struct hv_device *hv;
	struct disk disk;
};

static int bdn_run(struct bdn *bdn, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &bdn->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(bdn->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int bdn_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct bdn *bdn = d->private_data;
	struct vmbus_channel *ch = bdn->hv->channel;
	bool private = !(ch->offermsg.offer.chn_flags &
			 VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY);

	if (private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return bdn_run(bdn, rq,
		       dma_map_single(&bdn->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int bdn_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct bdn *bdn = d->private_data;
	struct vmbus_channel *ch = bdn->hv->channel;
	bool private = !!(ch->offermsg.offer.chn_flags &
			  VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY);

	if (private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return bdn_run(bdn, rq,
		       dma_map_single(&bdn->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops bdn_ops = {
	.queue = bdn_queue_Bad,
	.queue_urgent = bdn_queue_Ok,
};

static int bdn_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct bdn *bdn = kzalloc(sizeof(*bdn), GFP_KERNEL);
	int ret;

	if (!bdn)
		return -ENOMEM;
	bdn->hv = hv;
	hv_set_drvdata(hv, bdn);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, bdn);
	if (ret) {
		kfree(bdn);
		return ret;
	}
	bdn->disk.ops = &bdn_ops;
	bdn->disk.dma_dev = &hv->device;
	bdn->disk.private_data = bdn;
	return disk_register(&bdn->disk);
}

static void bdn_remove(struct hv_device *hv)
{
	struct bdn *bdn = hv_get_drvdata(hv);

	disk_unregister(&bdn->disk);
	vmbus_close(hv->channel);
	kfree(bdn);
}

static const struct hv_vmbus_device_id bdn_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver bdn_drv = {
	.name = "bdn",
	.id_table = bdn_ids,
	.probe = bdn_probe,
	.remove = bdn_remove,
};

static int __init bdn_init(void)
{
	return vmbus_driver_register(&bdn_drv);
}
module_init(bdn_init);
