/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver that never asks the bus for sub-channels has one channel, its device's, however it got at the pointer: that
 * channel's flag tells whether the device's data is private.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/own.json
 * RUN: %json-check %t/own.json --findings 0
 *
 * A driver that does ask may have been given another channel, whose flag tells nothing of the device.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DASKS %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/sub.json
 * RUN: %json-check %t/sub.json --findings 1 --finding 'coco-bounce leak send drivers/sub-channels.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct socket {
	struct vmbus_channel *channel;
	char data[64];
};

/* Somebody outside has the socket, and gives it back. */
int send(struct disk *d, struct disk_request *rq)
{
	struct socket *s = rq->driver_priv;
	struct vmbus_channel *channel = s->channel;
	dma_addr_t dma;

	if (channel->co_external_memory)
		return 0;
	dma = dma_map_single(&channel->device_obj->device, s->data,
			     sizeof(s->data), DMA_TO_DEVICE);
	return dma_mapping_error(&channel->device_obj->device, dma) ? -EIO : 0;
}

static const struct disk_ops ops = {
	.queue = send,
};

#ifdef ASKS
static void created(struct vmbus_channel *channel)
{
	struct socket *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s)
		s->channel = channel;
}
#endif

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return -ENOMEM;
#ifdef ASKS
	vmbus_set_sc_create_callback(hv->channel, created);
#endif
	disk->ops = &ops;
	disk->dma_dev = &hv->device;
	return disk_register(disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, {} };

static struct hv_driver driver = {
	.name = "socket", .id_table = ids, .probe = probe,
};

static int __init socket_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(socket_init);
