/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A GPADL of a small slab object. The bus shares whole pages, on every channel but a private
 * one.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct gsp {
	struct hv_device *hv;
	struct disk disk;
	void *small;
	struct vmbus_gpadl gpadl;
};

static int gsp_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct gsp *gsp = d->private_data;
	struct vmbus_channel *ch = gsp->hv->channel;

	if (rq->len > 512)
		return -EINVAL;
	memcpy(gsp->small, rq->buf, rq->len);	/* expect: any */
	return vmbus_send_offset(ch, &gsp->gpadl, 0, rq->len);
}

static const struct disk_ops gsp_ops = {
	.queue = gsp_queue_Ok,
};

static int gsp_probe_Bad(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct gsp *gsp = kzalloc(sizeof(*gsp), GFP_KERNEL);
	int ret;

	if (!gsp)
		return -ENOMEM;
	gsp->hv = hv;
	hv_set_drvdata(hv, gsp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, gsp);
	if (ret) {
		kfree(gsp);
		return ret;
	}
	gsp->small = kzalloc(512, GFP_KERNEL);
	if (!gsp->small)
		return -ENOMEM;
	ret = vmbus_establish_gpadl(hv->channel, gsp->small, 512, &gsp->gpadl);	/* expect: coco-subpage-sharing leak (path) */
	if (ret)
		return ret;
	gsp->disk.ops = &gsp_ops;
	gsp->disk.dma_dev = &hv->device;
	gsp->disk.private_data = gsp;
	return disk_register(&gsp->disk);
}

static void gsp_remove(struct hv_device *hv)
{
	struct gsp *gsp = hv_get_drvdata(hv);

	disk_unregister(&gsp->disk);
	if (!vmbus_teardown_gpadl(hv->channel, &gsp->gpadl))
		kfree(gsp->small);
	vmbus_close(hv->channel);
	kfree(gsp);
}

static const struct hv_vmbus_device_id gsp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver gsp_drv = {
	.name = "gsp",
	.id_table = gsp_ids,
	.probe = gsp_probe_Bad,
	.remove = gsp_remove,
};

static int __init gsp_init(void)
{
	return vmbus_driver_register(&gsp_drv);
}
module_init(gsp_init);
