/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A guard in a loop over the pages of a request; it should hold for all of them. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct lop {
	struct hv_device *hv;
	struct disk disk;
};

static int lop_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct lop *lop = d->private_data;
	struct vmbus_channel *ch = lop->hv->channel;
	struct device *dev = &lop->hv->device;
	struct scatterlist *sg;
	dma_addr_t addr;
	int i, ret = 0;

	for_each_sg(rq->sgt.sgl, sg, rq->sgt.orig_nents, i) {
		if (ch->co_external_memory && i == 0) {
			ret = vmbus_transfer(ch, sg_phys(sg), sg->length);
		} else {
			addr = dma_map_page(dev, sg->page, sg->offset,	/* expect: coco-bounce leak */
					    sg->length, rq->dir);
			if (dma_mapping_error(dev, addr))
				return -ENOMEM;
			ret = vmbus_transfer(ch, addr, sg->length);
			dma_unmap_page(dev, addr, sg->length, rq->dir);
		}
	}
	return ret;
}

static int lop_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct lop *lop = d->private_data;
	struct vmbus_channel *ch = lop->hv->channel;
	struct device *dev = &lop->hv->device;
	struct scatterlist *sg;
	dma_addr_t addr;
	int i, ret = 0;

	for_each_sg(rq->sgt.sgl, sg, rq->sgt.orig_nents, i) {
		if (ch->co_external_memory) {
			ret = vmbus_transfer(ch, sg_phys(sg), sg->length);
		} else {
			addr = dma_map_page(dev, sg->page, sg->offset,	/* expect: private|shared-by-design (guard) */
					    sg->length, rq->dir);
			if (dma_mapping_error(dev, addr))
				return -ENOMEM;
			ret = vmbus_transfer(ch, addr, sg->length);
			dma_unmap_page(dev, addr, sg->length, rq->dir);
		}
	}
	return ret;
}

static const struct disk_ops lop_ops = {
	.queue = lop_queue_Bad,
	.queue_urgent = lop_queue_Ok,
};

static int lop_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct lop *lop = kzalloc(sizeof(*lop), GFP_KERNEL);
	int ret;

	if (!lop)
		return -ENOMEM;
	lop->hv = hv;
	hv_set_drvdata(hv, lop);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, lop);
	if (ret) {
		kfree(lop);
		return ret;
	}
	lop->disk.ops = &lop_ops;
	lop->disk.dma_dev = &hv->device;
	lop->disk.private_data = lop;
	return disk_register(&lop->disk);
}

static void lop_remove(struct hv_device *hv)
{
	struct lop *lop = hv_get_drvdata(hv);

	disk_unregister(&lop->disk);
	vmbus_close(hv->channel);
	kfree(lop);
}

static const struct hv_vmbus_device_id lop_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver lop_drv = {
	.name = "lop",
	.id_table = lop_ids,
	.probe = lop_probe,
	.remove = lop_remove,
};

static int __init lop_init(void)
{
	return vmbus_driver_register(&lop_drv);
}
module_init(lop_init);
