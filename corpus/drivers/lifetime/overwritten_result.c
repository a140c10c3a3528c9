/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The second result overwrites the first before anybody looked at it. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ovr {
	struct hv_device *hv;
	struct disk disk;
};

static int ovr_pair(unsigned long *first, unsigned long *second)
{
	*first = get_zeroed_page(GFP_KERNEL);
	*second = get_zeroed_page(GFP_KERNEL);
	if (!*first || !*second)
		return -ENOMEM;
	if (set_memory_decrypted(*first, 1) || set_memory_decrypted(*second, 1))
		return -EIO;
	return 0;
}

static int ovr_cycle_Bad(void)
{
	unsigned long first, second;
	int ret = ovr_pair(&first, &second);

	if (ret)
		return ret;
	ret = set_memory_encrypted(first, 1);
	ret = set_memory_encrypted(second, 1);
	if (ret)
		return ret;
	free_page(first);	/* expect: coco-decrypted-free leak */
	free_page(second);	/* expect: private */
	return 0;
}

static int ovr_cycle_Ok(void)
{
	unsigned long first, second;
	int ret = ovr_pair(&first, &second);

	if (ret)
		return ret;
	ret = set_memory_encrypted(first, 1);
	if (ret)
		return ret;
	free_page(first);	/* expect: private */
	ret = set_memory_encrypted(second, 1);
	if (ret)
		return ret;
	free_page(second);	/* expect: private */
	return 0;
}

static int ovr_queue(struct disk *d, struct disk_request *rq)
{
	struct ovr *ovr = d->private_data;
	struct vmbus_channel *ch = ovr->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? ovr_cycle_Ok() : ovr_cycle_Bad();
}

static const struct disk_ops ovr_ops = {
	.queue = ovr_queue,
};

static int ovr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ovr *ovr = kzalloc(sizeof(*ovr), GFP_KERNEL);
	int ret;

	if (!ovr)
		return -ENOMEM;
	ovr->hv = hv;
	hv_set_drvdata(hv, ovr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ovr);
	if (ret) {
		kfree(ovr);
		return ret;
	}
	ovr->disk.ops = &ovr_ops;
	ovr->disk.dma_dev = &hv->device;
	ovr->disk.private_data = ovr;
	return disk_register(&ovr->disk);
}

static void ovr_remove(struct hv_device *hv)
{
	struct ovr *ovr = hv_get_drvdata(hv);

	disk_unregister(&ovr->disk);
	vmbus_close(hv->channel);
	kfree(ovr);
}

static const struct hv_vmbus_device_id ovr_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ovr_drv = {
	.name = "ovr",
	.id_table = ovr_ids,
	.probe = ovr_probe,
	.remove = ovr_remove,
};

static int __init ovr_init(void)
{
	return vmbus_driver_register(&ovr_drv);
}
module_init(ovr_init);
