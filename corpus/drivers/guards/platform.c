/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A guard on the platform: outside a confidential guest no memory is private to begin with. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/cc_platform.h>

struct plt {
	struct hv_device *hv;
	struct disk disk;
};

static int plt_run(struct plt *plt, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &plt->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(plt->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int plt_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct plt *plt = d->private_data;
	struct vmbus_channel *ch = plt->hv->channel;

	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return plt_run(plt, rq,
		       dma_map_single(&plt->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int plt_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct plt *plt = d->private_data;
	struct vmbus_channel *ch = plt->hv->channel;

	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return plt_run(plt, rq,
		       dma_map_single(&plt->hv->device, rq->buf,	/* expect: unreachable|private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops plt_ops = {
	.queue = plt_queue_Bad,
	.queue_urgent = plt_queue_Ok,
};

static int plt_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct plt *plt = kzalloc(sizeof(*plt), GFP_KERNEL);
	int ret;

	if (!plt)
		return -ENOMEM;
	plt->hv = hv;
	hv_set_drvdata(hv, plt);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, plt);
	if (ret) {
		kfree(plt);
		return ret;
	}
	plt->disk.ops = &plt_ops;
	plt->disk.dma_dev = &hv->device;
	plt->disk.private_data = plt;
	return disk_register(&plt->disk);
}

static void plt_remove(struct hv_device *hv)
{
	struct plt *plt = hv_get_drvdata(hv);

	disk_unregister(&plt->disk);
	vmbus_close(hv->channel);
	kfree(plt);
}

static const struct hv_vmbus_device_id plt_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver plt_drv = {
	.name = "plt",
	.id_table = plt_ids,
	.probe = plt_probe,
	.remove = plt_remove,
};

static int __init plt_init(void)
{
	return vmbus_driver_register(&plt_drv);
}
module_init(plt_init);
