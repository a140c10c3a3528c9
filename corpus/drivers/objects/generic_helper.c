/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A helper of the disk layer maps. It belongs to no bus: the driver's call is the site. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct gen {
	struct hv_device *hv;
	struct disk disk;
};

static int gen_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct gen *gen = d->private_data;
	struct vmbus_channel *ch = gen->hv->channel;
	int ret;

	if (disk_map_request(d, rq))	/* expect: coco-bounce leak */
		return -EIO;
	ret = vmbus_transfer(ch, sg_dma_address(rq->sgt.sgl), rq->len);
	disk_unmap_request(d, rq);
	return ret;
}

static int gen_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct gen *gen = d->private_data;
	struct vmbus_channel *ch = gen->hv->channel;
	int ret;

	if (ch->co_external_memory)
		return vmbus_transfer(ch, sg_phys(rq->sgt.sgl), rq->len);
	if (disk_map_request(d, rq))	/* expect: private|shared-by-design (guard) */
		return -EIO;
	ret = vmbus_transfer(ch, sg_dma_address(rq->sgt.sgl), rq->len);
	disk_unmap_request(d, rq);
	return ret;
}

static const struct disk_ops gen_ops = {
	.queue = gen_queue_Bad,
	.queue_urgent = gen_queue_Ok,
};

static int gen_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct gen *gen = kzalloc(sizeof(*gen), GFP_KERNEL);
	int ret;

	if (!gen)
		return -ENOMEM;
	gen->hv = hv;
	hv_set_drvdata(hv, gen);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, gen);
	if (ret) {
		kfree(gen);
		return ret;
	}
	gen->disk.ops = &gen_ops;
	gen->disk.dma_dev = &hv->device;
	gen->disk.private_data = gen;
	return disk_register(&gen->disk);
}

static void gen_remove(struct hv_device *hv)
{
	struct gen *gen = hv_get_drvdata(hv);

	disk_unregister(&gen->disk);
	vmbus_close(hv->channel);
	kfree(gen);
}

static const struct hv_vmbus_device_id gen_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver gen_drv = {
	.name = "gen",
	.id_table = gen_ids,
	.probe = gen_probe,
	.remove = gen_remove,
};

static int __init gen_init(void)
{
	return vmbus_driver_register(&gen_drv);
}
module_init(gen_init);
