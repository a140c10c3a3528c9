/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Opening channels, sending packets. */
#include "hyperv_vmbus.h"

struct gpa_packet {
	u64 gpa;
	u32 len;
	u32 handle;
	u64 id;
};

int vmbus_alloc_ring(struct vmbus_channel *channel, u32 send, u32 recv)
{
	channel->ringbuffer_page = alloc_pages(GFP_KERNEL | __GFP_ZERO,
					       get_order(send + recv));
	if (!channel->ringbuffer_page)
		return -ENOMEM;
	channel->ringbuffer_pagecount = (send + recv) >> PAGE_SHIFT;
	channel->ringbuffer_send_offset = send >> PAGE_SHIFT;
	return 0;
}

void vmbus_free_ring(struct vmbus_channel *channel)
{
	unsigned long bytes = (unsigned long)channel->ringbuffer_pagecount
			      << PAGE_SHIFT;

	hv_ringbuffer_cleanup(&channel->outbound);
	hv_ringbuffer_cleanup(&channel->inbound);
	if (channel->ringbuffer_page && !channel->ringbuffer_gpadlhandle.decrypted)
		__free_pages(channel->ringbuffer_page, get_order(bytes));	/* expect: private */
	channel->ringbuffer_page = NULL;
}

static int vmbus_init_rings(struct vmbus_channel *channel)
{
	u32 send = channel->ringbuffer_send_offset;
	u32 recv = channel->ringbuffer_pagecount - send;
	int ret;

	ret = hv_ringbuffer_init(&channel->outbound, channel->ringbuffer_page,
				 send, channel->co_ring_buffer);
	if (ret)
		return ret;
	return hv_ringbuffer_init(&channel->inbound,
				  channel->ringbuffer_page + send, recv,
				  channel->co_ring_buffer);
}

int vmbus_open(struct vmbus_channel *channel, u32 send_size, u32 recv_size,
	       void *userdata, u32 userdatalen,
	       void (*onchannel_callback)(void *context), void *context)
{
	int ret = vmbus_alloc_ring(channel, send_size, recv_size);

	if (ret)
		return ret;
	channel->onchannel_callback = onchannel_callback;
	channel->channel_callback_context = context;
	init_completion(&channel->transfer_done);

	ret = __vmbus_establish_gpadl(channel, HV_GPADL_RING,
				      page_address(channel->ringbuffer_page),
				      send_size + recv_size,
				      &channel->ringbuffer_gpadlhandle);
	if (ret)
		goto free_ring;
	ret = vmbus_init_rings(channel);
	if (ret)
		goto teardown;
	ret = vmbus_post_gpadl(channel, CHANNELMSG_OPENCHANNEL,
			       channel->ringbuffer_gpadlhandle.gpadl_handle,
			       NULL, 0);
	if (ret)
		goto teardown;
	channel->state = CHANNEL_OPENED_STATE;
	return 0;

teardown:
	vmbus_teardown_gpadl(channel, &channel->ringbuffer_gpadlhandle);
free_ring:
	vmbus_free_ring(channel);
	return ret;
}

void vmbus_close(struct vmbus_channel *channel)
{
	if (channel->state != CHANNEL_OPENED_STATE)
		return;
	channel->state = CHANNEL_OPEN_STATE;
	vmbus_teardown_gpadl(channel, &channel->ringbuffer_gpadlhandle);
	vmbus_free_ring(channel);
}

int vmbus_sendpacket(struct vmbus_channel *channel, const void *buffer, u32 len,
		     u64 requestid)
{
	if (channel->state != CHANNEL_OPENED_STATE || channel->rescind)
		return -ENODEV;
	return hv_ringbuffer_write(channel, buffer, len);
}

int vmbus_send_gpa(struct vmbus_channel *channel, u64 gpa, u32 len, u64 id)
{
	struct gpa_packet p = { .gpa = gpa, .len = len, .id = id };

	return vmbus_sendpacket(channel, &p, sizeof(p), id);
}

int vmbus_transfer(struct vmbus_channel *channel, u64 gpa, u32 len)
{
	int ret = vmbus_send_gpa(channel, gpa, len, 0);

	if (!ret)
		wait_for_completion(&channel->transfer_done);
	return ret;
}

int vmbus_send_offset(struct vmbus_channel *channel,
		      const struct vmbus_gpadl *gpadl, u32 offset, u32 len)
{
	struct gpa_packet p = {
		.gpa = offset, .len = len, .handle = gpadl->gpadl_handle,
	};

	return vmbus_sendpacket(channel, &p, sizeof(p), 0);
}
