/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A switch whose case for private channels falls through to the one that maps. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sft {
	struct hv_device *hv;
	struct disk disk;
};

static int sft_run(struct sft *sft, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &sft->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(sft->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int sft_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct sft *sft = d->private_data;
	struct vmbus_channel *ch = sft->hv->channel;

	switch ((int)ch->co_external_memory) {
	case 1:
		if (rq->len <= PAGE_SIZE)
			return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
		fallthrough;
	default:
		return sft_run(sft, rq,
			       dma_map_single(&sft->hv->device, rq->buf,	/* expect: coco-bounce leak */
					      rq->len, rq->dir));
	}
}

static int sft_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct sft *sft = d->private_data;
	struct vmbus_channel *ch = sft->hv->channel;

	switch ((int)ch->co_external_memory) {
	case 1:
		if (rq->len > PAGE_SIZE)
			return -EINVAL;
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	default:
		return sft_run(sft, rq,
			       dma_map_single(&sft->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
					      rq->len, rq->dir));
	}
}

static const struct disk_ops sft_ops = {
	.queue = sft_queue_Bad,
	.queue_urgent = sft_queue_Ok,
};

static int sft_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sft *sft = kzalloc(sizeof(*sft), GFP_KERNEL);
	int ret;

	if (!sft)
		return -ENOMEM;
	sft->hv = hv;
	hv_set_drvdata(hv, sft);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sft);
	if (ret) {
		kfree(sft);
		return ret;
	}
	sft->disk.ops = &sft_ops;
	sft->disk.dma_dev = &hv->device;
	sft->disk.private_data = sft;
	return disk_register(&sft->disk);
}

static void sft_remove(struct hv_device *hv)
{
	struct sft *sft = hv_get_drvdata(hv);

	disk_unregister(&sft->disk);
	vmbus_close(hv->channel);
	kfree(sft);
}

static const struct hv_vmbus_device_id sft_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sft_drv = {
	.name = "sft",
	.id_table = sft_ids,
	.probe = sft_probe,
	.remove = sft_remove,
};

static int __init sft_init(void)
{
	return vmbus_driver_register(&sft_drv);
}
module_init(sft_init);
