/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Operations of a scenario, as calls of the mini-kernel. */
#include "mini.h"

static unsigned long attributes(unsigned int wanted, bool *missing)
{
	unsigned long attrs = 0;

	if (wanted & KERNEL_ATTR_SKIP_CPU_SYNC)
		attrs |= DMA_ATTR_SKIP_CPU_SYNC;
#ifdef DMA_ATTR_MMIO
	if (wanted & KERNEL_ATTR_MMIO)
		attrs |= DMA_ATTR_MMIO;
	if (wanted & KERNEL_ATTR_CC_SHARED)
		attrs |= DMA_ATTR_CC_SHARED;
	if (wanted & KERNEL_ATTR_REQUIRE_COHERENT)
		attrs |= DMA_ATTR_REQUIRE_COHERENT;
#else
	*missing = wanted & ~KERNEL_ATTR_SKIP_CPU_SYNC;
#endif
	return attrs;
}

static int map_one(struct device *dev, struct kernel_operation *op,
		   unsigned long attrs)
{
	struct kernel_segment *s = &op->segments[0];

	switch (op->kind) {
	case KERNEL_MAP_SINGLE:
		s->dma = dma_map_single_attrs(dev, s->address, s->size,
					      op->direction, attrs);
		break;
	case KERNEL_MAP_PAGE:
		s->dma = dma_map_page_attrs(dev, virt_to_page(s->address),
					    offset_in_page(s->address), s->size,
					    op->direction, attrs);
		break;
	case KERNEL_MAP_RESOURCE:
		s->dma = dma_map_resource(dev, virt_to_phys(s->address),
					  s->size, op->direction, attrs);
		break;
#ifdef DMA_ATTR_MMIO
	case KERNEL_MAP_PHYS:
		s->dma = dma_map_phys(dev, virt_to_phys(s->address), s->size,
				      op->direction, attrs);
		break;
#endif
	default:
		return KERNEL_NO_SUCH_OPERATION;
	}
	return dma_mapping_error(dev, s->dma);
}

static void to_list(const struct kernel_operation *op, struct scatterlist *list)
{
	unsigned int i;

	for (i = 0; i < op->segment_count; i++) {
		sg_init_one(&list[i], op->segments[i].address,
			    op->segments[i].size);
		list[i].dma_address = op->segments[i].dma;
		list[i].dma_length = op->segments[i].size;
	}
}

static int map_list(struct device *dev, struct kernel_operation *op,
		    unsigned long attrs)
{
	struct scatterlist list[KERNEL_MAX_SEGMENTS];
	unsigned int i;

	to_list(op, list);
	if (!dma_map_sg_attrs(dev, list, op->segment_count, op->direction,
			      attrs))
		return -EIO;
	for (i = 0; i < op->segment_count; i++)
		op->segments[i].dma = list[i].dma_address;
	return 0;
}

static int map(struct device *dev, struct kernel_operation *op)
{
	bool missing = false;
	unsigned long attrs = attributes(op->attributes, &missing);
	bool full = model_pool_fails();
	int ret;

	if (missing)
		return KERNEL_NO_SUCH_OPERATION;
	if (full)
		mini_fill_pool();
	ret = op->kind == KERNEL_MAP_SG ? map_list(dev, op, attrs)
					: map_one(dev, op, attrs);
	if (full)
		mini_empty_pool();
	return ret;
}

static int unmap(struct device *dev, struct kernel_operation *op)
{
	struct kernel_segment *s = &op->segments[0];
	struct scatterlist list[KERNEL_MAX_SEGMENTS];
	bool missing = false;
	unsigned long attrs = attributes(op->attributes, &missing);

	switch (op->mapped_by) {
	case KERNEL_MAP_SG:
		to_list(op, list);
		dma_unmap_sg_attrs(dev, list, op->segment_count, op->direction,
				   attrs);
		return 0;
	case KERNEL_MAP_RESOURCE:
#ifdef DMA_ATTR_MMIO
		dma_unmap_phys(dev, s->dma, s->size, op->direction,
			       attrs | DMA_ATTR_MMIO);
#endif
		return 0;
	case KERNEL_MAP_SINGLE:
	case KERNEL_MAP_PAGE:
	case KERNEL_MAP_PHYS:
		dma_unmap_page_attrs(dev, s->dma, s->size, op->direction,
				     attrs);
		return 0;
	default:
		return -EINVAL;
	}
}

static int sync(struct device *dev, struct kernel_operation *op)
{
	unsigned int i;

	if (op->mapped_by > KERNEL_MAP_RESOURCE)
		return -EINVAL;
	for (i = 0; i < op->segment_count; i++) {
		struct kernel_segment *s = &op->segments[i];

		if (op->kind == KERNEL_SYNC_FOR_DEVICE)
			dma_sync_single_for_device(dev, s->dma, s->size,
						   op->direction);
		else
			dma_sync_single_for_cpu(dev, s->dma, s->size,
						op->direction);
	}
	return 0;
}

static int alloc_coherent(struct device *dev, struct kernel_operation *op)
{
	dma_addr_t handle;

	op->address = dma_alloc_coherent(dev, op->size, &handle, GFP_KERNEL);
	if (!op->address)
		return -ENOMEM;
	op->segment_count = 1;
	op->segments[0].address = op->address;
	op->segments[0].size = op->size;
	op->segments[0].dma = handle;
	return 0;
}

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
	bool full = model_pool_fails();
	int ret;

	if (full)
		mini_fill_pool();
	ret = deliver(op);
	if (full)
		mini_empty_pool();
	return ret;
}

static int memory_operation(struct kernel_operation *op)
{
	switch (op->kind) {
	case KERNEL_SHARE:
		return set_memory_decrypted((unsigned long)op->address,
					    op->handle_count);
	case KERNEL_UNSHARE:
		return set_memory_encrypted((unsigned long)op->address,
					    op->handle_count);
	case KERNEL_FREE_PAGES:
		model_free_pages(op->address, op->handle_count);
		return 0;
	default:
		kfree(op->address);
		return 0;
	}
}

static int device_operation(struct device *dev, struct kernel_operation *op)
{
	switch (op->kind) {
	case KERNEL_UNMAP:
		return unmap(dev, op);
	case KERNEL_SYNC_FOR_DEVICE:
	case KERNEL_SYNC_FOR_CPU:
		return sync(dev, op);
	case KERNEL_ALLOC_COHERENT:
		return alloc_coherent(dev, op);
	case KERNEL_FREE_COHERENT:
		dma_free_coherent(dev, op->size, op->address,
				  op->segments[0].dma);
		return 0;
	case KERNEL_REQUEST:
		return request(op);
	case KERNEL_REMOVE:
		device_unregister(dev);
		return 0;
	default:
		return op->kind <= KERNEL_MAP_RESOURCE ? map(dev, op)
						       : channel_operation(op);
	}
}

int kernel_operate(struct kernel_operation *op)
{
	struct device *dev;

	if (op->kind >= KERNEL_SHARE && op->kind <= KERNEL_FREE_OBJECT)
		return memory_operation(op);
	if (op->device >= MINI_DEVICES || !mini_devices[op->device].dev)
		return -ENODEV;
	mini_current = op->device;
	dev = mini_devices[op->device].dev;
	return device_operation(dev, op);
}
