/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver asks all channels of its device, which are in the list that begins in the first one. The data is moved by the
 * device: one ordinary sub-channel does not make it ordinary.
 *
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DAND=&&" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/all.json
 * RUN: %json-check %t/all.json --findings 1 --finding 'coco-bounce leak send drivers/channel-list.c'
 *
 * One private channel is enough.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DAND=||" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/any.json
 * RUN: %json-check %t/any.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/list.h>
#include <linux/minidisk.h>

static int send(struct disk *d, struct disk_request *rq)
{
	struct hv_device *hv = d->private_data;
	struct vmbus_channel *sub;
	bool direct = hv->channel->co_external_memory;

	list_for_each_entry(sub, &hv->channel->sc_list, sc_list)
		direct = direct AND sub->co_external_memory;
	if (direct)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&hv->device, rq->buf, rq->len, DMA_TO_DEVICE);
	return 0;
}

static const struct disk_ops ops = {
	.queue = send,
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
	.name = "all", .id_table = ids, .probe = probe,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);
