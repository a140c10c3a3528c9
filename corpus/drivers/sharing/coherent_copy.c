/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Coherent memory of a guest is shared with the host. Data does not belong there if the
 * channel is private.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct coh {
	struct hv_device *hv;
	struct disk disk;
	void *desc;
	dma_addr_t desc_dma;
};

static int coh_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct coh *coh = d->private_data;
	struct vmbus_channel *ch = coh->hv->channel;

	memcpy(coh->desc, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: coco-copy-to-shared|coco-shared-buffer leak */
	return vmbus_transfer(ch, coh->desc_dma, rq->len);
}

static int coh_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct coh *coh = d->private_data;
	struct vmbus_channel *ch = coh->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	memcpy(coh->desc, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: private|shared-by-design (guard) */
	return vmbus_transfer(ch, coh->desc_dma, rq->len);
}

static const struct disk_ops coh_ops = {
	.queue = coh_queue_Bad,
	.queue_urgent = coh_queue_Ok,
};

static int coh_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct coh *coh = kzalloc(sizeof(*coh), GFP_KERNEL);
	int ret;

	if (!coh)
		return -ENOMEM;
	coh->hv = hv;
	hv_set_drvdata(hv, coh);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, coh);
	if (ret) {
		kfree(coh);
		return ret;
	}
	coh->desc = dma_alloc_coherent(&hv->device, PAGE_SIZE, &coh->desc_dma,	/* expect: any */
				       GFP_KERNEL);
	if (!coh->desc)
		return -ENOMEM;
	coh->disk.ops = &coh_ops;
	coh->disk.dma_dev = &hv->device;
	coh->disk.private_data = coh;
	return disk_register(&coh->disk);
}

static void coh_remove(struct hv_device *hv)
{
	struct coh *coh = hv_get_drvdata(hv);

	disk_unregister(&coh->disk);
	dma_free_coherent(&hv->device, PAGE_SIZE, coh->desc, coh->desc_dma);
	vmbus_close(hv->channel);
	kfree(coh);
}

static const struct hv_vmbus_device_id coh_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver coh_drv = {
	.name = "coh",
	.id_table = coh_ids,
	.probe = coh_probe,
	.remove = coh_remove,
};

static int __init coh_init(void)
{
	return vmbus_driver_register(&coh_drv);
}
module_init(coh_init);
