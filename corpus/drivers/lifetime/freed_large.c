/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Several pages at once, by vmalloc() and by order. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/vmalloc.h>

struct frl {
	struct hv_device *hv;
	struct disk disk;
};

static int frl_cycle_Bad(void)
{
	void *area = vzalloc(4 * PAGE_SIZE);

	if (!area)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)area, 4)) {
		vfree(area);	/* expect: coco-decrypted-free leak */
		return -EIO;
	}
	return 0;
}

static int frl_cycle_Ok(void)
{
	unsigned long area = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 2);

	if (!area)
		return -ENOMEM;
	if (set_memory_decrypted(area, 4))
		return -EIO;
	if (!set_memory_encrypted(area, 4))
		free_pages(area, 2);	/* expect: private */
	return 0;
}

static int frl_queue(struct disk *d, struct disk_request *rq)
{
	struct frl *frl = d->private_data;
	struct vmbus_channel *ch = frl->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? frl_cycle_Ok() : frl_cycle_Bad();
}

static const struct disk_ops frl_ops = {
	.queue = frl_queue,
};

static int frl_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct frl *frl = kzalloc(sizeof(*frl), GFP_KERNEL);
	int ret;

	if (!frl)
		return -ENOMEM;
	frl->hv = hv;
	hv_set_drvdata(hv, frl);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, frl);
	if (ret) {
		kfree(frl);
		return ret;
	}
	frl->disk.ops = &frl_ops;
	frl->disk.dma_dev = &hv->device;
	frl->disk.private_data = frl;
	return disk_register(&frl->disk);
}

static void frl_remove(struct hv_device *hv)
{
	struct frl *frl = hv_get_drvdata(hv);

	disk_unregister(&frl->disk);
	vmbus_close(hv->channel);
	kfree(frl);
}

static const struct hv_vmbus_device_id frl_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver frl_drv = {
	.name = "frl",
	.id_table = frl_ids,
	.probe = frl_probe,
	.remove = frl_remove,
};

static int __init frl_init(void)
{
	return vmbus_driver_register(&frl_drv);
}
module_init(frl_init);
