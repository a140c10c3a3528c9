/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* GPADLs: always shared, unless the caller has done it. */
#include "hyperv_vmbus.h"

struct vmbus_gpadl_message {
	struct vmbus_channel_message_header header;
	u32 relid;
	u32 gpadl;
	u64 gpa;
	u32 size;
};

int vmbus_post_gpadl(struct vmbus_channel *channel, u32 type, u32 handle,
		     const void *kbuffer, u32 size)
{
	struct vmbus_gpadl_message msg = {
		.header.msgtype = type,
		.relid = channel->offermsg.child_relid,
		.gpadl = handle,
		.gpa = kbuffer ? virt_to_phys(kbuffer) : 0,
		.size = size,
	};

	return vmbus_post_msg(&msg, sizeof(msg));
}

int __vmbus_establish_gpadl(struct vmbus_channel *channel,
			    enum hv_gpadl_type type, void *kbuffer, u32 size,
			    struct vmbus_gpadl *gpadl)
{
	u32 handle = ++vmbus_connection.next_gpadl_handle;
	int ret;

	gpadl->gpadl_handle = 0;
	gpadl->buffer = kbuffer;
	gpadl->size = size;
	gpadl->decrypted = type != HV_GPADL_BUFFER_DECRYPTED;
	if (gpadl->decrypted) {
		/* On failure it stays true: nobody may free this memory. */
		ret = set_memory_decrypted((unsigned long)kbuffer,	/* expect: shared-by-design */
					   PFN_UP(size));
		if (ret)
			return ret;
	}

	ret = vmbus_post_gpadl(channel, CHANNELMSG_GPADL_HEADER, handle,
			       kbuffer, size);
	if (!ret && !channel->rescind) {
		gpadl->gpadl_handle = handle;
		return 0;
	}
	if (gpadl->decrypted)
		gpadl->decrypted =
			set_memory_encrypted((unsigned long)kbuffer,
					     PFN_UP(size)) != 0;
	return ret ? ret : -ENODEV;
}

int vmbus_establish_gpadl(struct vmbus_channel *channel, void *kbuffer,
			  u32 size, struct vmbus_gpadl *gpadl)
{
	return __vmbus_establish_gpadl(channel, HV_GPADL_BUFFER, kbuffer, size,
				       gpadl);
}

int vmbus_establish_gpadl_caller_decrypted(struct vmbus_channel *channel,
					   void *kbuffer, u32 size,
					   struct vmbus_gpadl *gpadl)
{
	return __vmbus_establish_gpadl(channel, HV_GPADL_BUFFER_DECRYPTED,
				       kbuffer, size, gpadl);
}

int vmbus_teardown_gpadl(struct vmbus_channel *channel,
			 struct vmbus_gpadl *gpadl)
{
	int ret = 0;

	vmbus_post_gpadl(channel, CHANNELMSG_GPADL_TEARDOWN,
			 gpadl->gpadl_handle, NULL, 0);
	gpadl->gpadl_handle = 0;
	if (gpadl->decrypted)
		ret = set_memory_encrypted((unsigned long)gpadl->buffer,
					   PFN_UP(gpadl->size));
	gpadl->decrypted = ret != 0;
	return ret;
}
