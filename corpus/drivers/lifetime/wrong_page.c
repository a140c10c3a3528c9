/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Two pages; the one that was taken back is not the one that is freed. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct wrp {
	struct hv_device *hv;
	struct disk disk;
};

static int wrp_cycle_Bad(void)
{
	unsigned long shared = get_zeroed_page(GFP_KERNEL);
	unsigned long own = get_zeroed_page(GFP_KERNEL);

	if (!shared || !own)
		return -ENOMEM;
	if (set_memory_decrypted(shared, 1))
		return -EIO;
	if (!set_memory_encrypted(own, 1))
		free_page(shared);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int wrp_cycle_Ok(void)
{
	unsigned long shared = get_zeroed_page(GFP_KERNEL);
	unsigned long own = get_zeroed_page(GFP_KERNEL);

	if (!shared || !own)
		return -ENOMEM;
	if (set_memory_decrypted(shared, 1))
		return -EIO;
	free_page(own);
	if (!set_memory_encrypted(shared, 1))
		free_page(shared);	/* expect: private */
	return 0;
}

static int wrp_queue(struct disk *d, struct disk_request *rq)
{
	struct wrp *wrp = d->private_data;
	struct vmbus_channel *ch = wrp->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? wrp_cycle_Ok() : wrp_cycle_Bad();
}

static const struct disk_ops wrp_ops = {
	.queue = wrp_queue,
};

static int wrp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct wrp *wrp = kzalloc(sizeof(*wrp), GFP_KERNEL);
	int ret;

	if (!wrp)
		return -ENOMEM;
	wrp->hv = hv;
	hv_set_drvdata(hv, wrp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, wrp);
	if (ret) {
		kfree(wrp);
		return ret;
	}
	wrp->disk.ops = &wrp_ops;
	wrp->disk.dma_dev = &hv->device;
	wrp->disk.private_data = wrp;
	return disk_register(&wrp->disk);
}

static void wrp_remove(struct hv_device *hv)
{
	struct wrp *wrp = hv_get_drvdata(hv);

	disk_unregister(&wrp->disk);
	vmbus_close(hv->channel);
	kfree(wrp);
}

static const struct hv_vmbus_device_id wrp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver wrp_drv = {
	.name = "wrp",
	.id_table = wrp_ids,
	.probe = wrp_probe,
	.remove = wrp_remove,
};

static int __init wrp_init(void)
{
	return vmbus_driver_register(&wrp_drv);
}
module_init(wrp_init);
