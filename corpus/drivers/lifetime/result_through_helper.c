/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A helper takes the page back and says whether that worked; one caller asks it, one does not. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct rth {
	struct hv_device *hv;
	struct disk disk;
};

static int rth_take_back(unsigned long page)
{
	int ret = set_memory_encrypted(page, 1);

	return ret ? -EIO : 0;
}

static int rth_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	rth_take_back(page);
	free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int rth_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (rth_take_back(page) == 0)
		free_page(page);	/* expect: private */
	return 0;
}

static int rth_queue(struct disk *d, struct disk_request *rq)
{
	struct rth *rth = d->private_data;
	struct vmbus_channel *ch = rth->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? rth_cycle_Ok() : rth_cycle_Bad();
}

static const struct disk_ops rth_ops = {
	.queue = rth_queue,
};

static int rth_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct rth *rth = kzalloc(sizeof(*rth), GFP_KERNEL);
	int ret;

	if (!rth)
		return -ENOMEM;
	rth->hv = hv;
	hv_set_drvdata(hv, rth);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, rth);
	if (ret) {
		kfree(rth);
		return ret;
	}
	rth->disk.ops = &rth_ops;
	rth->disk.dma_dev = &hv->device;
	rth->disk.private_data = rth;
	return disk_register(&rth->disk);
}

static void rth_remove(struct hv_device *hv)
{
	struct rth *rth = hv_get_drvdata(hv);

	disk_unregister(&rth->disk);
	vmbus_close(hv->channel);
	kfree(rth);
}

static const struct hv_vmbus_device_id rth_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver rth_drv = {
	.name = "rth",
	.id_table = rth_ids,
	.probe = rth_probe,
	.remove = rth_remove,
};

static int __init rth_init(void)
{
	return vmbus_driver_register(&rth_drv);
}
module_init(rth_init);
