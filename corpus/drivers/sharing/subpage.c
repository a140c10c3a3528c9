/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A mailbox of half a kilobyte is shared, and with it whatever else lies in its page. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct spg {
	struct hv_device *hv;
	struct disk disk;
};

static int spg_cycle_Bad(void)
{
	void *mailbox = kzalloc(512, GFP_KERNEL);

	if (!mailbox)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)mailbox, 1))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)mailbox, 1))
		kfree(mailbox);
	return 0;
}

static int spg_cycle_Ok(void)
{
	void *mailbox = (void *)get_zeroed_page(GFP_KERNEL);

	if (!mailbox)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)mailbox, 1))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)mailbox, 1))
		free_page((unsigned long)mailbox);
	return 0;
}

static int spg_queue(struct disk *d, struct disk_request *rq)
{
	struct spg *spg = d->private_data;
	struct vmbus_channel *ch = spg->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? spg_cycle_Ok()
					  : spg_cycle_Bad();
}

static const struct disk_ops spg_ops = {
	.queue = spg_queue,
};

static int spg_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct spg *spg = kzalloc(sizeof(*spg), GFP_KERNEL);
	int ret;

	if (!spg)
		return -ENOMEM;
	spg->hv = hv;
	hv_set_drvdata(hv, spg);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, spg);
	if (ret) {
		kfree(spg);
		return ret;
	}
	spg->disk.ops = &spg_ops;
	spg->disk.dma_dev = &hv->device;
	spg->disk.private_data = spg;
	return disk_register(&spg->disk);
}

static void spg_remove(struct hv_device *hv)
{
	struct spg *spg = hv_get_drvdata(hv);

	disk_unregister(&spg->disk);
	vmbus_close(hv->channel);
	kfree(spg);
}

static const struct hv_vmbus_device_id spg_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver spg_drv = {
	.name = "spg",
	.id_table = spg_ids,
	.probe = spg_probe,
	.remove = spg_remove,
};

static int __init spg_init(void)
{
	return vmbus_driver_register(&spg_drv);
}
module_init(spg_init);
