/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Two conditions that belong together through a local flag. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct cor {
	struct hv_device *hv;
	struct disk disk;
};

static int cor_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct cor *cor = d->private_data;
	struct vmbus_channel *ch = cor->hv->channel;
	bool direct = ch->co_external_memory && rq->dir == DMA_TO_DEVICE;
	u64 gpa = 0;
	int ret;

	if (!direct) {
		rq->dma = dma_map_single(&cor->hv->device, rq->buf,	/* expect: coco-bounce leak */
					 rq->len, rq->dir);
		if (dma_mapping_error(&cor->hv->device, rq->dma))
			return -ENOMEM;
		gpa = rq->dma;
	}
	if (direct)
		gpa = virt_to_phys(rq->buf);
	ret = vmbus_transfer(ch, gpa, rq->len);
	if (!direct)
		dma_unmap_single(&cor->hv->device, rq->dma, rq->len, rq->dir);
	return ret;
}

static int cor_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct cor *cor = d->private_data;
	struct vmbus_channel *ch = cor->hv->channel;
	bool direct = ch->co_external_memory;
	u64 gpa = 0;
	int ret;

	if (!direct) {
		rq->dma = dma_map_single(&cor->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
					 rq->len, rq->dir);
		if (dma_mapping_error(&cor->hv->device, rq->dma))
			return -ENOMEM;
		gpa = rq->dma;
	}
	if (direct)
		gpa = virt_to_phys(rq->buf);
	ret = vmbus_transfer(ch, gpa, rq->len);
	if (!direct)
		dma_unmap_single(&cor->hv->device, rq->dma, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops cor_ops = {
	.queue = cor_queue_Bad,
	.queue_urgent = cor_queue_Ok,
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
