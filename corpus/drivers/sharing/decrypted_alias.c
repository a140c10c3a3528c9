/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A second mapping of a page. What is stored through a decrypted one is there for the host to
 * read.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct dal {
	struct hv_device *hv;
	struct disk disk;
	struct page *page;
	void *open;
	void *careful;
};

static int dal_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct dal *dal = d->private_data;
	struct vmbus_channel *ch = dal->hv->channel;

	memcpy(dal->open, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: coco-copy-to-shared|coco-shared-buffer leak */
	return vmbus_transfer(ch, page_to_phys(dal->page), rq->len);
}

static int dal_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct dal *dal = d->private_data;
	struct vmbus_channel *ch = dal->hv->channel;

	memcpy(dal->careful, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: private */
	return vmbus_transfer(ch, page_to_phys(dal->page), rq->len);
}

static const struct disk_ops dal_ops = {
	.queue = dal_queue_Bad,
	.queue_urgent = dal_queue_Ok,
};

static int dal_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct dal *dal = kzalloc(sizeof(*dal), GFP_KERNEL);
	int ret;

	if (!dal)
		return -ENOMEM;
	dal->hv = hv;
	hv_set_drvdata(hv, dal);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, dal);
	if (ret) {
		kfree(dal);
		return ret;
	}
	dal->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!dal->page)
		return -ENOMEM;
	dal->open = vmap(&dal->page, 1, VM_MAP, pgprot_decrypted(PAGE_KERNEL));	/* expect: any */
	dal->careful = vmap(&dal->page, 1, VM_MAP,	/* expect: private */
			     hv->channel->co_external_memory
			     ? PAGE_KERNEL : pgprot_decrypted(PAGE_KERNEL));
	if (!dal->open || !dal->careful)
		return -ENOMEM;
	dal->disk.ops = &dal_ops;
	dal->disk.dma_dev = &hv->device;
	dal->disk.private_data = dal;
	return disk_register(&dal->disk);
}

static void dal_remove(struct hv_device *hv)
{
	struct dal *dal = hv_get_drvdata(hv);

	disk_unregister(&dal->disk);
	vunmap(dal->open);
	vunmap(dal->careful);
	__free_page(dal->page);
	vmbus_close(hv->channel);
	kfree(dal);
}

static const struct hv_vmbus_device_id dal_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver dal_drv = {
	.name = "dal",
	.id_table = dal_ids,
	.probe = dal_probe,
	.remove = dal_remove,
};

static int __init dal_init(void)
{
	return vmbus_driver_register(&dal_drv);
}
module_init(dal_init);
