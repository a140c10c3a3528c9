/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Rings: a header page, then the data. A private ring has no decrypted alias. */
#include "hyperv_vmbus.h"

int hv_ringbuffer_init(struct hv_ring_buffer_info *info, struct page *pages,
		       u32 page_cnt, bool confidential)
{
	struct page **list;
	u32 i;

	list = kcalloc(page_cnt, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	for (i = 0; i < page_cnt; i++)
		list[i] = pages + i;
	info->ring_buffer = vmap(list, page_cnt, VM_MAP,	/* expect: private */
				 confidential ? PAGE_KERNEL
					      : pgprot_decrypted(PAGE_KERNEL));
	kfree(list);
	if (!info->ring_buffer)
		return -ENOMEM;
	memset(info->ring_buffer, 0, PAGE_SIZE);
	info->ring_datasize = (page_cnt - 1) << PAGE_SHIFT;
	return 0;
}

void hv_ringbuffer_cleanup(struct hv_ring_buffer_info *info)
{
	if (info->ring_buffer)
		vunmap(info->ring_buffer);
	info->ring_buffer = NULL;
}

int hv_ringbuffer_write(struct vmbus_channel *channel, const void *data, u32 len)
{
	struct hv_ring_buffer_info *info = &channel->outbound;
	struct hv_ring_buffer *ring = info->ring_buffer;
	u32 at = ring->write_index;

	if (len > info->ring_datasize)
		return -EINVAL;
	if (at + len > info->ring_datasize)
		at = 0;
	memcpy(ring->buffer + at, data, len);	/* expect: private */
	WRITE_ONCE(ring->write_index, at + len);
	return 0;
}
