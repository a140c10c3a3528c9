/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A mailbox inside a record shares its page with the rest of the record. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct spm {
	struct hv_device *hv;
	struct disk disk;
};

struct spm_box {
	u64 key;
	char mailbox[256];
	char *own;
};

static int spm_cycle_Bad(void)
{
	struct spm_box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)box->mailbox, 1))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)box->mailbox, 1))
		kfree(box);
	return 0;
}

static int spm_cycle_Ok(void)
{
	struct spm_box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->own = (char *)get_zeroed_page(GFP_KERNEL);
	if (box->own && !set_memory_decrypted((unsigned long)box->own, 1) &&	/* expect: shared-by-design|private */
	    !set_memory_encrypted((unsigned long)box->own, 1))
		free_page((unsigned long)box->own);
	kfree(box);
	return 0;
}

static int spm_queue(struct disk *d, struct disk_request *rq)
{
	struct spm *spm = d->private_data;
	struct vmbus_channel *ch = spm->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? spm_cycle_Ok() : spm_cycle_Bad();
}

static const struct disk_ops spm_ops = {
	.queue = spm_queue,
};

static int spm_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct spm *spm = kzalloc(sizeof(*spm), GFP_KERNEL);
	int ret;

	if (!spm)
		return -ENOMEM;
	spm->hv = hv;
	hv_set_drvdata(hv, spm);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, spm);
	if (ret) {
		kfree(spm);
		return ret;
	}
	spm->disk.ops = &spm_ops;
	spm->disk.dma_dev = &hv->device;
	spm->disk.private_data = spm;
	return disk_register(&spm->disk);
}

static void spm_remove(struct hv_device *hv)
{
	struct spm *spm = hv_get_drvdata(hv);

	disk_unregister(&spm->disk);
	vmbus_close(hv->channel);
	kfree(spm);
}

static const struct hv_vmbus_device_id spm_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver spm_drv = {
	.name = "spm",
	.id_table = spm_ids,
	.probe = spm_probe,
	.remove = spm_remove,
};

static int __init spm_init(void)
{
	return vmbus_driver_register(&spm_drv);
}
module_init(spm_init);
