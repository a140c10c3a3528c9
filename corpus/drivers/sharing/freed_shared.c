/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A shared page goes back to the allocator on an error path. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fsh {
	struct hv_device *hv;
	struct disk disk;
};

static int fsh_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (vmbus_is_confidential()) {
		free_page(page);	/* expect: coco-decrypted-free leak */
		return -EOPNOTSUPP;
	}
	if (!set_memory_encrypted(page, 1))
		free_page(page);
	return 0;
}

static int fsh_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (vmbus_is_confidential()) {
		free_page(page);
		return -EOPNOTSUPP;
	}
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (!set_memory_encrypted(page, 1))
		free_page(page);
	return 0;
}

static int fsh_queue(struct disk *d, struct disk_request *rq)
{
	struct fsh *fsh = d->private_data;
	struct vmbus_channel *ch = fsh->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? fsh_cycle_Ok()
					  : fsh_cycle_Bad();
}

static const struct disk_ops fsh_ops = {
	.queue = fsh_queue,
};

static int fsh_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fsh *fsh = kzalloc(sizeof(*fsh), GFP_KERNEL);
	int ret;

	if (!fsh)
		return -ENOMEM;
	fsh->hv = hv;
	hv_set_drvdata(hv, fsh);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fsh);
	if (ret) {
		kfree(fsh);
		return ret;
	}
	fsh->disk.ops = &fsh_ops;
	fsh->disk.dma_dev = &hv->device;
	fsh->disk.private_data = fsh;
	return disk_register(&fsh->disk);
}

static void fsh_remove(struct hv_device *hv)
{
	struct fsh *fsh = hv_get_drvdata(hv);

	disk_unregister(&fsh->disk);
	vmbus_close(hv->channel);
	kfree(fsh);
}

static const struct hv_vmbus_device_id fsh_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fsh_drv = {
	.name = "fsh",
	.id_table = fsh_ids,
	.probe = fsh_probe,
	.remove = fsh_remove,
};

static int __init fsh_init(void)
{
	return vmbus_driver_register(&fsh_drv);
}
module_init(fsh_init);
