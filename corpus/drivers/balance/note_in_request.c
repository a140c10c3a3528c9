/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The request notes whether it was mapped, and its completion looks there. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct nir {
	struct hv_device *hv;
	struct disk disk;
};

static int nir_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct nir *nir = d->private_data;
	struct vmbus_channel *ch = nir->hv->channel;
	u64 id = (unsigned long)rq;

	rq->driver_priv = NULL;
	if (ch->co_external_memory)
		return vmbus_send_gpa(ch, virt_to_phys(rq->buf), rq->len, id);
	rq->dma = dma_map_single(&nir->hv->device, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
	if (dma_mapping_error(&nir->hv->device, rq->dma))
		return -ENOMEM;
	rq->driver_priv = nir;
	return vmbus_send_gpa(ch, rq->dma, rq->len, id);
}

static void nir_complete_Ok(struct disk *d, struct disk_request *rq)
{
	struct nir *nir = d->private_data;

	if (rq->driver_priv)
		dma_unmap_single(&nir->hv->device, rq->dma, rq->len, rq->dir);
}

static const struct disk_ops nir_ops = {
	.queue = nir_queue_Ok,
	.complete = nir_complete_Ok,
};

static int nir_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct nir *nir = kzalloc(sizeof(*nir), GFP_KERNEL);
	int ret;

	if (!nir)
		return -ENOMEM;
	nir->hv = hv;
	hv_set_drvdata(hv, nir);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, nir);
	if (ret) {
		kfree(nir);
		return ret;
	}
	nir->disk.ops = &nir_ops;
	nir->disk.dma_dev = &hv->device;
	nir->disk.private_data = nir;
	return disk_register(&nir->disk);
}

static void nir_remove(struct hv_device *hv)
{
	struct nir *nir = hv_get_drvdata(hv);

	disk_unregister(&nir->disk);
	vmbus_close(hv->channel);
	kfree(nir);
}

static const struct hv_vmbus_device_id nir_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver nir_drv = {
	.name = "nir",
	.id_table = nir_ids,
	.probe = nir_probe,
	.remove = nir_remove,
};

static int __init nir_init(void)
{
	return vmbus_driver_register(&nir_drv);
}
module_init(nir_init);
