/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A window of the device's memory, remapped as decrypted or not. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/io.h>

struct mrd {
	struct hv_device *hv;
	struct disk disk;
	phys_addr_t window;
	void *open;
	void *careful;
};

static int mrd_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct mrd *mrd = d->private_data;
	struct vmbus_channel *ch = mrd->hv->channel;

	memcpy(mrd->open, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: coco-copy-to-shared|coco-shared-buffer leak */
	return vmbus_transfer(ch, mrd->window, rq->len);
}

static int mrd_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct mrd *mrd = d->private_data;
	struct vmbus_channel *ch = mrd->hv->channel;

	memcpy(mrd->careful, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: private */
	return vmbus_transfer(ch, mrd->window, rq->len);
}

static const struct disk_ops mrd_ops = {
	.queue = mrd_queue_Bad,
	.queue_urgent = mrd_queue_Ok,
};

static int mrd_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct mrd *mrd = kzalloc(sizeof(*mrd), GFP_KERNEL);
	int ret;

	if (!mrd)
		return -ENOMEM;
	mrd->hv = hv;
	hv_set_drvdata(hv, mrd);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, mrd);
	if (ret) {
		kfree(mrd);
		return ret;
	}
	mrd->window = (phys_addr_t)hv->channel->offermsg.offer.mmio_megabytes << 20;
	mrd->open = memremap(mrd->window, PAGE_SIZE, MEMREMAP_WB | MEMREMAP_DEC);	/* expect: any */
	mrd->careful = memremap(mrd->window, PAGE_SIZE,	/* expect: private */
				hv->channel->co_external_memory
				? MEMREMAP_WB : MEMREMAP_WB | MEMREMAP_DEC);
	if (!mrd->open || !mrd->careful)
		return -ENOMEM;
	mrd->disk.ops = &mrd_ops;
	mrd->disk.dma_dev = &hv->device;
	mrd->disk.private_data = mrd;
	return disk_register(&mrd->disk);
}

static void mrd_remove(struct hv_device *hv)
{
	struct mrd *mrd = hv_get_drvdata(hv);

	disk_unregister(&mrd->disk);
	memunmap(mrd->open);
	memunmap(mrd->careful);
	vmbus_close(hv->channel);
	kfree(mrd);
}

static const struct hv_vmbus_device_id mrd_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver mrd_drv = {
	.name = "mrd",
	.id_table = mrd_ids,
	.probe = mrd_probe,
	.remove = mrd_remove,
};

static int __init mrd_init(void)
{
	return vmbus_driver_register(&mrd_drv);
}
module_init(mrd_init);
