/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Data that is put into a packet goes to the ring, whose privacy is the ring's flag and nobody
 * else's.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sir {
	struct hv_device *hv;
	struct disk disk;
	u8 packet[128];
};

static int sir_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct sir *sir = d->private_data;
	struct vmbus_channel *ch = sir->hv->channel;

	if (rq->len > sizeof(sir->packet))
		return -EINVAL;
	memcpy(sir->packet, rq->buf, rq->len);
	return vmbus_sendpacket(ch, sir->packet, rq->len, 0);
}

static const struct disk_ops sir_ops = {
	.queue = sir_queue_Ok,
};

static int sir_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sir *sir = kzalloc(sizeof(*sir), GFP_KERNEL);
	int ret;

	if (!sir)
		return -ENOMEM;
	sir->hv = hv;
	hv_set_drvdata(hv, sir);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sir);
	if (ret) {
		kfree(sir);
		return ret;
	}
	sir->disk.ops = &sir_ops;
	sir->disk.dma_dev = &hv->device;
	sir->disk.private_data = sir;
	return disk_register(&sir->disk);
}

static void sir_remove(struct hv_device *hv)
{
	struct sir *sir = hv_get_drvdata(hv);

	disk_unregister(&sir->disk);
	vmbus_close(hv->channel);
	kfree(sir);
}

static const struct hv_vmbus_device_id sir_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sir_drv = {
	.name = "sir",
	.id_table = sir_ids,
	.probe = sir_probe,
	.remove = sir_remove,
};

static int __init sir_init(void)
{
	return vmbus_driver_register(&sir_drv);
}
module_init(sir_init);
