/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The result of changing a page back is ignored: the next owner may get a shared page. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct rig {
	struct hv_device *hv;
	struct disk disk;
};

static int rig_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	set_memory_encrypted(page, 1);
	free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int rig_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (set_memory_encrypted(page, 1))
		return -EIO;
	free_page(page);	/* expect: private */
	return 0;
}

static int rig_queue(struct disk *d, struct disk_request *rq)
{
	struct rig *rig = d->private_data;
	struct vmbus_channel *ch = rig->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? rig_cycle_Ok()
					  : rig_cycle_Bad();
}

static const struct disk_ops rig_ops = {
	.queue = rig_queue,
};

static int rig_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct rig *rig = kzalloc(sizeof(*rig), GFP_KERNEL);
	int ret;

	if (!rig)
		return -ENOMEM;
	rig->hv = hv;
	hv_set_drvdata(hv, rig);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, rig);
	if (ret) {
		kfree(rig);
		return ret;
	}
	rig->disk.ops = &rig_ops;
	rig->disk.dma_dev = &hv->device;
	rig->disk.private_data = rig;
	return disk_register(&rig->disk);
}

static void rig_remove(struct hv_device *hv)
{
	struct rig *rig = hv_get_drvdata(hv);

	disk_unregister(&rig->disk);
	vmbus_close(hv->channel);
	kfree(rig);
}

static const struct hv_vmbus_device_id rig_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver rig_drv = {
	.name = "rig",
	.id_table = rig_ids,
	.probe = rig_probe,
	.remove = rig_remove,
};

static int __init rig_init(void)
{
	return vmbus_driver_register(&rig_drv);
}
module_init(rig_init);
