/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The result is tested, the wrong way round. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct rin {
	struct hv_device *hv;
	struct disk disk;
};

static int rin_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (set_memory_encrypted(page, 1))
		free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int rin_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (!set_memory_encrypted(page, 1))
		free_page(page);	/* expect: private */
	return 0;
}

static int rin_queue(struct disk *d, struct disk_request *rq)
{
	struct rin *rin = d->private_data;
	struct vmbus_channel *ch = rin->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? rin_cycle_Ok()
					  : rin_cycle_Bad();
}

static const struct disk_ops rin_ops = {
	.queue = rin_queue,
};

static int rin_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct rin *rin = kzalloc(sizeof(*rin), GFP_KERNEL);
	int ret;

	if (!rin)
		return -ENOMEM;
	rin->hv = hv;
	hv_set_drvdata(hv, rin);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, rin);
	if (ret) {
		kfree(rin);
		return ret;
	}
	rin->disk.ops = &rin_ops;
	rin->disk.dma_dev = &hv->device;
	rin->disk.private_data = rin;
	return disk_register(&rin->disk);
}

static void rin_remove(struct hv_device *hv)
{
	struct rin *rin = hv_get_drvdata(hv);

	disk_unregister(&rin->disk);
	vmbus_close(hv->channel);
	kfree(rin);
}

static const struct hv_vmbus_device_id rin_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver rin_drv = {
	.name = "rin",
	.id_table = rin_ids,
	.probe = rin_probe,
	.remove = rin_remove,
};

static int __init rin_init(void)
{
	return vmbus_driver_register(&rin_drv);
}
module_init(rin_init);
