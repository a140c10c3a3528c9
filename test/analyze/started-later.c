/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A request allocates what a worker is to send, the work item in it included. Of that memory nobody else knows: what the
 * worker maps is seen where the request starts it.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/leak.json
 * RUN: %json-check %t/leak.json --findings 1 --finding 'coco-bounce leak send drivers/started-later.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>
#include <linux/workqueue.h>

struct parcel {
	struct hv_device *hv;
	struct work_struct work;
	void *data;
	dma_addr_t dma;
};

static void send(struct work_struct *work)
{
	struct parcel *p = container_of(work, struct parcel, work);

	p->dma = dma_map_single(&p->hv->device, p->data, 64, DMA_TO_DEVICE);
}

static int queue(struct disk *d, struct disk_request *rq)
{
	struct hv_device *hv = d->private_data;
	struct parcel *p;

#ifdef GUARDED
	if (hv->channel->co_external_memory)
		return -EOPNOTSUPP;
#endif
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	p->hv = hv;
	p->data = rq->buf;
	INIT_WORK(&p->work, send);
	schedule_work(&p->work);
	return 0;
}

static const struct disk_ops ops = {
	.queue = queue,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return -ENOMEM;
	disk->ops = &ops;
	disk->dma_dev = &hv->device;
	disk->private_data = hv;
	return disk_register(disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "parcel", .id_table = ids, .probe = probe,
};

static int __init parcel_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(parcel_init);
