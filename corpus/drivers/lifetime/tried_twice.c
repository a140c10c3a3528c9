/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The conversion back is tried once more before the page is given up. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct trt {
	struct hv_device *hv;
	struct disk disk;
};

static int trt_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (set_memory_encrypted(page, 1))
		set_memory_encrypted(page, 1);
	free_page(page);	/* expect: coco-decrypted-free leak */
	return 0;
}

static int trt_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1))
		return -EIO;
	if (set_memory_encrypted(page, 1) && set_memory_encrypted(page, 1))
		return -EIO;
	free_page(page);	/* expect: private */
	return 0;
}

static int trt_queue(struct disk *d, struct disk_request *rq)
{
	struct trt *trt = d->private_data;
	struct vmbus_channel *ch = trt->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? trt_cycle_Ok() : trt_cycle_Bad();
}

static const struct disk_ops trt_ops = {
	.queue = trt_queue,
};

static int trt_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct trt *trt = kzalloc(sizeof(*trt), GFP_KERNEL);
	int ret;

	if (!trt)
		return -ENOMEM;
	trt->hv = hv;
	hv_set_drvdata(hv, trt);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, trt);
	if (ret) {
		kfree(trt);
		return ret;
	}
	trt->disk.ops = &trt_ops;
	trt->disk.dma_dev = &hv->device;
	trt->disk.private_data = trt;
	return disk_register(&trt->disk);
}

static void trt_remove(struct hv_device *hv)
{
	struct trt *trt = hv_get_drvdata(hv);

	disk_unregister(&trt->disk);
	vmbus_close(hv->channel);
	kfree(trt);
}

static const struct hv_vmbus_device_id trt_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver trt_drv = {
	.name = "trt",
	.id_table = trt_ids,
	.probe = trt_probe,
	.remove = trt_remove,
};

static int __init trt_init(void)
{
	return vmbus_driver_register(&trt_drv);
}
module_init(trt_init);
