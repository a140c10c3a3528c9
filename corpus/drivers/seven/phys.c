/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The entry point that takes a physical address: as open as the others, and guarded. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct phy {
	struct hv_device *hv;
	struct disk disk;
};

static int phy_run(struct phy *phy, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &phy->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(phy->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int phy_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct phy *phy = d->private_data;
	struct device *dev = &phy->hv->device;
	dma_addr_t addr;

	addr = dma_map_phys(dev, virt_to_phys(rq->buf), rq->len, rq->dir, 0);	/* expect: coco-bounce leak */
	return phy_run(phy, rq, addr);
}

static int phy_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct phy *phy = d->private_data;
	struct vmbus_channel *ch = phy->hv->channel;
	struct device *dev = &phy->hv->device;
	dma_addr_t addr;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	addr = dma_map_phys(dev, virt_to_phys(rq->buf), rq->len, rq->dir, 0);	/* expect: private|shared-by-design (guard) */
	return phy_run(phy, rq, addr);
}

static const struct disk_ops phy_ops = {
	.queue = phy_queue_Bad,
	.queue_urgent = phy_queue_Ok,
};

static int phy_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct phy *phy = kzalloc(sizeof(*phy), GFP_KERNEL);
	int ret;

	if (!phy)
		return -ENOMEM;
	phy->hv = hv;
	hv_set_drvdata(hv, phy);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, phy);
	if (ret) {
		kfree(phy);
		return ret;
	}
	phy->disk.ops = &phy_ops;
	phy->disk.dma_dev = &hv->device;
	phy->disk.private_data = phy;
	return disk_register(&phy->disk);
}

static void phy_remove(struct hv_device *hv)
{
	struct phy *phy = hv_get_drvdata(hv);

	disk_unregister(&phy->disk);
	vmbus_close(hv->channel);
	kfree(phy);
}

static const struct hv_vmbus_device_id phy_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver phy_drv = {
	.name = "phy",
	.id_table = phy_ids,
	.probe = phy_probe,
	.remove = phy_remove,
};

static int __init phy_init(void)
{
	return vmbus_driver_register(&phy_drv);
}
module_init(phy_init);
