/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* GPADLs of memory that the caller has decrypted. */
#include <linux/hyperv.h>

int probe(struct vmbus_channel *channel, void *buffer, struct vmbus_gpadl *g);
int probe(struct vmbus_channel *channel, void *buffer, struct vmbus_gpadl *g)
{
	return vmbus_establish_gpadl_caller_decrypted(channel, buffer, 4096, g);
}
