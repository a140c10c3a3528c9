/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A flag that is set where the conversion worked says nothing about where it failed. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fos {
	struct hv_device *hv;
	struct disk disk;
	unsigned long bad, good;
	bool bad_shared, good_shared;
};

static int fos_share(struct fos *fos)
{
	fos->bad = get_zeroed_page(GFP_KERNEL);
	fos->good = get_zeroed_page(GFP_KERNEL);
	if (!fos->bad || !fos->good)
		return -ENOMEM;
	if (!set_memory_decrypted(fos->bad, 1))	/* expect: any */
		fos->bad_shared = true;
	fos->good_shared = true;
	set_memory_decrypted(fos->good, 1);	/* expect: any */
	return 0;
}

static int fos_drop_Bad(struct fos *fos)
{
	if (!fos->bad_shared || !set_memory_encrypted(fos->bad, 1))
		free_page(fos->bad);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int fos_drop_Ok(struct fos *fos)
{
	if (!fos->good_shared || !set_memory_encrypted(fos->good, 1))
		free_page(fos->good);	/* expect: private */
	return 0;
}

static int fos_queue(struct disk *d, struct disk_request *rq)
{
	struct fos *fos = d->private_data;

	return fos->hv->channel->rescind ? -ENODEV : 0;
}

static const struct disk_ops fos_ops = {
	.queue = fos_queue,
};

static int fos_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fos *fos = kzalloc(sizeof(*fos), GFP_KERNEL);
	int ret;

	if (!fos)
		return -ENOMEM;
	fos->hv = hv;
	hv_set_drvdata(hv, fos);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fos);
	if (ret) {
		kfree(fos);
		return ret;
	}
	ret = fos_share(fos);
	if (ret)
		return ret;
	fos->disk.ops = &fos_ops;
	fos->disk.dma_dev = &hv->device;
	fos->disk.private_data = fos;
	return disk_register(&fos->disk);
}

static void fos_remove(struct hv_device *hv)
{
	struct fos *fos = hv_get_drvdata(hv);

	disk_unregister(&fos->disk);
	vmbus_close(hv->channel);
	fos_drop_Bad(fos);
	fos_drop_Ok(fos);
	kfree(fos);
}

static const struct hv_vmbus_device_id fos_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fos_drv = {
	.name = "fos",
	.id_table = fos_ids,
	.probe = fos_probe,
	.remove = fos_remove,
};

static int __init fos_init(void)
{
	return vmbus_driver_register(&fos_drv);
}
module_init(fos_init);
