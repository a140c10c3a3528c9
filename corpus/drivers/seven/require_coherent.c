/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * DMA_ATTR_REQUIRE_COHERENT never bounces: the mapping fails instead, in a confidential guest
 * always.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct rco {
	struct hv_device *hv;
	struct disk disk;
};

static int rco_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct rco *rco = d->private_data;
	struct vmbus_channel *ch = rco->hv->channel;
	struct device *dev = &rco->hv->device;
	dma_addr_t addr;
	int ret;

	addr = dma_map_phys(dev, virt_to_phys(rq->buf), rq->len, rq->dir,	/* expect: fails-closed coco-fails-closed */
				    DMA_ATTR_REQUIRE_COHERENT);
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ch, addr, rq->len);
	dma_unmap_phys(dev, addr, rq->len, rq->dir,
			     DMA_ATTR_REQUIRE_COHERENT);
	return ret;
}

static const struct disk_ops rco_ops = {
	.queue = rco_queue_Ok,
};

static int rco_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct rco *rco = kzalloc(sizeof(*rco), GFP_KERNEL);
	int ret;

	if (!rco)
		return -ENOMEM;
	rco->hv = hv;
	hv_set_drvdata(hv, rco);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, rco);
	if (ret) {
		kfree(rco);
		return ret;
	}
	rco->disk.ops = &rco_ops;
	rco->disk.dma_dev = &hv->device;
	rco->disk.private_data = rco;
	return disk_register(&rco->disk);
}

static void rco_remove(struct hv_device *hv)
{
	struct rco *rco = hv_get_drvdata(hv);

	disk_unregister(&rco->disk);
	vmbus_close(hv->channel);
	kfree(rco);
}

static const struct hv_vmbus_device_id rco_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver rco_drv = {
	.name = "rco",
	.id_table = rco_ids,
	.probe = rco_probe,
	.remove = rco_remove,
};

static int __init rco_init(void)
{
	return vmbus_driver_register(&rco_drv);
}
module_init(rco_init);
