/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The mapping is made when a request is queued and ended when it is complete, by the request's
 * own note.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct lat {
	struct hv_device *hv;
	struct disk disk;
};

static int lat_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct lat *lat = d->private_data;
	struct vmbus_channel *ch = lat->hv->channel;
	u64 id = (unsigned long)rq;

	if (ch->co_external_memory)
		return vmbus_send_gpa(ch, virt_to_phys(rq->buf), rq->len, id);
	rq->dma = dma_map_single(&lat->hv->device, rq->buf, rq->len, rq->dir);	/* expect: private|shared-by-design (guard) */
	if (dma_mapping_error(&lat->hv->device, rq->dma))
		return -ENOMEM;
	return vmbus_send_gpa(ch, rq->dma, rq->len, id);
}

static void lat_complete_Bad(struct disk *d, struct disk_request *rq)
{
	struct lat *lat = d->private_data;

	if (rq->dir == DMA_FROM_DEVICE)
		dma_unmap_single(&lat->hv->device, rq->dma, rq->len, rq->dir);	/* expect: coco-unbalanced-map private|shared-by-design (path) */
}

static const struct disk_ops lat_ops = {
	.queue = lat_queue_Bad,
	.complete = lat_complete_Bad,
};

static int lat_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct lat *lat = kzalloc(sizeof(*lat), GFP_KERNEL);
	int ret;

	if (!lat)
		return -ENOMEM;
	lat->hv = hv;
	hv_set_drvdata(hv, lat);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, lat);
	if (ret) {
		kfree(lat);
		return ret;
	}
	lat->disk.ops = &lat_ops;
	lat->disk.dma_dev = &hv->device;
	lat->disk.private_data = lat;
	return disk_register(&lat->disk);
}

static void lat_remove(struct hv_device *hv)
{
	struct lat *lat = hv_get_drvdata(hv);

	disk_unregister(&lat->disk);
	vmbus_close(hv->channel);
	kfree(lat);
}

static const struct hv_vmbus_device_id lat_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver lat_drv = {
	.name = "lat",
	.id_table = lat_ids,
	.probe = lat_probe,
	.remove = lat_remove,
};

static int __init lat_init(void)
{
	return vmbus_driver_register(&lat_drv);
}
module_init(lat_init);
