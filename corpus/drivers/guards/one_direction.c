/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A guard for writes only. The bounce buffer is filled for reads as well. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct dir {
	struct hv_device *hv;
	struct disk disk;
};

static int dir_run(struct dir *dir, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &dir->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(dir->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int dir_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct dir *dir = d->private_data;
	struct vmbus_channel *ch = dir->hv->channel;

	if (ch->co_external_memory && rq->dir == DMA_TO_DEVICE)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return dir_run(dir, rq,
		       dma_map_single(&dir->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int dir_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct dir *dir = d->private_data;
	struct vmbus_channel *ch = dir->hv->channel;

	if (ch->co_external_memory || rq->dir == DMA_NONE)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return dir_run(dir, rq,
		       dma_map_single(&dir->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops dir_ops = {
	.queue = dir_queue_Bad,
	.queue_urgent = dir_queue_Ok,
};

static int dir_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int ret;

	if (!dir)
		return -ENOMEM;
	dir->hv = hv;
	hv_set_drvdata(hv, dir);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, dir);
	if (ret) {
		kfree(dir);
		return ret;
	}
	dir->disk.ops = &dir_ops;
	dir->disk.dma_dev = &hv->device;
	dir->disk.private_data = dir;
	return disk_register(&dir->disk);
}

static void dir_remove(struct hv_device *hv)
{
	struct dir *dir = hv_get_drvdata(hv);

	disk_unregister(&dir->disk);
	vmbus_close(hv->channel);
	kfree(dir);
}

static const struct hv_vmbus_device_id dir_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver dir_drv = {
	.name = "dir",
	.id_table = dir_ids,
	.probe = dir_probe,
	.remove = dir_remove,
};

static int __init dir_init(void)
{
	return vmbus_driver_register(&dir_drv);
}
module_init(dir_init);
