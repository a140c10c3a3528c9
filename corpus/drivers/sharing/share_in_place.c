/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Data is staged in a page, which is then shared: always, and for ordinary channels only. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sip {
	struct hv_device *hv;
	struct disk disk;
};

static int sip_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct sip *sip = d->private_data;
	struct vmbus_channel *ch = sip->hv->channel;
	unsigned long buf = __get_free_page(GFP_KERNEL);
	int ret;

	if (!buf)
		return -ENOMEM;
	memcpy((void *)buf, rq->buf, min_t(u32, rq->len, PAGE_SIZE));
	if (set_memory_decrypted(buf, 1))	/* expect: coco-shared-buffer leak */
		return -EIO;	/* state unknown: the page is lost */
	ret = vmbus_transfer(ch, virt_to_phys((void *)buf), rq->len);
	memset((void *)buf, 0, PAGE_SIZE);
	if (set_memory_encrypted(buf, 1))
		return -EIO;
	free_page(buf);
	return ret;
}

static int sip_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct sip *sip = d->private_data;
	struct vmbus_channel *ch = sip->hv->channel;
	unsigned long buf = __get_free_page(GFP_KERNEL);
	int ret;

	if (!buf)
		return -ENOMEM;
	memcpy((void *)buf, rq->buf, min_t(u32, rq->len, PAGE_SIZE));
	if (!ch->co_external_memory && set_memory_decrypted(buf, 1))	/* expect: private|shared-by-design (guard) */
		return -EIO;	/* state unknown: the page is lost */
	ret = vmbus_transfer(ch, virt_to_phys((void *)buf), rq->len);
	memset((void *)buf, 0, PAGE_SIZE);
	if (!ch->co_external_memory && set_memory_encrypted(buf, 1))
		return -EIO;
	free_page(buf);
	return ret;
}

static const struct disk_ops sip_ops = {
	.queue = sip_queue_Bad,
	.queue_urgent = sip_queue_Ok,
};

static int sip_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sip *sip = kzalloc(sizeof(*sip), GFP_KERNEL);
	int ret;

	if (!sip)
		return -ENOMEM;
	sip->hv = hv;
	hv_set_drvdata(hv, sip);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sip);
	if (ret) {
		kfree(sip);
		return ret;
	}
	sip->disk.ops = &sip_ops;
	sip->disk.dma_dev = &hv->device;
	sip->disk.private_data = sip;
	return disk_register(&sip->disk);
}

static void sip_remove(struct hv_device *hv)
{
	struct sip *sip = hv_get_drvdata(hv);

	disk_unregister(&sip->disk);
	vmbus_close(hv->channel);
	kfree(sip);
}

static const struct hv_vmbus_device_id sip_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sip_drv = {
	.name = "sip",
	.id_table = sip_ids,
	.probe = sip_probe,
	.remove = sip_remove,
};

static int __init sip_init(void)
{
	return vmbus_driver_register(&sip_drv);
}
module_init(sip_init);
