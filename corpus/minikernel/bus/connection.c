/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The connection as a whole: its message page follows vmbus_is_confidential(). */
#include "hyperv_vmbus.h"

struct vmbus_connection vmbus_connection = {
	.chn_list = LIST_HEAD_INIT(vmbus_connection.chn_list),
};

static int vmbus_alloc_control_page(void)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (!vmbus_is_confidential() &&
	    set_memory_decrypted(page, 1))	/* expect: private|shared-by-design (guard) */
		return -EIO;
	vmbus_connection.post_msg_page = (void *)page;
	return 0;
}

static void vmbus_free_control_page(void)
{
	unsigned long page = (unsigned long)vmbus_connection.post_msg_page;

	vmbus_connection.post_msg_page = NULL;
	if (!page)
		return;
	if (!vmbus_is_confidential() && set_memory_encrypted(page, 1))
		return;
	free_page(page);
}

int vmbus_connect(void)
{
	int ret = vmbus_alloc_control_page();

	if (ret)
		return ret;
	vmbus_connection.handle_primary_chan_wq =
		alloc_workqueue("hv_pri_chan", 0, 1);
	vmbus_connection.handle_sub_chan_wq =
		alloc_workqueue("hv_sub_chan", 0, 1);
	if (vmbus_connection.handle_primary_chan_wq &&
	    vmbus_connection.handle_sub_chan_wq)
		return 0;
	vmbus_disconnect();
	return -ENOMEM;
}

void vmbus_disconnect(void)
{
	if (vmbus_connection.handle_primary_chan_wq)
		destroy_workqueue(vmbus_connection.handle_primary_chan_wq);
	if (vmbus_connection.handle_sub_chan_wq)
		destroy_workqueue(vmbus_connection.handle_sub_chan_wq);
	vmbus_free_control_page();
}

int vmbus_post_msg(const void *msg, u32 len)
{
	if (len > PAGE_SIZE)
		return -EINVAL;
	memcpy(vmbus_connection.post_msg_page, msg, len);	/* expect: private */
	return hv_do_post_message(vmbus_connection.post_msg_page, len);
}
