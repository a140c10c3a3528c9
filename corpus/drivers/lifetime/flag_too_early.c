/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Flags say that pages are shared; one is cleared before that is known. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fte {
	struct hv_device *hv;
	struct disk disk;
	unsigned long early, late;
	bool early_shared, late_shared;
};

static int fte_share(struct fte *fte)
{
	fte->early = get_zeroed_page(GFP_KERNEL);
	fte->late = get_zeroed_page(GFP_KERNEL);
	if (!fte->early || !fte->late)
		return -ENOMEM;
	fte->early_shared = true;
	fte->late_shared = true;
	if (set_memory_decrypted(fte->early, 1))	/* expect: any */
		return -EIO;
	return set_memory_decrypted(fte->late, 1);	/* expect: any */
}

static int fte_drop_Bad(struct fte *fte)
{
	fte->early_shared = false;
	set_memory_encrypted(fte->early, 1);
	if (!fte->early_shared)
		free_page(fte->early);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int fte_drop_Ok(struct fte *fte)
{
	if (!set_memory_encrypted(fte->late, 1))
		fte->late_shared = false;
	if (!fte->late_shared)
		free_page(fte->late);	/* expect: private */
	return 0;
}

static int fte_queue(struct disk *d, struct disk_request *rq)
{
	struct fte *fte = d->private_data;

	return fte->hv->channel->rescind ? -ENODEV : 0;
}

static const struct disk_ops fte_ops = {
	.queue = fte_queue,
};

static int fte_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fte *fte = kzalloc(sizeof(*fte), GFP_KERNEL);
	int ret;

	if (!fte)
		return -ENOMEM;
	fte->hv = hv;
	hv_set_drvdata(hv, fte);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fte);
	if (ret) {
		kfree(fte);
		return ret;
	}
	ret = fte_share(fte);
	if (ret)
		return ret;
	fte->disk.ops = &fte_ops;
	fte->disk.dma_dev = &hv->device;
	fte->disk.private_data = fte;
	return disk_register(&fte->disk);
}

static void fte_remove(struct hv_device *hv)
{
	struct fte *fte = hv_get_drvdata(hv);

	disk_unregister(&fte->disk);
	vmbus_close(hv->channel);
	fte_drop_Bad(fte);
	fte_drop_Ok(fte);
	kfree(fte);
}

static const struct hv_vmbus_device_id fte_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fte_drv = {
	.name = "fte",
	.id_table = fte_ids,
	.probe = fte_probe,
	.remove = fte_remove,
};

static int __init fte_init(void)
{
	return vmbus_driver_register(&fte_drv);
}
module_init(fte_init);
