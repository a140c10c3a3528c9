/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The size is rounded up to pages before the allocation, or only for the conversion. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct spr {
	struct hv_device *hv;
	struct disk disk;
};

static int spr_cycle_Bad(u32 len)
{
	void *memory = kzalloc(len, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, PFN_UP(len)))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, PFN_UP(len)))
		kfree(memory);
	return 0;
}

static int spr_cycle_Ok(u32 len)
{
	void *memory = kzalloc(PAGE_ALIGN(len), GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, PFN_UP(len)))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, PFN_UP(len)))
		kfree(memory);
	return 0;
}

static int spr_queue(struct disk *d, struct disk_request *rq)
{
	struct spr *spr = d->private_data;
	struct vmbus_channel *ch = spr->hv->channel;

	if (ch->rescind || !rq->len)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? spr_cycle_Ok(rq->len) : spr_cycle_Bad(rq->len);
}

static const struct disk_ops spr_ops = {
	.queue = spr_queue,
};

static int spr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct spr *spr = kzalloc(sizeof(*spr), GFP_KERNEL);
	int ret;

	if (!spr)
		return -ENOMEM;
	spr->hv = hv;
	hv_set_drvdata(hv, spr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, spr);
	if (ret) {
		kfree(spr);
		return ret;
	}
	spr->disk.ops = &spr_ops;
	spr->disk.dma_dev = &hv->device;
	spr->disk.private_data = spr;
	return disk_register(&spr->disk);
}

static void spr_remove(struct hv_device *hv)
{
	struct spr *spr = hv_get_drvdata(hv);

	disk_unregister(&spr->disk);
	vmbus_close(hv->channel);
	kfree(spr);
}

static const struct hv_vmbus_device_id spr_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver spr_drv = {
	.name = "spr",
	.id_table = spr_ids,
	.probe = spr_probe,
	.remove = spr_remove,
};

static int __init spr_init(void)
{
	return vmbus_driver_register(&spr_drv);
}
module_init(spr_init);
