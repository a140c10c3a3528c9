/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Operations of the driver's own for its device, without one for scatterlists: the DMA core
 * jumps to NULL.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/dma-map-ops.h>

struct ico {
	struct hv_device *hv;
	struct disk disk;
};

static int ico_run(struct ico *ico, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &ico->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ico->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static dma_addr_t ico_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	return phys;	/* expect: coco-raw-dma-address */
}

static const struct dma_map_ops ico_dma_ops_Bad = {	/* expect: coco-incomplete-dma-ops (path) */
	.map_phys = ico_map_phys,
};

static int ico_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct ico *ico = d->private_data;
	struct vmbus_channel *ch = ico->hv->channel;
	int ret;

	if (!dma_map_sg(d->dma_dev, rq->sgt.sgl, rq->sgt.orig_nents, rq->dir))	/* expect: crashes coco-incomplete-dma-ops */
		return -EIO;
	ret = vmbus_transfer(ch, sg_dma_address(rq->sgt.sgl), rq->len);
	dma_unmap_sg(d->dma_dev, rq->sgt.sgl, rq->sgt.orig_nents, rq->dir);
	return ret;
}

static int ico_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct ico *ico = d->private_data;

	return ico_run(ico, rq,
		       dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir));	/* expect: any */
}

static const struct disk_ops ico_ops = {
	.queue = ico_queue_Bad,
	.queue_urgent = ico_queue_Ok,
};

static int ico_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ico *ico = kzalloc(sizeof(*ico), GFP_KERNEL);
	int ret;

	if (!ico)
		return -ENOMEM;
	ico->hv = hv;
	hv_set_drvdata(hv, ico);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ico);
	if (ret) {
		kfree(ico);
		return ret;
	}
	set_dma_ops(&hv->device, &ico_dma_ops_Bad);
	ico->disk.ops = &ico_ops;
	ico->disk.dma_dev = &hv->device;
	ico->disk.private_data = ico;
	return disk_register(&ico->disk);
}

static void ico_remove(struct hv_device *hv)
{
	struct ico *ico = hv_get_drvdata(hv);

	disk_unregister(&ico->disk);
	vmbus_close(hv->channel);
	kfree(ico);
}

static const struct hv_vmbus_device_id ico_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ico_drv = {
	.name = "ico",
	.id_table = ico_ids,
	.probe = ico_probe,
	.remove = ico_remove,
};

static int __init ico_init(void)
{
	return vmbus_driver_register(&ico_drv);
}
module_init(ico_init);
