/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The result of the re-encryption, tested the wrong way round. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ngr {
	struct hv_device *hv;
	struct disk disk;
};

static int ngr_cycle_Bad(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);

	if (!addr)
		return -ENOMEM;
	if (set_memory_decrypted(addr, 1))
		return -EIO;
	if (!set_memory_encrypted(addr, 1))
		return 0;
	free_pages(addr, 0);	/* expect: coco-decrypted-free leak */
	return -EIO;
}

static int ngr_cycle_Ok(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);

	if (!addr)
		return -ENOMEM;
	if (set_memory_decrypted(addr, 1))
		return -EIO;
	if (!!set_memory_encrypted(addr, 1))
		return -EIO;
	free_pages(addr, 0);	/* expect: private */
	return 0;
}

static int ngr_queue(struct disk *d, struct disk_request *rq)
{
	struct ngr *ngr = d->private_data;
	struct vmbus_channel *ch = ngr->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? ngr_cycle_Ok() : ngr_cycle_Bad();
}

static const struct disk_ops ngr_ops = {
	.queue = ngr_queue,
};

static int ngr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ngr *ngr = kzalloc(sizeof(*ngr), GFP_KERNEL);
	int ret;

	if (!ngr)
		return -ENOMEM;
	ngr->hv = hv;
	hv_set_drvdata(hv, ngr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ngr);
	if (ret) {
		kfree(ngr);
		return ret;
	}
	ngr->disk.ops = &ngr_ops;
	ngr->disk.dma_dev = &hv->device;
	ngr->disk.private_data = ngr;
	return disk_register(&ngr->disk);
}

static void ngr_remove(struct hv_device *hv)
{
	struct ngr *ngr = hv_get_drvdata(hv);

	disk_unregister(&ngr->disk);
	vmbus_close(hv->channel);
	kfree(ngr);
}

static const struct hv_vmbus_device_id ngr_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ngr_drv = {
	.name = "ngr",
	.id_table = ngr_ids,
	.probe = ngr_probe,
	.remove = ngr_remove,
};

static int __init ngr_init(void)
{
	return vmbus_driver_register(&ngr_drv);
}
module_init(ngr_init);
