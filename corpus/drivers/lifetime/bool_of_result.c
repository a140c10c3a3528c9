/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The result becomes a bool: true means failure, and one of the two forgets that. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct bor {
	struct hv_device *hv;
	struct disk disk;
};

static int bor_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	bool done;

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	done = set_memory_encrypted(page, 1);
	if (done)
		free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int bor_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	bool failed;

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	failed = set_memory_encrypted(page, 1);
	if (!failed)
		free_page(page);	/* expect: private */
	return 0;
}

static int bor_queue(struct disk *d, struct disk_request *rq)
{
	struct bor *bor = d->private_data;
	struct vmbus_channel *ch = bor->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? bor_cycle_Ok() : bor_cycle_Bad();
}

static const struct disk_ops bor_ops = {
	.queue = bor_queue,
};

static int bor_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct bor *bor = kzalloc(sizeof(*bor), GFP_KERNEL);
	int ret;

	if (!bor)
		return -ENOMEM;
	bor->hv = hv;
	hv_set_drvdata(hv, bor);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, bor);
	if (ret) {
		kfree(bor);
		return ret;
	}
	bor->disk.ops = &bor_ops;
	bor->disk.dma_dev = &hv->device;
	bor->disk.private_data = bor;
	return disk_register(&bor->disk);
}

static void bor_remove(struct hv_device *hv)
{
	struct bor *bor = hv_get_drvdata(hv);

	disk_unregister(&bor->disk);
	vmbus_close(hv->channel);
	kfree(bor);
}

static const struct hv_vmbus_device_id bor_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver bor_drv = {
	.name = "bor",
	.id_table = bor_ids,
	.probe = bor_probe,
	.remove = bor_remove,
};

static int __init bor_init(void)
{
	return vmbus_driver_register(&bor_drv);
}
module_init(bor_init);
