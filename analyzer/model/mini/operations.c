/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Operations of a scenario on channels and drivers of the mini-kernel. */
#include "glue.h"

static struct vmbus_channel *channel_of(const struct kernel_operation *op)
{
	struct hv_device *hv = mini_hv(op->device);
	struct vmbus_channel *sub;

	if (!hv || !op->channel)
		return hv ? hv->channel : NULL;
	list_for_each_entry(sub, &hv->channel->sc_list, sc_list)
		if (sub->offermsg.offer.sub_channel_index == op->channel)
			return sub;
	return NULL;
}

static int establish(struct vmbus_channel *channel, struct kernel_operation *op)
{
	struct vmbus_gpadl *gpadl = model_alloc_object(sizeof(*gpadl));
	int ret;

	if (!gpadl)
		return -ENOMEM;
	ret = op->kind == KERNEL_GPADL_ESTABLISH
		      ? vmbus_establish_gpadl(channel, op->address, op->size,
					      gpadl)
		      : vmbus_establish_gpadl_caller_decrypted(
				channel, op->address, op->size, gpadl);
	op->handle = gpadl;
	return ret;
}

static int channel_operation(struct kernel_operation *op)
{
	struct vmbus_channel *channel = channel_of(op);
	struct page **chunks;

	if (!channel)
		return -ENODEV;
	switch (op->kind) {
	case KERNEL_RING_OPEN:
		return vmbus_open(channel, VMBUS_RING, VMBUS_RING, NULL, 0,
				  NULL, NULL);
	case KERNEL_RING_CLOSE:
		vmbus_close(channel);
		return 0;
	case KERNEL_RING_WRITE:
		return vmbus_sendpacket(channel, op->address, op->size, 0);
	case KERNEL_GPADL_ESTABLISH:
	case KERNEL_GPADL_ESTABLISH_DECRYPTED:
		return establish(channel, op);
	case KERNEL_GPADL_TEARDOWN:
		return op->handle ? vmbus_teardown_gpadl(channel, op->handle)
				  : -EINVAL;
	case KERNEL_ALLOC_BUFFER:
		op->address = vmbus_alloc_buffer(channel, op->size, &chunks,
						 &op->handle_count);
		op->handle = chunks;
		return op->address ? 0 : -ENOMEM;
	case KERNEL_FREE_BUFFER:
		vmbus_free_buffer(op->address, op->handle, op->handle_count);
		return 0;
	default:
		return KERNEL_NO_SUCH_OPERATION;
	}
}

static int same_text(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static int disk_request(struct disk *d, struct kernel_operation *op)
{
	static struct scatterlist list[2];
	static struct disk_request rq;
	unsigned int nents = op->size >= 2 * PAGE_SIZE ? 2 : 1;

	if (same_text(op->entry, "complete")) {
		if (!d->ops->complete)
			return KERNEL_NO_SUCH_OPERATION;
		d->ops->complete(d, &rq);
		return 0;
	}
	rq = (struct disk_request) {
		.buf = op->address,
		.len = op->size,
		.dir = op->direction,
		.sgt = { .sgl = list, .nents = nents, .orig_nents = nents },
	};
	sg_init_one(&list[0], op->address, op->size / nents);
	sg_init_one(&list[1], (char *)op->address + op->size / 2, op->size / 2);
	if (same_text(op->entry, "queue") && d->ops->queue)
		return d->ops->queue(d, &rq);
	if (same_text(op->entry, "queue_urgent") && d->ops->queue_urgent)
		return d->ops->queue_urgent(d, &rq);
	if (same_text(op->entry, "ioctl") && d->ops->ioctl)
		return d->ops->ioctl(d, 0, op->address);
	return KERNEL_NO_SUCH_OPERATION;
}

static int net_request(struct netif *nif, struct kernel_operation *op)
{
	static struct sk_buff skb;

	skb = (struct sk_buff) {
		.data = op->address,
		.len = op->size,
		.data_len = op->size / 2,
		.nr_frags = 1,
	};
	skb.frags[0].page = virt_to_page((char *)op->address +
					 skb_headlen(&skb));
	skb.frags[0].offset = offset_in_page((char *)op->address +
					     skb_headlen(&skb));
	skb.frags[0].size = skb.data_len;
	if (same_text(op->entry, "xmit") && nif->ops->xmit)
		return nif->ops->xmit(&skb, nif);
	if (same_text(op->entry, "xmit_urgent") && nif->ops->xmit_urgent)
		return nif->ops->xmit_urgent(&skb, nif);
	if (same_text(op->entry, "open") && nif->ops->open)
		return nif->ops->open(nif);
	if (same_text(op->entry, "timeout") && nif->ops->timeout) {
		nif->ops->timeout(nif);
		return 0;
	}
	return KERNEL_NO_SUCH_OPERATION;
}

/* What comes from the bus, not from above: KERNEL_NO_SUCH_OPERATION if not. */
static int bus_event(struct kernel_operation *op)
{
	struct hv_device *hv = mini_hv(op->device);
	struct vmbus_channel *channel = channel_of(op);
	struct hv_driver *drv;

	if (!channel || !hv->device.driver)
		return KERNEL_NO_SUCH_OPERATION;
	drv = drv_to_hv_drv(hv->device.driver);
	if (same_text(op->entry, "callback") && channel->onchannel_callback) {
		channel->onchannel_callback(channel->channel_callback_context);
		return 0;
	}
	if (same_text(op->entry, "rescind")) {
		channel->rescind = true;
		return 0;
	}
	if (same_text(op->entry, "suspend") && drv->suspend)
		return drv->suspend(hv);
	if (same_text(op->entry, "resume") && drv->resume)
		return drv->resume(hv);
	return KERNEL_NO_SUCH_OPERATION;
}

static int deliver(struct kernel_operation *op)
{
	struct mini_device *device = &mini_devices[op->device];
	int ret = bus_event(op);

	if (ret != KERNEL_NO_SUCH_OPERATION)
		return ret;
	if (device->disk)
		return disk_request(device->disk, op);
	if (device->netif)
		return net_request(device->netif, op);
	return KERNEL_NO_SUCH_OPERATION;
}

static int request(struct kernel_operation *op)
{
	const struct device *dev = mini_devices[op->device].dev;
	bool full = model_pool_fails();
	int ret;

	if (full)
		glue_fill_pool(dev);
	ret = deliver(op);
	if (full)
		glue_empty_pool(dev);
	return ret;
}

static int device_operation(struct device *dev, struct kernel_operation *op)
{
	switch (op->kind) {
	case KERNEL_REQUEST:
		return request(op);
	case KERNEL_REMOVE:
		device_unregister(dev);
		return 0;
	default:
		return op->kind <= KERNEL_FREE_COHERENT
			       ? glue_dma_operation(dev, op)
			       : channel_operation(op);
	}
}

int kernel_operate(struct kernel_operation *op)
{
	struct device *dev;

	if (op->kind >= KERNEL_SHARE && op->kind <= KERNEL_FREE_OBJECT)
		return glue_memory_operation(op);
	if (op->device >= MINI_DEVICES || !mini_devices[op->device].dev)
		return -ENODEV;
	mini_current = op->device;
	dev = mini_devices[op->device].dev;
	return device_operation(dev, op);
}
