/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The channel's callback gets the device as a void pointer and maps its buffer. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct cbc {
	struct hv_device *hv;
	struct disk disk;
	void *buf;
	dma_addr_t addr;
};

static void cbc_on_channel_Bad(void *context)
{
	struct cbc *cbc = context;

	cbc->addr = dma_map_single(&cbc->hv->device, cbc->buf,	/* expect: coco-bounce leak */
				 PAGE_SIZE, DMA_FROM_DEVICE);
	if (dma_mapping_error(&cbc->hv->device, cbc->addr))
		return;
	vmbus_transfer(cbc->hv->channel, cbc->addr, PAGE_SIZE);
	dma_unmap_single(&cbc->hv->device, cbc->addr, PAGE_SIZE, DMA_FROM_DEVICE);
}

static int cbc_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct cbc *cbc = d->private_data;

	memcpy(cbc->buf, rq->buf, min_t(u32, rq->len, PAGE_SIZE));
	return vmbus_transfer(cbc->hv->channel, virt_to_phys(rq->buf), rq->len);
}

static const struct disk_ops cbc_ops = {
	.queue = cbc_queue_Ok,
};

static int cbc_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct cbc *cbc = kzalloc(sizeof(*cbc), GFP_KERNEL);
	int ret;

	if (!cbc)
		return -ENOMEM;
	cbc->hv = hv;
	hv_set_drvdata(hv, cbc);
	cbc->buf = (void *)__get_free_page(GFP_KERNEL);
	if (!cbc->buf)
		goto free_cbc;
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, cbc_on_channel_Bad, cbc);
	if (ret)
		goto free_buf;
	cbc->disk.ops = &cbc_ops;
	cbc->disk.dma_dev = &hv->device;
	cbc->disk.private_data = cbc;
	return disk_register(&cbc->disk);

free_buf:
	free_page((unsigned long)cbc->buf);
free_cbc:
	kfree(cbc);
	return -ENOMEM;
}

static void cbc_remove(struct hv_device *hv)
{
	struct cbc *cbc = hv_get_drvdata(hv);

	disk_unregister(&cbc->disk);
	vmbus_close(hv->channel);
	free_page((unsigned long)cbc->buf);
	kfree(cbc);
}

static const struct hv_vmbus_device_id cbc_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver cbc_drv = {
	.name = "cbc",
	.id_table = cbc_ids,
	.probe = cbc_probe,
	.remove = cbc_remove,
};

static int __init cbc_init(void)
{
	return vmbus_driver_register(&cbc_drv);
}
module_init(cbc_init);
