/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Whether it worked is written through a pointer. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sbp {
	struct hv_device *hv;
	struct disk disk;
};

static void sbp_take_back(unsigned long page, bool *private_again)
{
	*private_again = !set_memory_encrypted(page, 1);
}

static int sbp_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	bool private_again = true;

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	sbp_take_back(page, &private_again);
	if (!private_again)
		free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int sbp_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	bool private_again = true;

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	sbp_take_back(page, &private_again);
	if (private_again)
		free_page(page);	/* expect: private */
	return 0;
}

static int sbp_queue(struct disk *d, struct disk_request *rq)
{
	struct sbp *sbp = d->private_data;
	struct vmbus_channel *ch = sbp->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? sbp_cycle_Ok() : sbp_cycle_Bad();
}

static const struct disk_ops sbp_ops = {
	.queue = sbp_queue,
};

static int sbp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sbp *sbp = kzalloc(sizeof(*sbp), GFP_KERNEL);
	int ret;

	if (!sbp)
		return -ENOMEM;
	sbp->hv = hv;
	hv_set_drvdata(hv, sbp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sbp);
	if (ret) {
		kfree(sbp);
		return ret;
	}
	sbp->disk.ops = &sbp_ops;
	sbp->disk.dma_dev = &hv->device;
	sbp->disk.private_data = sbp;
	return disk_register(&sbp->disk);
}

static void sbp_remove(struct hv_device *hv)
{
	struct sbp *sbp = hv_get_drvdata(hv);

	disk_unregister(&sbp->disk);
	vmbus_close(hv->channel);
	kfree(sbp);
}

static const struct hv_vmbus_device_id sbp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sbp_drv = {
	.name = "sbp",
	.id_table = sbp_ids,
	.probe = sbp_probe,
	.remove = sbp_remove,
};

static int __init sbp_init(void)
{
	return vmbus_driver_register(&sbp_drv);
}
module_init(sbp_init);
