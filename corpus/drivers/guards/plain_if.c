/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A plain condition on the flag of the device's channel, and none. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct pif {
	struct hv_device *hv;
	struct disk disk;
};

static int pif_run(struct pif *pif, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &pif->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(pif->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int pif_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct pif *pif = d->private_data;

	return pif_run(pif, rq,
		       dma_map_single(&pif->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int pif_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct pif *pif = d->private_data;
	struct vmbus_channel *ch = pif->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return pif_run(pif, rq,
		       dma_map_single(&pif->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops pif_ops = {
	.queue = pif_queue_Bad,
	.queue_urgent = pif_queue_Ok,
};

static int pif_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct pif *pif = kzalloc(sizeof(*pif), GFP_KERNEL);
	int ret;

	if (!pif)
		return -ENOMEM;
	pif->hv = hv;
	hv_set_drvdata(hv, pif);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, pif);
	if (ret) {
		kfree(pif);
		return ret;
	}
	pif->disk.ops = &pif_ops;
	pif->disk.dma_dev = &hv->device;
	pif->disk.private_data = pif;
	return disk_register(&pif->disk);
}

static void pif_remove(struct hv_device *hv)
{
	struct pif *pif = hv_get_drvdata(hv);

	disk_unregister(&pif->disk);
	vmbus_close(hv->channel);
	kfree(pif);
}

static const struct hv_vmbus_device_id pif_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver pif_drv = {
	.name = "pif",
	.id_table = pif_ids,
	.probe = pif_probe,
	.remove = pif_remove,
};

static int __init pif_init(void)
{
	return vmbus_driver_register(&pif_drv);
}
module_init(pif_init);
