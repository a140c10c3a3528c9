/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A driver that serves a pair of devices: it asks one and maps for the other. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct dvp;
static struct dvp *dvp_waiting;

struct dvp {
	struct hv_device *hv;
	struct disk disk;
	struct dvp *peer;
};

static int dvp_run(struct dvp *dvp, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &dvp->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(dvp->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int dvp_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct dvp *dvp = d->private_data;
	struct vmbus_channel *ch = dvp->peer ? dvp->peer->hv->channel
					    : dvp->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(dvp->hv->channel, virt_to_phys(rq->buf),
				      rq->len);
	return dvp_run(dvp, rq,
		       dma_map_single(&dvp->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int dvp_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct dvp *dvp = d->private_data;
	struct vmbus_channel *ch = dvp->hv->channel;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return dvp_run(dvp, rq,
		       dma_map_single(&dvp->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops dvp_ops = {
	.queue = dvp_queue_Bad,
	.queue_urgent = dvp_queue_Ok,
};

static int dvp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct dvp *dvp = kzalloc(sizeof(*dvp), GFP_KERNEL);
	int ret;

	if (!dvp)
		return -ENOMEM;
	dvp->hv = hv;
	hv_set_drvdata(hv, dvp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, dvp);
	if (ret) {
		kfree(dvp);
		return ret;
	}
	dvp->peer = dvp_waiting;
	dvp_waiting = dvp->peer ? NULL : dvp;
	dvp->disk.ops = &dvp_ops;
	dvp->disk.dma_dev = &hv->device;
	dvp->disk.private_data = dvp;
	return disk_register(&dvp->disk);
}

static void dvp_remove(struct hv_device *hv)
{
	struct dvp *dvp = hv_get_drvdata(hv);

	disk_unregister(&dvp->disk);
	if (dvp_waiting == dvp)
		dvp_waiting = NULL;
	vmbus_close(hv->channel);
	kfree(dvp);
}

static const struct hv_vmbus_device_id dvp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver dvp_drv = {
	.name = "dvp",
	.id_table = dvp_ids,
	.probe = dvp_probe,
	.remove = dvp_remove,
};

static int __init dvp_init(void)
{
	return vmbus_driver_register(&dvp_drv);
}
module_init(dvp_init);
