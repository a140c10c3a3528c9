/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A driver that sends its packets through the ring and maps nothing. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct nmp {
	struct hv_device *hv;
	struct disk disk;
};

static int nmp_queue(struct disk *d, struct disk_request *rq)
{
	struct nmp *nmp = d->private_data;
	u32 done, step, at = 0;

	for (done = 0; done < rq->len; done += step) {
		step = min_t(u32, rq->len - done, 256);
		if (vmbus_sendpacket(nmp->hv->channel, (char *)rq->buf + done,
				     step, at++))
			return -EIO;
	}
	return 0;
}

static const struct disk_ops nmp_ops = {
	.queue = nmp_queue,
};

static int nmp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct nmp *nmp = kzalloc(sizeof(*nmp), GFP_KERNEL);
	int ret;

	if (!nmp)
		return -ENOMEM;
	nmp->hv = hv;
	hv_set_drvdata(hv, nmp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, nmp);
	if (ret) {
		kfree(nmp);
		return ret;
	}
	nmp->disk.ops = &nmp_ops;
	nmp->disk.dma_dev = &hv->device;
	nmp->disk.private_data = nmp;
	return disk_register(&nmp->disk);
}

static void nmp_remove(struct hv_device *hv)
{
	struct nmp *nmp = hv_get_drvdata(hv);

	disk_unregister(&nmp->disk);
	vmbus_close(hv->channel);
	kfree(nmp);
}

static const struct hv_vmbus_device_id nmp_ids[] = {
	{ HV_ACCEL_GUID }, { },
};

static struct hv_driver nmp_drv = {
	.name = "nmp",
	.id_table = nmp_ids,
	.probe = nmp_probe,
	.remove = nmp_remove,
};

static int __init nmp_init(void)
{
	return vmbus_driver_register(&nmp_drv);
}
module_init(nmp_init);
