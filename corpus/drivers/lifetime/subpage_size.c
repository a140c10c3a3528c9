/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* kmalloc() of whole pages gives pages of its own, of anything else it does not. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sps {
	struct hv_device *hv;
	struct disk disk;
};

static int sps_cycle_Bad(void)
{
	void *memory = kzalloc(PAGE_SIZE / 4, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, 1))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, 1))
		kfree(memory);
	return 0;
}

static int sps_cycle_Ok(void)
{
	void *memory = kzalloc(2 * PAGE_SIZE, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, 2))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, 2))
		kfree(memory);
	return 0;
}

static int sps_queue(struct disk *d, struct disk_request *rq)
{
	struct sps *sps = d->private_data;
	struct vmbus_channel *ch = sps->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? sps_cycle_Ok() : sps_cycle_Bad();
}

static const struct disk_ops sps_ops = {
	.queue = sps_queue,
};

static int sps_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sps *sps = kzalloc(sizeof(*sps), GFP_KERNEL);
	int ret;

	if (!sps)
		return -ENOMEM;
	sps->hv = hv;
	hv_set_drvdata(hv, sps);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sps);
	if (ret) {
		kfree(sps);
		return ret;
	}
	sps->disk.ops = &sps_ops;
	sps->disk.dma_dev = &hv->device;
	sps->disk.private_data = sps;
	return disk_register(&sps->disk);
}

static void sps_remove(struct hv_device *hv)
{
	struct sps *sps = hv_get_drvdata(hv);

	disk_unregister(&sps->disk);
	vmbus_close(hv->channel);
	kfree(sps);
}

static const struct hv_vmbus_device_id sps_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sps_drv = {
	.name = "sps",
	.id_table = sps_ids,
	.probe = sps_probe,
	.remove = sps_remove,
};

static int __init sps_init(void)
{
	return vmbus_driver_register(&sps_drv);
}
module_init(sps_init);
