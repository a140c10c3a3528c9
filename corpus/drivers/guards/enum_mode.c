/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A mode of an enum stands for the flag, and is compared. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

enum enu_mode {
	ENU_UNKNOWN,
	ENU_BOUNCE,
	ENU_PRIVATE,
};

struct enu {
	struct hv_device *hv;
	struct disk disk;
	enum enu_mode mode;
};

static int enu_run(struct enu *enu, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &enu->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(enu->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int enu_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct enu *enu = d->private_data;
	struct vmbus_channel *ch = enu->hv->channel;

	if (enu->mode == ENU_UNKNOWN)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return enu_run(enu, rq,
		       dma_map_single(&enu->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int enu_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct enu *enu = d->private_data;
	struct vmbus_channel *ch = enu->hv->channel;

	if (enu->mode >= ENU_PRIVATE)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return enu_run(enu, rq,
		       dma_map_single(&enu->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops enu_ops = {
	.queue = enu_queue_Bad,
	.queue_urgent = enu_queue_Ok,
};

static int enu_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct enu *enu = kzalloc(sizeof(*enu), GFP_KERNEL);
	int ret;

	if (!enu)
		return -ENOMEM;
	enu->hv = hv;
	hv_set_drvdata(hv, enu);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, enu);
	if (ret) {
		kfree(enu);
		return ret;
	}
	enu->mode = hv->channel->co_external_memory ? ENU_PRIVATE : ENU_BOUNCE;
	enu->disk.ops = &enu_ops;
	enu->disk.dma_dev = &hv->device;
	enu->disk.private_data = enu;
	return disk_register(&enu->disk);
}

static void enu_remove(struct hv_device *hv)
{
	struct enu *enu = hv_get_drvdata(hv);

	disk_unregister(&enu->disk);
	vmbus_close(hv->channel);
	kfree(enu);
}

static const struct hv_vmbus_device_id enu_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver enu_drv = {
	.name = "enu",
	.id_table = enu_ids,
	.probe = enu_probe,
	.remove = enu_remove,
};

static int __init enu_init(void)
{
	return vmbus_driver_register(&enu_drv);
}
module_init(enu_init);
