/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The second of two conversions fails: what becomes of the first page. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct scv {
	struct hv_device *hv;
	struct disk disk;
};

static int scv_pair(unsigned long first, unsigned long second)
{
	if (set_memory_decrypted(first, 1))
		return -EIO;
	return set_memory_decrypted(second, 1) ? -EAGAIN : 0;
}

static int scv_cycle_Bad(void)
{
	unsigned long first = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	unsigned long second = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);

	if (!first || !second)
		return -ENOMEM;
	if (scv_pair(first, second) == -EAGAIN)
		free_pages(first, 0);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int scv_cycle_Ok(void)
{
	unsigned long first = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	unsigned long second = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);

	if (!first || !second)
		return -ENOMEM;
	if (scv_pair(first, second) == -EAGAIN && !set_memory_encrypted(first, 1))
		free_pages(first, 0);	/* expect: private */
	return 0;
}

static int scv_queue(struct disk *d, struct disk_request *rq)
{
	struct scv *scv = d->private_data;
	struct vmbus_channel *ch = scv->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? scv_cycle_Ok() : scv_cycle_Bad();
}

static const struct disk_ops scv_ops = {
	.queue = scv_queue,
};

static int scv_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct scv *scv = kzalloc(sizeof(*scv), GFP_KERNEL);
	int ret;

	if (!scv)
		return -ENOMEM;
	scv->hv = hv;
	hv_set_drvdata(hv, scv);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, scv);
	if (ret) {
		kfree(scv);
		return ret;
	}
	scv->disk.ops = &scv_ops;
	scv->disk.dma_dev = &hv->device;
	scv->disk.private_data = scv;
	return disk_register(&scv->disk);
}

static void scv_remove(struct hv_device *hv)
{
	struct scv *scv = hv_get_drvdata(hv);

	disk_unregister(&scv->disk);
	vmbus_close(hv->channel);
	kfree(scv);
}

static const struct hv_vmbus_device_id scv_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver scv_drv = {
	.name = "scv",
	.id_table = scv_ids,
	.probe = scv_probe,
	.remove = scv_remove,
};

static int __init scv_init(void)
{
	return vmbus_driver_register(&scv_drv);
}
module_init(scv_init);
