/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A mailbox inside of the driver's own struct is shared: the rest of the struct goes with it. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct ebm {
	struct hv_device *hv;
	struct disk disk;
	u8 mailbox[256];
	u8 session_key[32];
	void *mailbox_page;
};

static int ebm_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct ebm *ebm = d->private_data;
	struct vmbus_channel *ch = ebm->hv->channel;

	if (!ebm->mailbox_page)
		return -ENODEV;
	return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
}

static int ebm_share_Bad(struct ebm *ebm)
{
	return set_memory_decrypted((unsigned long)ebm->mailbox,	/* expect: coco-subpage-sharing leak */
				    PFN_UP(sizeof(ebm->mailbox)));
}

static int ebm_share_Ok(struct ebm *ebm)
{
	ebm->mailbox_page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!ebm->mailbox_page)
		return -ENOMEM;
	return set_memory_decrypted((unsigned long)ebm->mailbox_page, 1);	/* expect: shared-by-design|private */
}

static const struct disk_ops ebm_ops = {
	.queue = ebm_queue_Ok,
};

static int ebm_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct ebm *ebm = kzalloc(sizeof(*ebm), GFP_KERNEL);
	int ret;

	if (!ebm)
		return -ENOMEM;
	ebm->hv = hv;
	hv_set_drvdata(hv, ebm);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, ebm);
	if (ret) {
		kfree(ebm);
		return ret;
	}
	ret = ebm_share_Ok(ebm);
	if (!ret)
		ret = ebm_share_Bad(ebm);
	if (ret)
		return ret;	/* both are lost: their state is unknown */
	ebm->disk.ops = &ebm_ops;
	ebm->disk.dma_dev = &hv->device;
	ebm->disk.private_data = ebm;
	return disk_register(&ebm->disk);
}

static void ebm_remove(struct hv_device *hv)
{
	struct ebm *ebm = hv_get_drvdata(hv);

	disk_unregister(&ebm->disk);
	vmbus_close(hv->channel);
	if (!set_memory_encrypted((unsigned long)ebm->mailbox_page, 1))
		free_page((unsigned long)ebm->mailbox_page);
	if (!set_memory_encrypted((unsigned long)ebm->mailbox,
				  PFN_UP(sizeof(ebm->mailbox))))
		kfree(ebm);
}

static const struct hv_vmbus_device_id ebm_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver ebm_drv = {
	.name = "ebm",
	.id_table = ebm_ids,
	.probe = ebm_probe,
	.remove = ebm_remove,
};

static int __init ebm_init(void)
{
	return vmbus_driver_register(&ebm_drv);
}
module_init(ebm_init);
