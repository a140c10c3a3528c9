/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The device is kept in a module-wide table; the guard reads one entry, the mapping uses
 * another.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define GTB_SLOTS 8

struct gtb;
static struct gtb *gtb_by_slot[GTB_SLOTS];
static struct gtb *gtb_first;
static unsigned int gtb_count;

struct gtb {
	struct hv_device *hv;
	struct disk disk;
};

static int gtb_run(struct gtb *gtb, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &gtb->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(gtb->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int gtb_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct gtb *gtb = d->private_data;
	struct vmbus_channel *ch = gtb->hv->channel;

	if (gtb_first && gtb_first->hv->channel->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return gtb_run(gtb, rq,
		       dma_map_single(&gtb->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int gtb_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct gtb *gtb = gtb_by_slot[d->slot % GTB_SLOTS];
	struct vmbus_channel *ch = gtb->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return gtb_run(gtb, rq,
		       dma_map_single(&gtb->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops gtb_ops = {
	.queue = gtb_queue_Bad,
	.queue_urgent = gtb_queue_Ok,
};

static int gtb_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct gtb *gtb = kzalloc(sizeof(*gtb), GFP_KERNEL);
	int ret;

	if (!gtb)
		return -ENOMEM;
	gtb->hv = hv;
	hv_set_drvdata(hv, gtb);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, gtb);
	if (ret) {
		kfree(gtb);
		return ret;
	}
	if (!gtb_first)
		gtb_first = gtb;
	gtb->disk.slot = gtb_count++ % GTB_SLOTS;
	gtb_by_slot[gtb->disk.slot] = gtb;
	gtb->disk.ops = &gtb_ops;
	gtb->disk.dma_dev = &hv->device;
	gtb->disk.private_data = gtb;
	return disk_register(&gtb->disk);
}

static void gtb_remove(struct hv_device *hv)
{
	struct gtb *gtb = hv_get_drvdata(hv);

	disk_unregister(&gtb->disk);
	vmbus_close(hv->channel);
	kfree(gtb);
}

static const struct hv_vmbus_device_id gtb_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver gtb_drv = {
	.name = "gtb",
	.id_table = gtb_ids,
	.probe = gtb_probe,
	.remove = gtb_remove,
};

static int __init gtb_init(void)
{
	return vmbus_driver_register(&gtb_drv);
}
module_init(gtb_init);
