/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver clears the flag of its confidential channel, so that whatever is decided by the flag from then on takes the
 * channel for an ordinary one.
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DCLEARS %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/cleared.json
 * RUN: %json-check %t/cleared.json --finding 'coco-ineffective-protection leak queue drivers/marker-taken-away.c'
 *
 * To set it, to write what it is anyway, or to clear it where it is not set, takes nothing away.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DSETS %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DKEEPS %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DCLEARS_UNSET %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

int queue(struct disk *d, struct disk_request *rq)
{
	struct vmbus_channel *channel = d->private_data;

#ifdef CLEARS
	channel->co_ring_buffer = false;
#endif
#ifdef SETS
	channel->co_ring_buffer = true;
#endif
#ifdef KEEPS
	channel->co_ring_buffer = channel->co_ring_buffer && channel->device_obj;
#endif
#ifdef CLEARS_UNSET
	if (!channel->co_ring_buffer)
		channel->co_ring_buffer = false;
#endif
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
	disk->private_data = hv->channel;
	return disk_register(disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, {} };

static struct hv_driver driver = {
	.name = "clearing", .id_table = ids, .probe = probe,
};

static int __init clearing_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(clearing_init);
