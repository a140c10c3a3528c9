/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* After a failed set_memory_decrypted() the state of a page is unknown: it must be lost. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct fun {
	struct hv_device *hv;
	struct disk disk;
};

static int fun_cycle_Bad(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1)) {
		free_page(page);	/* expect: coco-decrypted-free leak */
		return -EIO;
	}
	if (!set_memory_encrypted(page, 1))
		free_page(page);
	return 0;
}

static int fun_cycle_Ok(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (set_memory_decrypted(page, 1)) {
		if (!set_memory_encrypted(page, 1))
			free_page(page);	/* expect: private */
		return -EIO;
	}
	if (!set_memory_encrypted(page, 1))
		free_page(page);
	return 0;
}

static int fun_queue(struct disk *d, struct disk_request *rq)
{
	struct fun *fun = d->private_data;
	struct vmbus_channel *ch = fun->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? fun_cycle_Ok()
					  : fun_cycle_Bad();
}

static const struct disk_ops fun_ops = {
	.queue = fun_queue,
};

static int fun_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fun *fun = kzalloc(sizeof(*fun), GFP_KERNEL);
	int ret;

	if (!fun)
		return -ENOMEM;
	fun->hv = hv;
	hv_set_drvdata(hv, fun);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fun);
	if (ret) {
		kfree(fun);
		return ret;
	}
	fun->disk.ops = &fun_ops;
	fun->disk.dma_dev = &hv->device;
	fun->disk.private_data = fun;
	return disk_register(&fun->disk);
}

static void fun_remove(struct hv_device *hv)
{
	struct fun *fun = hv_get_drvdata(hv);

	disk_unregister(&fun->disk);
	vmbus_close(hv->channel);
	kfree(fun);
}

static const struct hv_vmbus_device_id fun_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fun_drv = {
	.name = "fun",
	.id_table = fun_ids,
	.probe = fun_probe,
	.remove = fun_remove,
};

static int __init fun_init(void)
{
	return vmbus_driver_register(&fun_drv);
}
module_init(fun_init);
