/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The same page by its address and by its struct page. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fbp {
	struct hv_device *hv;
	struct disk disk;
};

static int fbp_cycle_Bad(void)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)page_address(page), 1))
		return -EIO;
	__free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int fbp_cycle_Ok(void)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	void *addr;

	if (!page)
		return -ENOMEM;
	addr = page_address(page);
	if (set_memory_decrypted((unsigned long)addr, 1))
		return -EIO;
	if (!set_memory_encrypted((unsigned long)addr, 1))
		__free_page(virt_to_page(addr));	/* expect: private */
	return 0;
}

static int fbp_queue(struct disk *d, struct disk_request *rq)
{
	struct fbp *fbp = d->private_data;
	struct vmbus_channel *ch = fbp->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? fbp_cycle_Ok() : fbp_cycle_Bad();
}

static const struct disk_ops fbp_ops = {
	.queue = fbp_queue,
};

static int fbp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fbp *fbp = kzalloc(sizeof(*fbp), GFP_KERNEL);
	int ret;

	if (!fbp)
		return -ENOMEM;
	fbp->hv = hv;
	hv_set_drvdata(hv, fbp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fbp);
	if (ret) {
		kfree(fbp);
		return ret;
	}
	fbp->disk.ops = &fbp_ops;
	fbp->disk.dma_dev = &hv->device;
	fbp->disk.private_data = fbp;
	return disk_register(&fbp->disk);
}

static void fbp_remove(struct hv_device *hv)
{
	struct fbp *fbp = hv_get_drvdata(hv);

	disk_unregister(&fbp->disk);
	vmbus_close(hv->channel);
	kfree(fbp);
}

static const struct hv_vmbus_device_id fbp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fbp_drv = {
	.name = "fbp",
	.id_table = fbp_ids,
	.probe = fbp_probe,
	.remove = fbp_remove,
};

static int __init fbp_init(void)
{
	return vmbus_driver_register(&fbp_drv);
}
module_init(fbp_init);
