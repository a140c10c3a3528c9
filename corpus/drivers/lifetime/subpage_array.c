/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* An array of pages, and one of small records. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct spa {
	struct hv_device *hv;
	struct disk disk;
};

static int spa_cycle_Bad(void)
{
	void *memory = kcalloc(3, 64, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, 1))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, 1))
		kfree(memory);
	return 0;
}

static int spa_cycle_Ok(void)
{
	void *memory = kcalloc(2, PAGE_SIZE, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, 2))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, 2))
		kfree(memory);
	return 0;
}

static int spa_queue(struct disk *d, struct disk_request *rq)
{
	struct spa *spa = d->private_data;
	struct vmbus_channel *ch = spa->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? spa_cycle_Ok() : spa_cycle_Bad();
}

static const struct disk_ops spa_ops = {
	.queue = spa_queue,
};

static int spa_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct spa *spa = kzalloc(sizeof(*spa), GFP_KERNEL);
	int ret;

	if (!spa)
		return -ENOMEM;
	spa->hv = hv;
	hv_set_drvdata(hv, spa);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, spa);
	if (ret) {
		kfree(spa);
		return ret;
	}
	spa->disk.ops = &spa_ops;
	spa->disk.dma_dev = &hv->device;
	spa->disk.private_data = spa;
	return disk_register(&spa->disk);
}

static void spa_remove(struct hv_device *hv)
{
	struct spa *spa = hv_get_drvdata(hv);

	disk_unregister(&spa->disk);
	vmbus_close(hv->channel);
	kfree(spa);
}

static const struct hv_vmbus_device_id spa_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver spa_drv = {
	.name = "spa",
	.id_table = spa_ids,
	.probe = spa_probe,
	.remove = spa_remove,
};

static int __init spa_init(void)
{
	return vmbus_driver_register(&spa_drv);
}
module_init(spa_init);
