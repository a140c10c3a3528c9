/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * DMA_ATTR_CC_SHARED is a promise that the memory was decrypted. Here it was, and there it was
 * not.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ccs {
	struct hv_device *hv;
	struct disk disk;
	void *mailbox;
};

static int ccs_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct ccs *ccs = d->private_data;
	struct vmbus_channel *ch = ccs->hv->channel;
	struct device *dev = &ccs->hv->device;
	dma_addr_t addr;
	int ret;

	addr = dma_map_single_attrs(dev, rq->buf, rq->len, rq->dir,	/* expect: coco-cc-shared-attr */
				    DMA_ATTR_CC_SHARED);
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ch, addr, rq->len);
	dma_unmap_page_attrs(dev, addr, rq->len, rq->dir, DMA_ATTR_CC_SHARED);
	return ret;
}

static int ccs_mailbox_Ok(struct disk *d, struct disk_request *rq)
{
	struct ccs *ccs = d->private_data;
	struct device *dev = &ccs->hv->device;
	dma_addr_t addr;
	int ret;

	addr = dma_map_single_attrs(dev, ccs->mailbox, PAGE_SIZE, DMA_TO_DEVICE,	/* expect: private|shared-by-design */
				    DMA_ATTR_CC_SHARED);
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(ccs->hv->channel, addr, PAGE_SIZE);
	dma_unmap_page_attrs(dev, addr, PAGE_SIZE, DMA_TO_DEVICE,
			     DMA_ATTR_CC_SHARED);
	return ret;
}

static const struct disk_ops ccs_ops = {
	.queue = ccs_queue_Bad,
	.queue_urgent = ccs_mailbox_Ok,
};

static int ccs_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ccs *ccs = kzalloc(sizeof(*ccs), GFP_KERNEL);
	int ret;

	if (!ccs)
		return -ENOMEM;
	ccs->hv = hv;
	hv_set_drvdata(hv, ccs);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ccs);
	if (ret) {
		kfree(ccs);
		return ret;
	}
	ccs->mailbox = (void *)get_zeroed_page(GFP_KERNEL);
	if (!ccs->mailbox)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)ccs->mailbox, 1))	/* expect: shared-by-design|private */
		return -EIO;
	ccs->disk.ops = &ccs_ops;
	ccs->disk.dma_dev = &hv->device;
	ccs->disk.private_data = ccs;
	return disk_register(&ccs->disk);
}

static void ccs_remove(struct hv_device *hv)
{
	struct ccs *ccs = hv_get_drvdata(hv);

	disk_unregister(&ccs->disk);
	if (!set_memory_encrypted((unsigned long)ccs->mailbox, 1))
		free_page((unsigned long)ccs->mailbox);
	vmbus_close(hv->channel);
	kfree(ccs);
}

static const struct hv_vmbus_device_id ccs_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ccs_drv = {
	.name = "ccs",
	.id_table = ccs_ids,
	.probe = ccs_probe,
	.remove = ccs_remove,
};

static int __init ccs_init(void)
{
	return vmbus_driver_register(&ccs_drv);
}
module_init(ccs_init);
