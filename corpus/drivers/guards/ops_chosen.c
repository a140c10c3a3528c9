/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Probe chooses the operations by the flag, once rightly and once the other way round. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct opc {
	struct hv_device *hv;
	struct disk disk;
};

static int opc_run(struct opc *opc, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &opc->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(opc->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int opc_queue_private(struct disk *d, struct disk_request *rq)
{
	struct opc *opc = d->private_data;

	return vmbus_transfer(opc->hv->channel, virt_to_phys(rq->buf), rq->len);
}

static int opc_bounce_Bad(struct disk *d, struct disk_request *rq)
{
	struct opc *opc = d->private_data;

	return opc_run(opc, rq,
		       dma_map_single(&opc->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int opc_bounce_Ok(struct disk *d, struct disk_request *rq)
{
	struct opc *opc = d->private_data;

	return opc_run(opc, rq,
		       dma_map_single(&opc->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops opc_private_ops = {
	.queue = opc_queue_private,
	.queue_urgent = opc_bounce_Bad,
};
static const struct disk_ops opc_ordinary_ops = {
	.queue = opc_bounce_Ok,
	.queue_urgent = opc_bounce_Ok,
};

static int opc_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct opc *opc = kzalloc(sizeof(*opc), GFP_KERNEL);
	int ret;

	if (!opc)
		return -ENOMEM;
	opc->hv = hv;
	hv_set_drvdata(hv, opc);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, opc);
	if (ret) {
		kfree(opc);
		return ret;
	}
	opc->disk.ops = hv->channel->co_external_memory ? &opc_private_ops
						      : &opc_ordinary_ops;
	opc->disk.dma_dev = &hv->device;
	opc->disk.private_data = opc;
	return disk_register(&opc->disk);
}

static void opc_remove(struct hv_device *hv)
{
	struct opc *opc = hv_get_drvdata(hv);

	disk_unregister(&opc->disk);
	vmbus_close(hv->channel);
	kfree(opc);
}

static const struct hv_vmbus_device_id opc_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver opc_drv = {
	.name = "opc",
	.id_table = opc_ids,
	.probe = opc_probe,
	.remove = opc_remove,
};

static int __init opc_init(void)
{
	return vmbus_driver_register(&opc_drv);
}
module_init(opc_init);
