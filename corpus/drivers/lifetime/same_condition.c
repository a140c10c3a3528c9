/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Converted and taken back under one condition that cannot change, or under two that differ. */
#include <linux/cc_platform.h>
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sac {
	struct hv_device *hv;
	struct disk disk;
};

static int sac_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT) && set_memory_decrypted(page, 1))
		return -EIO;
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT) && set_memory_encrypted(page, 1))
		return -EIO;
	free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int sac_cycle_Ok(void)
{
	bool guest = cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (guest && set_memory_decrypted(page, 1))
		return -EIO;
	if (guest && set_memory_encrypted(page, 1))
		return -EIO;
	free_page(page);	/* expect: private */
	return 0;
}

static int sac_queue(struct disk *d, struct disk_request *rq)
{
	struct sac *sac = d->private_data;
	struct vmbus_channel *ch = sac->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? sac_cycle_Ok() : sac_cycle_Bad();
}

static const struct disk_ops sac_ops = {
	.queue = sac_queue,
};

static int sac_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sac *sac = kzalloc(sizeof(*sac), GFP_KERNEL);
	int ret;

	if (!sac)
		return -ENOMEM;
	sac->hv = hv;
	hv_set_drvdata(hv, sac);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sac);
	if (ret) {
		kfree(sac);
		return ret;
	}
	sac->disk.ops = &sac_ops;
	sac->disk.dma_dev = &hv->device;
	sac->disk.private_data = sac;
	return disk_register(&sac->disk);
}

static void sac_remove(struct hv_device *hv)
{
	struct sac *sac = hv_get_drvdata(hv);

	disk_unregister(&sac->disk);
	vmbus_close(hv->channel);
	kfree(sac);
}

static const struct hv_vmbus_device_id sac_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sac_drv = {
	.name = "sac",
	.id_table = sac_ids,
	.probe = sac_probe,
	.remove = sac_remove,
};

static int __init sac_init(void)
{
	return vmbus_driver_register(&sac_drv);
}
module_init(sac_init);
