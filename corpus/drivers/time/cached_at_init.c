/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A flag that init code reads before there is any channel says nothing about one. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static struct vmbus_channel *cai_first;	/* nobody sets it */

struct cai {
	struct hv_device *hv;
	struct disk disk;
};

static int cai_run(struct cai *cai, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &cai->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(cai->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int cai_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct cai *cai = d->private_data;
	struct vmbus_channel *ch = cai->hv->channel;

	if (cai_first && cai_first->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return cai_run(cai, rq,
		       dma_map_single(&cai->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int cai_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct cai *cai = d->private_data;
	struct vmbus_channel *ch = cai->hv->channel;

	if (cai_first && cai_first->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return cai_run(cai, rq,
		       dma_map_single(&cai->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops cai_ops = {
	.queue = cai_queue_Bad,
	.queue_urgent = cai_queue_Ok,
};

static int cai_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct cai *cai = kzalloc(sizeof(*cai), GFP_KERNEL);
	int ret;

	if (!cai)
		return -ENOMEM;
	cai->hv = hv;
	hv_set_drvdata(hv, cai);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, cai);
	if (ret) {
		kfree(cai);
		return ret;
	}
	cai->disk.ops = &cai_ops;
	cai->disk.dma_dev = &hv->device;
	cai->disk.private_data = cai;
	return disk_register(&cai->disk);
}

static void cai_remove(struct hv_device *hv)
{
	struct cai *cai = hv_get_drvdata(hv);

	disk_unregister(&cai->disk);
	vmbus_close(hv->channel);
	kfree(cai);
}

static const struct hv_vmbus_device_id cai_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver cai_drv = {
	.name = "cai",
	.id_table = cai_ids,
	.probe = cai_probe,
	.remove = cai_remove,
};

static int __init cai_init(void)
{
	return vmbus_driver_register(&cai_drv);
}
module_init(cai_init);
