/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The attribute at the mapping but not at its end. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ccu {
	struct hv_device *hv;
	struct disk disk;
	void *mailbox;
};

static int ccu_mailbox_Bad(struct disk *d, struct disk_request *rq)
{
	struct ccu *ccu = d->private_data;
	struct device *dev = &ccu->hv->device;
	dma_addr_t addr;
	int ret;

	addr = dma_map_single_attrs(dev, ccu->mailbox, PAGE_SIZE, DMA_TO_DEVICE,	/* expect: coco-cc-shared-attr (path) */
				    DMA_ATTR_CC_SHARED);
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ccu->hv->channel, addr, PAGE_SIZE);
	dma_unmap_page_attrs(dev, addr, PAGE_SIZE, DMA_TO_DEVICE, 0);
	return ret;
}

static const struct disk_ops ccu_ops = {
	.queue = ccu_mailbox_Bad,
};

static int ccu_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ccu *ccu = kzalloc(sizeof(*ccu), GFP_KERNEL);
	int ret;

	if (!ccu)
		return -ENOMEM;
	ccu->hv = hv;
	hv_set_drvdata(hv, ccu);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ccu);
	if (ret) {
		kfree(ccu);
		return ret;
	}
	ccu->mailbox = (void *)get_zeroed_page(GFP_KERNEL);
	if (!ccu->mailbox)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)ccu->mailbox, 1))	/* expect: shared-by-design|private */
		return -EIO;
	ccu->disk.ops = &ccu_ops;
	ccu->disk.dma_dev = &hv->device;
	ccu->disk.private_data = ccu;
	return disk_register(&ccu->disk);
}

static void ccu_remove(struct hv_device *hv)
{
	struct ccu *ccu = hv_get_drvdata(hv);

	disk_unregister(&ccu->disk);
	if (!set_memory_encrypted((unsigned long)ccu->mailbox, 1))
		free_page((unsigned long)ccu->mailbox);
	vmbus_close(hv->channel);
	kfree(ccu);
}

static const struct hv_vmbus_device_id ccu_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ccu_drv = {
	.name = "ccu",
	.id_table = ccu_ids,
	.probe = ccu_probe,
	.remove = ccu_remove,
};

static int __init ccu_init(void)
{
	return vmbus_driver_register(&ccu_drv);
}
module_init(ccu_init);
