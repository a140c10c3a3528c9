/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The states of two pages are bits of one word. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define FAB_BAD 1u
#define FAB_GOOD 2u

struct fab {
	struct hv_device *hv;
	struct disk disk;
	unsigned long bad, good;
	unsigned int shared;
};

static int fab_share(struct fab *fab)
{
	fab->bad = get_zeroed_page(GFP_KERNEL);
	fab->good = get_zeroed_page(GFP_KERNEL);
	if (!fab->bad || !fab->good)
		return -ENOMEM;
	fab->shared |= FAB_BAD | FAB_GOOD;
	if (set_memory_decrypted(fab->bad, 1))	/* expect: any */
		return -EIO;
	return set_memory_decrypted(fab->good, 1);	/* expect: any */
}

static int fab_drop_Bad(struct fab *fab)
{
	if (!set_memory_encrypted(fab->good, 1))
		fab->shared &= ~FAB_GOOD;
	set_memory_encrypted(fab->bad, 1);
	if (!(fab->shared & FAB_GOOD))
		free_page(fab->bad);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int fab_drop_Ok(struct fab *fab)
{
	if (!(fab->shared & FAB_GOOD))
		free_page(fab->good);	/* expect: private */
	return 0;
}

static int fab_queue(struct disk *d, struct disk_request *rq)
{
	struct fab *fab = d->private_data;

	return fab->hv->channel->rescind ? -ENODEV : 0;
}

static const struct disk_ops fab_ops = {
	.queue = fab_queue,
};

static int fab_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fab *fab = kzalloc(sizeof(*fab), GFP_KERNEL);
	int ret;

	if (!fab)
		return -ENOMEM;
	fab->hv = hv;
	hv_set_drvdata(hv, fab);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fab);
	if (ret) {
		kfree(fab);
		return ret;
	}
	ret = fab_share(fab);
	if (ret)
		return ret;
	fab->disk.ops = &fab_ops;
	fab->disk.dma_dev = &hv->device;
	fab->disk.private_data = fab;
	return disk_register(&fab->disk);
}

static void fab_remove(struct hv_device *hv)
{
	struct fab *fab = hv_get_drvdata(hv);

	disk_unregister(&fab->disk);
	vmbus_close(hv->channel);
	fab_drop_Bad(fab);
	fab_drop_Ok(fab);
	kfree(fab);
}

static const struct hv_vmbus_device_id fab_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fab_drv = {
	.name = "fab",
	.id_table = fab_ids,
	.probe = fab_probe,
	.remove = fab_remove,
};

static int __init fab_init(void)
{
	return vmbus_driver_register(&fab_drv);
}
module_init(fab_init);
