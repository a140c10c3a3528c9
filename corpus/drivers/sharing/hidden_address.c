/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The address of the shared page is kept as a number that is not the address. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define FNH_KEY 0x5a5aUL

struct fnh {
	struct hv_device *hv;
	struct disk disk;
	unsigned long cookie;
};

static int fnh_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct fnh *fnh = d->private_data;
	void *where = (void *)(fnh->cookie ^ FNH_KEY);

	memcpy(where, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: coco-copy-to-shared|coco-shared-buffer leak */
	return vmbus_transfer(fnh->hv->channel, virt_to_phys(where), rq->len);
}

static const struct disk_ops fnh_ops = {
	.queue = fnh_queue_Bad,
};

static int fnh_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct fnh *fnh = kzalloc(sizeof(*fnh), GFP_KERNEL);
	int ret;

	if (!fnh)
		return -ENOMEM;
	fnh->hv = hv;
	hv_set_drvdata(hv, fnh);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, fnh);
	if (ret) {
		kfree(fnh);
		return ret;
	}
	fnh->cookie = get_zeroed_page(GFP_KERNEL);
	if (!fnh->cookie || set_memory_decrypted(fnh->cookie, 1))	/* expect: any */
		return -ENOMEM;
	fnh->cookie ^= FNH_KEY;
	fnh->disk.ops = &fnh_ops;
	fnh->disk.dma_dev = &hv->device;
	fnh->disk.private_data = fnh;
	return disk_register(&fnh->disk);
}

static void fnh_remove(struct hv_device *hv)
{
	struct fnh *fnh = hv_get_drvdata(hv);

	disk_unregister(&fnh->disk);
	vmbus_close(hv->channel);
	kfree(fnh);
}

static const struct hv_vmbus_device_id fnh_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver fnh_drv = {
	.name = "fnh",
	.id_table = fnh_ids,
	.probe = fnh_probe,
	.remove = fnh_remove,
};

static int __init fnh_init(void)
{
	return vmbus_driver_register(&fnh_drv);
}
module_init(fnh_init);
