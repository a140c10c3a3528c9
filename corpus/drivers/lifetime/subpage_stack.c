/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A buffer on the stack lies among return addresses and other locals. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct spt {
	struct hv_device *hv;
	struct disk disk;
};

static int spt_cycle_Bad(void)
{
	char mailbox[128];

	if (set_memory_decrypted((unsigned long)mailbox, 1))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	return set_memory_encrypted((unsigned long)mailbox, 1);
}

static int spt_cycle_Ok(void)
{
	unsigned long memory = get_zeroed_page(GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted(memory, 1))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted(memory, 1))
		free_page(memory);
	return 0;
}

static int spt_queue(struct disk *d, struct disk_request *rq)
{
	struct spt *spt = d->private_data;
	struct vmbus_channel *ch = spt->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? spt_cycle_Ok() : spt_cycle_Bad();
}

static const struct disk_ops spt_ops = {
	.queue = spt_queue,
};

static int spt_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct spt *spt = kzalloc(sizeof(*spt), GFP_KERNEL);
	int ret;

	if (!spt)
		return -ENOMEM;
	spt->hv = hv;
	hv_set_drvdata(hv, spt);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, spt);
	if (ret) {
		kfree(spt);
		return ret;
	}
	spt->disk.ops = &spt_ops;
	spt->disk.dma_dev = &hv->device;
	spt->disk.private_data = spt;
	return disk_register(&spt->disk);
}

static void spt_remove(struct hv_device *hv)
{
	struct spt *spt = hv_get_drvdata(hv);

	disk_unregister(&spt->disk);
	vmbus_close(hv->channel);
	kfree(spt);
}

static const struct hv_vmbus_device_id spt_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver spt_drv = {
	.name = "spt",
	.id_table = spt_ids,
	.probe = spt_probe,
	.remove = spt_remove,
};

static int __init spt_init(void)
{
	return vmbus_driver_register(&spt_drv);
}
module_init(spt_init);
