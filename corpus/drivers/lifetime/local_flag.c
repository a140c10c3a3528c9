/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A local flag says that the page is shared; one is set before that is so, and cleared too soon. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct lfl {
	struct hv_device *hv;
	struct disk disk;
};

static int lfl_cycle_Bad(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	bool shared = true;
	int ret;

	if (!addr)
		return -ENOMEM;
	ret = set_memory_decrypted(addr, 1);
	if (ret)
		shared = false;
	if (shared && !set_memory_encrypted(addr, 1))
		shared = false;
	if (!shared)
		free_pages(addr, 0);	/* expect: coco-decrypted-free leak */
	return ret;
}

static int lfl_cycle_Ok(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	bool shared = true;

	if (!addr)
		return -ENOMEM;
	if (!set_memory_decrypted(addr, 1) && !set_memory_encrypted(addr, 1))
		shared = false;
	if (!shared)
		free_pages(addr, 0);	/* expect: private */
	return 0;
}

static int lfl_queue(struct disk *d, struct disk_request *rq)
{
	struct lfl *lfl = d->private_data;
	struct vmbus_channel *ch = lfl->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? lfl_cycle_Ok() : lfl_cycle_Bad();
}

static const struct disk_ops lfl_ops = {
	.queue = lfl_queue,
};

static int lfl_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct lfl *lfl = kzalloc(sizeof(*lfl), GFP_KERNEL);
	int ret;

	if (!lfl)
		return -ENOMEM;
	lfl->hv = hv;
	hv_set_drvdata(hv, lfl);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, lfl);
	if (ret) {
		kfree(lfl);
		return ret;
	}
	lfl->disk.ops = &lfl_ops;
	lfl->disk.dma_dev = &hv->device;
	lfl->disk.private_data = lfl;
	return disk_register(&lfl->disk);
}

static void lfl_remove(struct hv_device *hv)
{
	struct lfl *lfl = hv_get_drvdata(hv);

	disk_unregister(&lfl->disk);
	vmbus_close(hv->channel);
	kfree(lfl);
}

static const struct hv_vmbus_device_id lfl_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver lfl_drv = {
	.name = "lfl",
	.id_table = lfl_ids,
	.probe = lfl_probe,
	.remove = lfl_remove,
};

static int __init lfl_init(void)
{
	return vmbus_driver_register(&lfl_drv);
}
module_init(lfl_init);
