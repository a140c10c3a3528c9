/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The flag is looked at after the mapping, which is undone. The copy was made all the same. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct cam {
	struct hv_device *hv;
	struct disk disk;
};

static int cam_run(struct cam *cam, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &cam->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(cam->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int cam_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct cam *cam = d->private_data;
	struct vmbus_channel *ch = cam->hv->channel;
	struct device *dev = &cam->hv->device;
	dma_addr_t addr;

	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: coco-bounce leak */
	if (!ch->co_external_memory)
		return cam_run(cam, rq, addr);
	if (!dma_mapping_error(dev, addr))
		dma_unmap_single(dev, addr, rq->len, rq->dir);
	return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
}

static int cam_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct cam *cam = d->private_data;
	struct vmbus_channel *ch = cam->hv->channel;
	struct device *dev = &cam->hv->device;
	dma_addr_t addr;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
	return cam_run(cam, rq, addr);
}

static const struct disk_ops cam_ops = {
	.queue = cam_queue_Bad,
	.queue_urgent = cam_queue_Ok,
};

static int cam_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct cam *cam = kzalloc(sizeof(*cam), GFP_KERNEL);
	int ret;

	if (!cam)
		return -ENOMEM;
	cam->hv = hv;
	hv_set_drvdata(hv, cam);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, cam);
	if (ret) {
		kfree(cam);
		return ret;
	}
	cam->disk.ops = &cam_ops;
	cam->disk.dma_dev = &hv->device;
	cam->disk.private_data = cam;
	return disk_register(&cam->disk);
}

static void cam_remove(struct hv_device *hv)
{
	struct cam *cam = hv_get_drvdata(hv);

	disk_unregister(&cam->disk);
	vmbus_close(hv->channel);
	kfree(cam);
}

static const struct hv_vmbus_device_id cam_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver cam_drv = {
	.name = "cam",
	.id_table = cam_ids,
	.probe = cam_probe,
	.remove = cam_remove,
};

static int __init cam_init(void)
{
	return vmbus_driver_register(&cam_drv);
}
module_init(cam_init);
