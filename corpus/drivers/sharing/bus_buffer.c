/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A buffer from the bus is as private as the channel: copying to it is right. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define BBU_SIZE (16 * PAGE_SIZE)

struct bbu {
	struct hv_device *hv;
	struct disk disk;
	void *buf;
	struct page **chunks;
	u32 nr_chunks;
	struct vmbus_gpadl gpadl;
};

static int bbu_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct bbu *bbu = d->private_data;
	struct vmbus_channel *ch = bbu->hv->channel;

	if (rq->len > BBU_SIZE)
		return -EINVAL;
	memcpy(bbu->buf, rq->buf, rq->len);	/* expect(buffer=open): coco-copy-to-shared|coco-shared-buffer leak */ /* expect: private */
	return vmbus_send_offset(ch, &bbu->gpadl, 0, rq->len);
}

static const struct disk_ops bbu_ops = {
	.queue = bbu_queue_Ok,
};

static int bbu_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct bbu *bbu = kzalloc(sizeof(*bbu), GFP_KERNEL);
	int ret;

	if (!bbu)
		return -ENOMEM;
	bbu->hv = hv;
	hv_set_drvdata(hv, bbu);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, bbu);
	if (ret) {
		kfree(bbu);
		return ret;
	}
	bbu->buf = vmbus_alloc_buffer(hv->channel, BBU_SIZE, &bbu->chunks,
				      &bbu->nr_chunks);
	if (!bbu->buf)
		return -ENOMEM;
	ret = vmbus_establish_gpadl_caller_decrypted(hv->channel, bbu->buf,
						     BBU_SIZE, &bbu->gpadl);
	if (ret) {
		vmbus_free_buffer(bbu->buf, bbu->chunks, bbu->nr_chunks);
		return ret;
	}
	bbu->disk.ops = &bbu_ops;
	bbu->disk.dma_dev = &hv->device;
	bbu->disk.private_data = bbu;
	return disk_register(&bbu->disk);
}

static void bbu_remove(struct hv_device *hv)
{
	struct bbu *bbu = hv_get_drvdata(hv);

	disk_unregister(&bbu->disk);
	vmbus_teardown_gpadl(hv->channel, &bbu->gpadl);
	vmbus_free_buffer(bbu->buf, bbu->chunks, bbu->nr_chunks);
	vmbus_close(hv->channel);
	kfree(bbu);
}

static const struct hv_vmbus_device_id bbu_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver bbu_drv = {
	.name = "bbu",
	.id_table = bbu_ids,
	.probe = bbu_probe,
	.remove = bbu_remove,
};

static int __init bbu_init(void)
{
	return vmbus_driver_register(&bbu_drv);
}
module_init(bbu_init);
