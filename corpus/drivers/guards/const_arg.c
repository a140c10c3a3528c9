/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A constant argument decides in a shared function; the caller decides which constant. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct con {
	struct hv_device *hv;
	struct disk disk;
};

static int con_run(struct con *con, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &con->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(con->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int con_submit(struct con *con, struct disk_request *rq, bool may_bounce)
{
	struct vmbus_channel *ch = con->hv->channel;

	if (!may_bounce)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return con_run(con, rq,
		       dma_map_single(&con->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static int con_submit_always(struct con *con, struct disk_request *rq,
			     bool may_bounce)
{
	struct vmbus_channel *ch = con->hv->channel;

	if (!may_bounce)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return con_run(con, rq,
		       dma_map_single(&con->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int con_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct con *con = d->private_data;
	struct vmbus_channel *ch = con->hv->channel;

	return ch->co_external_memory ? con_submit_always(con, rq, true)
				      : con_submit_always(con, rq, false);
}

static int con_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct con *con = d->private_data;
	struct vmbus_channel *ch = con->hv->channel;

	return ch->co_external_memory ? con_submit(con, rq, false)
				      : con_submit(con, rq, true);
}

static const struct disk_ops con_ops = {
	.queue = con_queue_Bad,
	.queue_urgent = con_queue_Ok,
};

static int con_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct con *con = kzalloc(sizeof(*con), GFP_KERNEL);
	int ret;

	if (!con)
		return -ENOMEM;
	con->hv = hv;
	hv_set_drvdata(hv, con);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, con);
	if (ret) {
		kfree(con);
		return ret;
	}
	con->disk.ops = &con_ops;
	con->disk.dma_dev = &hv->device;
	con->disk.private_data = con;
	return disk_register(&con->disk);
}

static void con_remove(struct hv_device *hv)
{
	struct con *con = hv_get_drvdata(hv);

	disk_unregister(&con->disk);
	vmbus_close(hv->channel);
	kfree(con);
}

static const struct hv_vmbus_device_id con_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver con_drv = {
	.name = "con",
	.id_table = con_ids,
	.probe = con_probe,
	.remove = con_remove,
};

static int __init con_init(void)
{
	return vmbus_driver_register(&con_drv);
}
module_init(con_init);
