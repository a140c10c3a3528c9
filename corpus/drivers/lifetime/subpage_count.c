/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* More pages are shared than were allocated: the next one is somebody else's. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct spc {
	struct hv_device *hv;
	struct disk disk;
};

static int spc_cycle_Bad(void)
{
	unsigned long memory = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted(memory, 3))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted(memory, 3))
		free_pages(memory, 1);
	return 0;
}

static int spc_cycle_Ok(void)
{
	unsigned long memory = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted(memory, 2))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted(memory, 2))
		free_pages(memory, 1);
	return 0;
}

static int spc_queue(struct disk *d, struct disk_request *rq)
{
	struct spc *spc = d->private_data;
	struct vmbus_channel *ch = spc->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? spc_cycle_Ok() : spc_cycle_Bad();
}

static const struct disk_ops spc_ops = {
	.queue = spc_queue,
};

static int spc_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct spc *spc = kzalloc(sizeof(*spc), GFP_KERNEL);
	int ret;

	if (!spc)
		return -ENOMEM;
	spc->hv = hv;
	hv_set_drvdata(hv, spc);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, spc);
	if (ret) {
		kfree(spc);
		return ret;
	}
	spc->disk.ops = &spc_ops;
	spc->disk.dma_dev = &hv->device;
	spc->disk.private_data = spc;
	return disk_register(&spc->disk);
}

static void spc_remove(struct hv_device *hv)
{
	struct spc *spc = hv_get_drvdata(hv);

	disk_unregister(&spc->disk);
	vmbus_close(hv->channel);
	kfree(spc);
}

static const struct hv_vmbus_device_id spc_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver spc_drv = {
	.name = "spc",
	.id_table = spc_ids,
	.probe = spc_probe,
	.remove = spc_remove,
};

static int __init spc_init(void)
{
	return vmbus_driver_register(&spc_drv);
}
module_init(spc_init);
