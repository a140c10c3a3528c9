/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Failures are negative: tests of the sign, one of them of the wrong one. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sor {
	struct hv_device *hv;
	struct disk disk;
};

static int sor_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (set_memory_encrypted(page, 1) <= 0)
		free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int sor_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	int ret;

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	ret = set_memory_encrypted(page, 1);
	if (ret < 0 || ret > 0)
		return ret;
	free_page(page);	/* expect: private */
	return 0;
}

static int sor_queue(struct disk *d, struct disk_request *rq)
{
	struct sor *sor = d->private_data;
	struct vmbus_channel *ch = sor->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? sor_cycle_Ok() : sor_cycle_Bad();
}

static const struct disk_ops sor_ops = {
	.queue = sor_queue,
};

static int sor_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sor *sor = kzalloc(sizeof(*sor), GFP_KERNEL);
	int ret;

	if (!sor)
		return -ENOMEM;
	sor->hv = hv;
	hv_set_drvdata(hv, sor);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sor);
	if (ret) {
		kfree(sor);
		return ret;
	}
	sor->disk.ops = &sor_ops;
	sor->disk.dma_dev = &hv->device;
	sor->disk.private_data = sor;
	return disk_register(&sor->disk);
}

static void sor_remove(struct hv_device *hv)
{
	struct sor *sor = hv_get_drvdata(hv);

	disk_unregister(&sor->disk);
	vmbus_close(hv->channel);
	kfree(sor);
}

static const struct hv_vmbus_device_id sor_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sor_drv = {
	.name = "sor",
	.id_table = sor_ids,
	.probe = sor_probe,
	.remove = sor_remove,
};

static int __init sor_init(void)
{
	return vmbus_driver_register(&sor_drv);
}
module_init(sor_init);
