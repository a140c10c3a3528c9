/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The flag goes through two calls as a parameter; in one of them the arguments are swapped. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fpa {
	struct hv_device *hv;
	struct disk disk;
};

static int fpa_run(struct fpa *fpa, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &fpa->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(fpa->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int fpa_submit_Bad(struct fpa *fpa, struct disk_request *rq, bool private,
			  bool urgent)
{
	struct vmbus_channel *ch = fpa->hv->channel;

	if (urgent && vmbus_sendpacket(ch, &urgent, sizeof(urgent), 0))
		return -EIO;
	if (private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return fpa_run(fpa, rq,
		       dma_map_single(&fpa->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int fpa_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct fpa *fpa = d->private_data;
	struct vmbus_channel *ch = fpa->hv->channel;

	return fpa_submit_Bad(fpa, rq, false, ch->co_external_memory);
}

static int fpa_submit_Ok(struct fpa *fpa, struct disk_request *rq, bool private,
			  bool urgent)
{
	struct vmbus_channel *ch = fpa->hv->channel;

	if (urgent && vmbus_sendpacket(ch, &urgent, sizeof(urgent), 0))
		return -EIO;
	if (private)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return fpa_run(fpa, rq,
		       dma_map_single(&fpa->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static int fpa_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct fpa *fpa = d->private_data;
	struct vmbus_channel *ch = fpa->hv->channel;

	return fpa_submit_Ok(fpa, rq, ch->co_external_memory, false);
}

static const struct disk_ops fpa_ops = {
	.queue = fpa_queue_Bad,
	.queue_urgent = fpa_queue_Ok,
};

static int fpa_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fpa *fpa = kzalloc(sizeof(*fpa), GFP_KERNEL);
	int ret;

	if (!fpa)
		return -ENOMEM;
	fpa->hv = hv;
	hv_set_drvdata(hv, fpa);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fpa);
	if (ret) {
		kfree(fpa);
		return ret;
	}
	fpa->disk.ops = &fpa_ops;
	fpa->disk.dma_dev = &hv->device;
	fpa->disk.private_data = fpa;
	return disk_register(&fpa->disk);
}

static void fpa_remove(struct hv_device *hv)
{
	struct fpa *fpa = hv_get_drvdata(hv);

	disk_unregister(&fpa->disk);
	vmbus_close(hv->channel);
	kfree(fpa);
}

static const struct hv_vmbus_device_id fpa_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fpa_drv = {
	.name = "fpa",
	.id_table = fpa_ids,
	.probe = fpa_probe,
	.remove = fpa_remove,
};

static int __init fpa_init(void)
{
	return vmbus_driver_register(&fpa_drv);
}
module_init(fpa_init);
