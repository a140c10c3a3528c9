/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The flag is copied to a field of the driver's struct in probe: the right one, and the ring's.
 * On a channel with a private ring only, the ring's flag would hand out private addresses: no leak.
 * Its negation is what leaks.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ffl {
	struct hv_device *hv;
	struct disk disk;
	bool ring_is_shared;
	bool data_is_private;
};

static int ffl_run(struct ffl *ffl, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &ffl->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ffl->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int ffl_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct ffl *ffl = d->private_data;
	struct vmbus_channel *ch = ffl->hv->channel;

	if (ffl->ring_is_shared)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return ffl_run(ffl, rq,
		       dma_map_single(&ffl->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int ffl_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct ffl *ffl = d->private_data;
	struct vmbus_channel *ch = ffl->hv->channel;

	if (ffl->data_is_private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return ffl_run(ffl, rq,
		       dma_map_single(&ffl->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops ffl_ops = {
	.queue = ffl_queue_Bad,
	.queue_urgent = ffl_queue_Ok,
};

static int ffl_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ffl *ffl = kzalloc(sizeof(*ffl), GFP_KERNEL);
	int ret;

	if (!ffl)
		return -ENOMEM;
	ffl->hv = hv;
	hv_set_drvdata(hv, ffl);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ffl);
	if (ret) {
		kfree(ffl);
		return ret;
	}
	ffl->ring_is_shared = !hv->channel->co_ring_buffer;
	ffl->data_is_private = hv->channel->co_external_memory;
	ffl->disk.ops = &ffl_ops;
	ffl->disk.dma_dev = &hv->device;
	ffl->disk.private_data = ffl;
	return disk_register(&ffl->disk);
}

static void ffl_remove(struct hv_device *hv)
{
	struct ffl *ffl = hv_get_drvdata(hv);

	disk_unregister(&ffl->disk);
	vmbus_close(hv->channel);
	kfree(ffl);
}

static const struct hv_vmbus_device_id ffl_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ffl_drv = {
	.name = "ffl",
	.id_table = ffl_ids,
	.probe = ffl_probe,
	.remove = ffl_remove,
};

static int __init ffl_init(void)
{
	return vmbus_driver_register(&ffl_drv);
}
module_init(ffl_init);
