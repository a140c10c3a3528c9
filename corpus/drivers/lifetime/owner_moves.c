/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The pages move to another record, which frees them. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct owm {
	struct hv_device *hv;
	struct disk disk;
	unsigned long first, second;
};

struct owm_trash {
	unsigned long page;
};

static int owm_share(struct owm *owm)
{
	owm->first = get_zeroed_page(GFP_KERNEL);
	owm->second = get_zeroed_page(GFP_KERNEL);
	if (!owm->first || !owm->second)
		return -ENOMEM;
	if (set_memory_decrypted(owm->first, 1))	/* expect: any */
		return -EIO;
	return set_memory_decrypted(owm->second, 1);	/* expect: any */
}

static int owm_drop_Bad(struct owm *owm)
{
	struct owm_trash trash = { .page = owm->first };

	owm->first = 0;
	free_page(trash.page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int owm_drop_Ok(struct owm *owm)
{
	struct owm_trash trash = { .page = owm->second };

	owm->second = 0;
	if (!set_memory_encrypted(trash.page, 1))
		free_page(trash.page);	/* expect: private */
	return 0;
}

static int owm_queue(struct disk *d, struct disk_request *rq)
{
	struct owm *owm = d->private_data;

	return owm->hv->channel->rescind ? -ENODEV : 0;
}

static const struct disk_ops owm_ops = {
	.queue = owm_queue,
};

static int owm_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct owm *owm = kzalloc(sizeof(*owm), GFP_KERNEL);
	int ret;

	if (!owm)
		return -ENOMEM;
	owm->hv = hv;
	hv_set_drvdata(hv, owm);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, owm);
	if (ret) {
		kfree(owm);
		return ret;
	}
	ret = owm_share(owm);
	if (ret)
		return ret;
	owm->disk.ops = &owm_ops;
	owm->disk.dma_dev = &hv->device;
	owm->disk.private_data = owm;
	return disk_register(&owm->disk);
}

static void owm_remove(struct hv_device *hv)
{
	struct owm *owm = hv_get_drvdata(hv);

	disk_unregister(&owm->disk);
	vmbus_close(hv->channel);
	owm_drop_Bad(owm);
	owm_drop_Ok(owm);
	kfree(owm);
}

static const struct hv_vmbus_device_id owm_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver owm_drv = {
	.name = "owm",
	.id_table = owm_ids,
	.probe = owm_probe,
	.remove = owm_remove,
};

static int __init owm_init(void)
{
	return vmbus_driver_register(&owm_drv);
}
module_init(owm_init);
