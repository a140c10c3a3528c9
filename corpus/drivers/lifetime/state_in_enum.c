/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The state of the page is an enumeration. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sie {
	struct hv_device *hv;
	struct disk disk;
	unsigned long bad, good;
	enum { SIE_PRIVATE, SIE_SHARED, SIE_UNKNOWN } bad_state, good_state;
};

static int sie_share(struct sie *sie)
{
	sie->bad = get_zeroed_page(GFP_KERNEL);
	sie->good = get_zeroed_page(GFP_KERNEL);
	if (!sie->bad || !sie->good)
		return -ENOMEM;
	sie->bad_state = set_memory_decrypted(sie->bad, 1) ? SIE_PRIVATE : SIE_SHARED;	/* expect: any */
	sie->good_state = set_memory_decrypted(sie->good, 1) ? SIE_UNKNOWN : SIE_SHARED;	/* expect: any */
	return 0;
}

static int sie_drop_Bad(struct sie *sie)
{
	if (sie->bad_state == SIE_SHARED && !set_memory_encrypted(sie->bad, 1))
		sie->bad_state = SIE_PRIVATE;
	if (sie->bad_state == SIE_PRIVATE)
		free_page(sie->bad);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int sie_drop_Ok(struct sie *sie)
{
	if (sie->good_state == SIE_SHARED && !set_memory_encrypted(sie->good, 1))
		sie->good_state = SIE_PRIVATE;
	if (sie->good_state == SIE_PRIVATE)
		free_page(sie->good);	/* expect: private */
	return 0;
}

static int sie_queue(struct disk *d, struct disk_request *rq)
{
	struct sie *sie = d->private_data;

	return sie->hv->channel->rescind ? -ENODEV : 0;
}

static const struct disk_ops sie_ops = {
	.queue = sie_queue,
};

static int sie_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sie *sie = kzalloc(sizeof(*sie), GFP_KERNEL);
	int ret;

	if (!sie)
		return -ENOMEM;
	sie->hv = hv;
	hv_set_drvdata(hv, sie);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sie);
	if (ret) {
		kfree(sie);
		return ret;
	}
	ret = sie_share(sie);
	if (ret)
		return ret;
	sie->disk.ops = &sie_ops;
	sie->disk.dma_dev = &hv->device;
	sie->disk.private_data = sie;
	return disk_register(&sie->disk);
}

static void sie_remove(struct hv_device *hv)
{
	struct sie *sie = hv_get_drvdata(hv);

	disk_unregister(&sie->disk);
	vmbus_close(hv->channel);
	sie_drop_Bad(sie);
	sie_drop_Ok(sie);
	kfree(sie);
}

static const struct hv_vmbus_device_id sie_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sie_drv = {
	.name = "sie",
	.id_table = sie_ids,
	.probe = sie_probe,
	.remove = sie_remove,
};

static int __init sie_init(void)
{
	return vmbus_driver_register(&sie_drv);
}
module_init(sie_init);
