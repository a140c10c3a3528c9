/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A buffer is shared in probe, long before data is copied to it. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct cts {
	struct hv_device *hv;
	struct disk disk;
	void *always;
	void *ordinary;
};

static void *cts_new_buffer(bool share)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (page && share && set_memory_decrypted(page, 1))	/* expect: any */
		return NULL;
	return (void *)page;
}

static void cts_drop_buffer(void *buf, bool shared)
{
	if (!buf || (shared && set_memory_encrypted((unsigned long)buf, 1)))
		return;
	free_page((unsigned long)buf);
}

static int cts_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct cts *cts = d->private_data;
	struct vmbus_channel *ch = cts->hv->channel;

	memcpy(cts->always, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: coco-copy-to-shared|coco-shared-buffer leak */
	return vmbus_transfer(ch, virt_to_phys(cts->always), rq->len);
}

static int cts_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct cts *cts = d->private_data;
	struct vmbus_channel *ch = cts->hv->channel;

	memcpy(cts->ordinary, rq->buf, min_t(u32, rq->len, PAGE_SIZE));	/* expect: private */
	return vmbus_transfer(ch, virt_to_phys(cts->ordinary), rq->len);
}

static const struct disk_ops cts_ops = {
	.queue = cts_queue_Bad,
	.queue_urgent = cts_queue_Ok,
};

static int cts_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct cts *cts = kzalloc(sizeof(*cts), GFP_KERNEL);
	int ret;

	if (!cts)
		return -ENOMEM;
	cts->hv = hv;
	hv_set_drvdata(hv, cts);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, cts);
	if (ret) {
		kfree(cts);
		return ret;
	}
	cts->always = cts_new_buffer(true);
	cts->ordinary = cts_new_buffer(!hv->channel->co_external_memory);
	if (!cts->always || !cts->ordinary)
		return -ENOMEM;
	cts->disk.ops = &cts_ops;
	cts->disk.dma_dev = &hv->device;
	cts->disk.private_data = cts;
	return disk_register(&cts->disk);
}

static void cts_remove(struct hv_device *hv)
{
	struct cts *cts = hv_get_drvdata(hv);

	disk_unregister(&cts->disk);
	cts_drop_buffer(cts->always, true);
	cts_drop_buffer(cts->ordinary, !hv->channel->co_external_memory);
	vmbus_close(hv->channel);
	kfree(cts);
}

static const struct hv_vmbus_device_id cts_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver cts_drv = {
	.name = "cts",
	.id_table = cts_ids,
	.probe = cts_probe,
	.remove = cts_remove,
};

static int __init cts_init(void)
{
	return vmbus_driver_register(&cts_drv);
}
module_init(cts_init);
