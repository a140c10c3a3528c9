/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * After a GPADL is torn down its memory may still be shared: the bus says so in
 * gpadl.decrypted.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define GPF_SIZE (16 * PAGE_SIZE)

struct gpf {
	struct hv_device *hv;
	struct disk disk;
	void *send, *recv;
	struct vmbus_gpadl send_gpadl, recv_gpadl;
};

static int gpf_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct gpf *gpf = d->private_data;
	struct vmbus_channel *ch = gpf->hv->channel;

	if (rq->len > GPF_SIZE)
		return -EINVAL;
	memcpy(gpf->send, rq->buf, rq->len);	/* expect(gpadl=open): coco-copy-to-shared|coco-shared-buffer leak */ /* expect: private */
	return vmbus_send_offset(ch, &gpf->send_gpadl, 0, rq->len);
}

static void gpf_free_Bad(struct hv_device *hv, struct vmbus_gpadl *gpadl, void *buf)
{
	vmbus_teardown_gpadl(hv->channel, gpadl);
	vfree(buf);	/* expect: coco-decrypted-free leak */
}

static void gpf_free_Ok(struct hv_device *hv, struct vmbus_gpadl *gpadl, void *buf)
{
	vmbus_teardown_gpadl(hv->channel, gpadl);
	if (!gpadl->decrypted)
		vfree(buf);	/* expect: private */
}

static const struct disk_ops gpf_ops = {
	.queue = gpf_queue_Ok,
};

static int gpf_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct gpf *gpf = kzalloc(sizeof(*gpf), GFP_KERNEL);
	int ret;

	if (!gpf)
		return -ENOMEM;
	gpf->hv = hv;
	hv_set_drvdata(hv, gpf);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, gpf);
	if (ret) {
		kfree(gpf);
		return ret;
	}
	gpf->send = vzalloc(GPF_SIZE);
	gpf->recv = vzalloc(GPF_SIZE);
	if (!gpf->send || !gpf->recv)
		return -ENOMEM;
	ret = vmbus_establish_gpadl(hv->channel, gpf->send, GPF_SIZE,
				    &gpf->send_gpadl);
	if (!ret)
		ret = vmbus_establish_gpadl(hv->channel, gpf->recv, GPF_SIZE,
					    &gpf->recv_gpadl);
	if (ret)
		return ret;
	gpf->disk.ops = &gpf_ops;
	gpf->disk.dma_dev = &hv->device;
	gpf->disk.private_data = gpf;
	return disk_register(&gpf->disk);
}

static void gpf_remove(struct hv_device *hv)
{
	struct gpf *gpf = hv_get_drvdata(hv);

	disk_unregister(&gpf->disk);
	gpf_free_Bad(hv, &gpf->recv_gpadl, gpf->recv);
	gpf_free_Ok(hv, &gpf->send_gpadl, gpf->send);
	vmbus_close(hv->channel);
	kfree(gpf);
}

static const struct hv_vmbus_device_id gpf_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver gpf_drv = {
	.name = "gpf",
	.id_table = gpf_ids,
	.probe = gpf_probe,
	.remove = gpf_remove,
};

static int __init gpf_init(void)
{
	return vmbus_driver_register(&gpf_drv);
}
module_init(gpf_init);
