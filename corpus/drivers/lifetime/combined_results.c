/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Two conversions, one result: both pages are in doubt if either failed. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct cor {
	struct hv_device *hv;
	struct disk disk;
};

static int cor_share(unsigned long first, unsigned long second)
{
	int ret = set_memory_decrypted(first, 1);

	ret |= set_memory_decrypted(second, 1);
	return ret;
}

static int cor_cycle_Bad(void)
{
	unsigned long first = get_zeroed_page(GFP_KERNEL);
	unsigned long second = get_zeroed_page(GFP_KERNEL);

	if (!first || !second)
		return -ENOMEM;
	if (cor_share(first, second)) {
		free_page(second);	/* expect: coco-decrypted-free leak */
		return -EIO;
	}
	return 0;
}

static int cor_cycle_Ok(void)
{
	unsigned long first = get_zeroed_page(GFP_KERNEL);
	unsigned long second = get_zeroed_page(GFP_KERNEL);
	int ret;

	if (!first || !second)
		return -ENOMEM;
	if (cor_share(first, second))
		return -EIO;
	ret = set_memory_encrypted(first, 1);
	ret |= set_memory_encrypted(second, 1);
	if (!ret) {
		free_page(first);	/* expect: private */
		free_page(second);	/* expect: private */
	}
	return 0;
}

static int cor_queue(struct disk *d, struct disk_request *rq)
{
	struct cor *cor = d->private_data;
	struct vmbus_channel *ch = cor->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? cor_cycle_Ok() : cor_cycle_Bad();
}

static const struct disk_ops cor_ops = {
	.queue = cor_queue,
};

static int cor_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct cor *cor = kzalloc(sizeof(*cor), GFP_KERNEL);
	int ret;

	if (!cor)
		return -ENOMEM;
	cor->hv = hv;
	hv_set_drvdata(hv, cor);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, cor);
	if (ret) {
		kfree(cor);
		return ret;
	}
	cor->disk.ops = &cor_ops;
	cor->disk.dma_dev = &hv->device;
	cor->disk.private_data = cor;
	return disk_register(&cor->disk);
}

static void cor_remove(struct hv_device *hv)
{
	struct cor *cor = hv_get_drvdata(hv);

	disk_unregister(&cor->disk);
	vmbus_close(hv->channel);
	kfree(cor);
}

static const struct hv_vmbus_device_id cor_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver cor_drv = {
	.name = "cor",
	.id_table = cor_ids,
	.probe = cor_probe,
	.remove = cor_remove,
};

static int __init cor_init(void)
{
	return vmbus_driver_register(&cor_drv);
}
module_init(cor_init);
