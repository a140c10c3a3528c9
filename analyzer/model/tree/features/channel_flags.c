/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Channels say whether data outside their ring is private. */
#include <linux/hyperv.h>

bool probe(const struct vmbus_channel *channel);
bool probe(const struct vmbus_channel *channel)
{
	return channel->co_ring_buffer && channel->co_external_memory;
}
