/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A class of device that is not offered to a confidential guest. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct kbd {
	struct hv_device *hv;
	struct disk disk;
};

static int kbd_run(struct kbd *kbd, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &kbd->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(kbd->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int kbd_queue(struct disk *d, struct disk_request *rq)
{
	struct kbd *kbd = d->private_data;

	return kbd_run(kbd, rq,
		       dma_map_single(&kbd->hv->device, rq->buf,	/* expect: unreachable|shared-by-design */
				      rq->len, rq->dir));
}

static const struct disk_ops kbd_ops = {
	.queue = kbd_queue,
};

static int kbd_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct kbd *kbd = kzalloc(sizeof(*kbd), GFP_KERNEL);
	int ret;

	if (!kbd)
		return -ENOMEM;
	kbd->hv = hv;
	hv_set_drvdata(hv, kbd);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, kbd);
	if (ret) {
		kfree(kbd);
		return ret;
	}
	kbd->disk.ops = &kbd_ops;
	kbd->disk.dma_dev = &hv->device;
	kbd->disk.private_data = kbd;
	return disk_register(&kbd->disk);
}

static void kbd_remove(struct hv_device *hv)
{
	struct kbd *kbd = hv_get_drvdata(hv);

	disk_unregister(&kbd->disk);
	vmbus_close(hv->channel);
	kfree(kbd);
}

static const struct hv_vmbus_device_id kbd_ids[] = {
	{ HV_KBD_GUID }, { },
};

static struct hv_driver kbd_drv = {
	.name = "kbd",
	.id_table = kbd_ids,
	.probe = kbd_probe,
	.remove = kbd_remove,
};

static int __init kbd_init(void)
{
	return vmbus_driver_register(&kbd_drv);
}
module_init(kbd_init);
