/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A cleanup path frees a staging page before it is private again, or after. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct clo {
	struct hv_device *hv;
	struct disk disk;
};

static int clo_stage_Ok(struct vmbus_channel *ch, unsigned long page)
{
	int ret = set_memory_decrypted(page, 1);

	if (ret)
		return ret;	/* lost */
	ret = vmbus_send_gpa(ch, virt_to_phys((void *)page), PAGE_SIZE, 0);
	if (ret)
		goto out;
	wait_for_completion(&ch->transfer_done);
out:
	if (set_memory_encrypted(page, 1))
		return -EIO;
	free_page(page);	/* expect: private */
	return ret;
}

static int clo_stage_Bad(struct vmbus_channel *ch, unsigned long page)
{
	int ret = set_memory_decrypted(page, 1);

	if (ret)
		return ret;	/* lost */
	ret = vmbus_send_gpa(ch, virt_to_phys((void *)page), PAGE_SIZE, 0);
	if (ret)
		goto out;
	wait_for_completion(&ch->transfer_done);
	if (set_memory_encrypted(page, 1))
		return -EIO;
out:
	free_page(page);	/* expect: coco-decrypted-free leak */
	return ret;
}

static int clo_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct clo *clo = d->private_data;
	struct vmbus_channel *ch = clo->hv->channel;
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	return page ? clo_stage_Ok(ch, page) : -ENOMEM;
}

static int clo_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct clo *clo = d->private_data;
	struct vmbus_channel *ch = clo->hv->channel;
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	return page ? clo_stage_Bad(ch, page) : -ENOMEM;
}

static const struct disk_ops clo_ops = {
	.queue = clo_queue_Bad,
	.queue_urgent = clo_queue_Ok,
};

static int clo_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct clo *clo = kzalloc(sizeof(*clo), GFP_KERNEL);
	int ret;

	if (!clo)
		return -ENOMEM;
	clo->hv = hv;
	hv_set_drvdata(hv, clo);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, clo);
	if (ret) {
		kfree(clo);
		return ret;
	}
	clo->disk.ops = &clo_ops;
	clo->disk.dma_dev = &hv->device;
	clo->disk.private_data = clo;
	return disk_register(&clo->disk);
}

static void clo_remove(struct hv_device *hv)
{
	struct clo *clo = hv_get_drvdata(hv);

	disk_unregister(&clo->disk);
	vmbus_close(hv->channel);
	kfree(clo);
}

static const struct hv_vmbus_device_id clo_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver clo_drv = {
	.name = "clo",
	.id_table = clo_ids,
	.probe = clo_probe,
	.remove = clo_remove,
};

static int __init clo_init(void)
{
	return vmbus_driver_register(&clo_drv);
}
module_init(clo_init);
