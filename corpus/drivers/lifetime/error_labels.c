/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Labels in the order of a clean-up: one of them takes back too little. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct erl {
	struct hv_device *hv;
	struct disk disk;
};

static int erl_cycle_Bad(u32 len)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	void *log;
	int ret = -ENOMEM;

	if (!page)
		return -ENOMEM;
	ret = set_memory_decrypted(page, 1);
	if (ret)
		goto out_free;
	log = kzalloc(len, GFP_KERNEL);
	if (!log)
		goto out_encrypt;
	kfree(log);
	ret = 0;
out_encrypt:
	if (set_memory_encrypted(page, 1))
		return -EIO;
out_free:
	free_page(page);	/* expect: coco-decrypted-free leak */
	return ret;
}

static int erl_cycle_Ok(u32 len)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	void *log;
	int ret;

	if (!page)
		return -ENOMEM;
	log = kzalloc(len, GFP_KERNEL);
	if (!log) {
		ret = -ENOMEM;
		goto out_free;
	}
	ret = set_memory_decrypted(page, 1);
	kfree(log);
	if (set_memory_encrypted(page, 1))
		return -EIO;
out_free:
	free_page(page);	/* expect: private */
	return ret;
}

static int erl_queue(struct disk *d, struct disk_request *rq)
{
	struct erl *erl = d->private_data;
	struct vmbus_channel *ch = erl->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? erl_cycle_Ok(rq->len) : erl_cycle_Bad(rq->len);
}

static const struct disk_ops erl_ops = {
	.queue = erl_queue,
};

static int erl_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct erl *erl = kzalloc(sizeof(*erl), GFP_KERNEL);
	int ret;

	if (!erl)
		return -ENOMEM;
	erl->hv = hv;
	hv_set_drvdata(hv, erl);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, erl);
	if (ret) {
		kfree(erl);
		return ret;
	}
	erl->disk.ops = &erl_ops;
	erl->disk.dma_dev = &hv->device;
	erl->disk.private_data = erl;
	return disk_register(&erl->disk);
}

static void erl_remove(struct hv_device *hv)
{
	struct erl *erl = hv_get_drvdata(hv);

	disk_unregister(&erl->disk);
	vmbus_close(hv->channel);
	kfree(erl);
}

static const struct hv_vmbus_device_id erl_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver erl_drv = {
	.name = "erl",
	.id_table = erl_ids,
	.probe = erl_probe,
	.remove = erl_remove,
};

static int __init erl_init(void)
{
	return vmbus_driver_register(&erl_drv);
}
module_init(erl_init);
