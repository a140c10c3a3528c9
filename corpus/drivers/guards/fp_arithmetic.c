/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Known limits: conditions that are always true for reasons of arithmetic. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fpx {
	struct hv_device *hv;
	struct disk disk;
};

static int fpx_run(struct fpx *fpx, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &fpx->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(fpx->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int FP_fpx_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct fpx *fpx = d->private_data;
	struct vmbus_channel *ch = fpx->hv->channel;
	unsigned int twice = (unsigned int)ch->co_external_memory * 2;

	if (twice * twice + rq->len * 4 % 4 >= 3)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return fpx_run(fpx, rq,
		       dma_map_single(&fpx->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops fpx_ops = {
	.queue = FP_fpx_queue_Ok,
};

static int fpx_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fpx *fpx = kzalloc(sizeof(*fpx), GFP_KERNEL);
	int ret;

	if (!fpx)
		return -ENOMEM;
	fpx->hv = hv;
	hv_set_drvdata(hv, fpx);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fpx);
	if (ret) {
		kfree(fpx);
		return ret;
	}
	fpx->disk.ops = &fpx_ops;
	fpx->disk.dma_dev = &hv->device;
	fpx->disk.private_data = fpx;
	return disk_register(&fpx->disk);
}

static void fpx_remove(struct hv_device *hv)
{
	struct fpx *fpx = hv_get_drvdata(hv);

	disk_unregister(&fpx->disk);
	vmbus_close(hv->channel);
	kfree(fpx);
}

static const struct hv_vmbus_device_id fpx_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fpx_drv = {
	.name = "fpx",
	.id_table = fpx_ids,
	.probe = fpx_probe,
	.remove = fpx_remove,
};

static int __init fpx_init(void)
{
	return vmbus_driver_register(&fpx_drv);
}
module_init(fpx_init);
