/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* An address that is kept as a number, and given back by its page. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fbn {
	struct hv_device *hv;
	struct disk disk;
};

static int fbn_cycle_Bad(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	int ret;

	if (!addr)
		return -ENOMEM;
	if (set_memory_decrypted(addr, 1))
		return -EIO;
	ret = set_memory_encrypted(addr, 1);
	if (ret)
		pr_warn("the page stays shared\n");
	__free_page(virt_to_page((void *)addr));	/* expect: coco-decrypted-free leak */
	return ret;
}

static int fbn_cycle_Ok(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	int ret;

	if (!addr)
		return -ENOMEM;
	if (set_memory_decrypted(addr, 1))
		return -EIO;
	ret = set_memory_encrypted(addr, 1);
	if (ret)
		return ret;
	__free_page(virt_to_page((void *)addr));	/* expect: private */
	return 0;
}

static int fbn_queue(struct disk *d, struct disk_request *rq)
{
	struct fbn *fbn = d->private_data;
	struct vmbus_channel *ch = fbn->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? fbn_cycle_Ok() : fbn_cycle_Bad();
}

static const struct disk_ops fbn_ops = {
	.queue = fbn_queue,
};

static int fbn_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fbn *fbn = kzalloc(sizeof(*fbn), GFP_KERNEL);
	int ret;

	if (!fbn)
		return -ENOMEM;
	fbn->hv = hv;
	hv_set_drvdata(hv, fbn);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fbn);
	if (ret) {
		kfree(fbn);
		return ret;
	}
	fbn->disk.ops = &fbn_ops;
	fbn->disk.dma_dev = &hv->device;
	fbn->disk.private_data = fbn;
	return disk_register(&fbn->disk);
}

static void fbn_remove(struct hv_device *hv)
{
	struct fbn *fbn = hv_get_drvdata(hv);

	disk_unregister(&fbn->disk);
	vmbus_close(hv->channel);
	kfree(fbn);
}

static const struct hv_vmbus_device_id fbn_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fbn_drv = {
	.name = "fbn",
	.id_table = fbn_ids,
	.probe = fbn_probe,
	.remove = fbn_remove,
};

static int __init fbn_init(void)
{
	return vmbus_driver_register(&fbn_drv);
}
module_init(fbn_init);
