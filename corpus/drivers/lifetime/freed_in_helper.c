/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The allocation, the conversion and the free are in functions of their own. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fih {
	struct hv_device *hv;
	struct disk disk;
};

static void *fih_alloc(void)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	if (!page)
		return NULL;
	return set_memory_decrypted((unsigned long)page, 1) ? NULL : page;
}

static void fih_put_Bad(void *page)
{
	free_page((unsigned long)page);	/* expect: coco-decrypted-free leak */
}

static void fih_put_Ok(void *page)
{
	if (!set_memory_encrypted((unsigned long)page, 1))
		free_page((unsigned long)page);	/* expect: private */
}

static int fih_cycle_Bad(void)
{
	void *page = fih_alloc();

	if (!page)
		return -ENOMEM;
	fih_put_Bad(page);
	return 0;
}

static int fih_cycle_Ok(void)
{
	void *page = fih_alloc();

	if (!page)
		return -ENOMEM;
	fih_put_Ok(page);
	return 0;
}

static int fih_queue(struct disk *d, struct disk_request *rq)
{
	struct fih *fih = d->private_data;
	struct vmbus_channel *ch = fih->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? fih_cycle_Ok() : fih_cycle_Bad();
}

static const struct disk_ops fih_ops = {
	.queue = fih_queue,
};

static int fih_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fih *fih = kzalloc(sizeof(*fih), GFP_KERNEL);
	int ret;

	if (!fih)
		return -ENOMEM;
	fih->hv = hv;
	hv_set_drvdata(hv, fih);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fih);
	if (ret) {
		kfree(fih);
		return ret;
	}
	fih->disk.ops = &fih_ops;
	fih->disk.dma_dev = &hv->device;
	fih->disk.private_data = fih;
	return disk_register(&fih->disk);
}

static void fih_remove(struct hv_device *hv)
{
	struct fih *fih = hv_get_drvdata(hv);

	disk_unregister(&fih->disk);
	vmbus_close(hv->channel);
	kfree(fih);
}

static const struct hv_vmbus_device_id fih_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fih_drv = {
	.name = "fih",
	.id_table = fih_ids,
	.probe = fih_probe,
	.remove = fih_remove,
};

static int __init fih_init(void)
{
	return vmbus_driver_register(&fih_drv);
}
module_init(fih_init);
