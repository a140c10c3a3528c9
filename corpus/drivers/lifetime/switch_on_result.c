/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A switch over the result; one of them lets the default case through. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct swr {
	struct hv_device *hv;
	struct disk disk;
};

static int swr_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	switch (set_memory_encrypted(page, 1)) {
	case -EBUSY:
		return -EIO;
	default:
		free_page(page);	/* expect: coco-decrypted-free leak */
	}
	return 0;
}

static int swr_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	switch (set_memory_encrypted(page, 1)) {
	case 0:
		free_page(page);	/* expect: private */
		return 0;
	default:
		return -EIO;
	}
}

static int swr_queue(struct disk *d, struct disk_request *rq)
{
	struct swr *swr = d->private_data;
	struct vmbus_channel *ch = swr->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? swr_cycle_Ok() : swr_cycle_Bad();
}

static const struct disk_ops swr_ops = {
	.queue = swr_queue,
};

static int swr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct swr *swr = kzalloc(sizeof(*swr), GFP_KERNEL);
	int ret;

	if (!swr)
		return -ENOMEM;
	swr->hv = hv;
	hv_set_drvdata(hv, swr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, swr);
	if (ret) {
		kfree(swr);
		return ret;
	}
	swr->disk.ops = &swr_ops;
	swr->disk.dma_dev = &hv->device;
	swr->disk.private_data = swr;
	return disk_register(&swr->disk);
}

static void swr_remove(struct hv_device *hv)
{
	struct swr *swr = hv_get_drvdata(hv);

	disk_unregister(&swr->disk);
	vmbus_close(hv->channel);
	kfree(swr);
}

static const struct hv_vmbus_device_id swr_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver swr_drv = {
	.name = "swr",
	.id_table = swr_ids,
	.probe = swr_probe,
	.remove = swr_remove,
};

static int __init swr_init(void)
{
	return vmbus_driver_register(&swr_drv);
}
module_init(swr_init);
