/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Under a tree's vmbus_open() and its GPADLs: the connection, and a host that
 * answers messages when the tree waits for the answer.
 */
#include "drivers/hv/hyperv_vmbus.h"

#include <asm/mshyperv.h>

#include "glue.h"

#define RING_SIZE (4 * PAGE_SIZE)
#define REFUSED 0xc000009a	/* insufficient resources */

struct vmbus_connection vmbus_connection = {
	.chn_msg_list = LIST_HEAD_INIT(vmbus_connection.chn_msg_list),
	.next_gpadl_handle = ATOMIC_INIT(0xe1e10),
};
u32 vmbus_proto_version = VERSION_WIN10_V5_3;

static u32 processors[64];
u32 *tree_processors TREE_SYMBOL(hv_vp_index) = processors;

/* All bits of page table entries are to be had. */
pteval_t tree_entry_mask TREE_SYMBOL(__default_kernel_pte_mask) = ~0UL;

struct ms_hyperv_info tree_hyperv TREE_SYMBOL(ms_hyperv);

bool tree_is_snp(void) TREE_SYMBOL(hv_isolation_type_snp);
bool tree_is_snp(void)
{
	return model_isolation() == HV_ISOLATION_TYPE_SNP;
}

/* Pages by number, some of them by the number of their shared alias. */
void *tree_vmap_frames(unsigned long *frames, unsigned int count)
	TREE_SYMBOL(vmap_pfn);
void *tree_vmap_frames(unsigned long *frames, unsigned int count)
{
	static unsigned long numbers[256];
	u64 mark = model_mark_shared(0);
	unsigned int i;

	if (!count || count > ARRAY_SIZE(numbers))
		return NULL;
	for (i = 0; i < count; i++)
		numbers[i] = model_frame_of(model_to_virtual(
			model_canonical(PFN_PHYS(frames[i]))));
	return model_map_frames(numbers, count,
				mark && PFN_PHYS(frames[0]) & mark);
}

int tree_post(void *buffer, size_t size) TREE_SYMBOL(vmbus_post_msg);
int tree_post(void *buffer, size_t size)
{
	/* As after all retries. */
	return model_post_message(buffer, size) ? -EAGAIN : 0;
}

/* Nobody else runs: the answer comes now. */
void tree_wait(struct completion *answer) TREE_SYMBOL(wait_for_completion);
void tree_wait(struct completion *answer)
{
	struct vmbus_channel_msginfo *info =
		container_of(answer, struct vmbus_channel_msginfo, waitevent);
	struct vmbus_channel_message_header *header = (void *)info->msg;

	switch (header->msgtype) {
	case CHANNELMSG_GPADL_HEADER:
		info->response.gpadl_created.creation_status =
			model_host_refuses() ? REFUSED : 0;
		return;
	case CHANNELMSG_OPENCHANNEL:
		info->response.open_result.status =
			model_host_refuses() ? REFUSED : 0;
		return;
	default:
		return;
	}
}

struct reciprocal_value tree_reciprocal(u32 divisor)
	TREE_SYMBOL(reciprocal_value);
struct reciprocal_value tree_reciprocal(u32 divisor)
{
	/* Of the share of a ring that is free, nothing here depends on it. */
	return (struct reciprocal_value) { .m = 1 };
}

#define TREE_SILENT(name)                                                      \
	void tree_silent_##name(void) TREE_SYMBOL(name);                       \
	void tree_silent_##name(void)                                          \
	{                                                                      \
	}

TREE_SILENT(mutex_lock)
TREE_SILENT(mutex_unlock)
TREE_SILENT(__mutex_init)
TREE_SILENT(mutex_init_generic)
TREE_SILENT(__init_swait_queue_head)
TREE_SILENT(tasklet_unlock_wait)
TREE_SILENT(tasklet_unlock_spin_wait)
TREE_SILENT(vmbus_set_event)
/* No requests are numbered, so there is no map of numbers. */
TREE_SILENT(bitmap_free)

void tree_prepare_channel(struct vmbus_channel *channel)
{
	/* Where shared aliases begin, as the hypervisor says. */
	tree_hyperv.shared_gpa_boundary = model_mark_shared(0);
	INIT_LIST_HEAD(&channel->sc_list);
	channel->state = CHANNEL_OPEN_STATE;
}

/* --- memory that a driver gave away by a GPADL --------------------------------- */

struct given {
	struct vmbus_gpadl gpadl;
	void *address;
};

static struct given gpadls[64];
static unsigned int gpadl_count;

bool tree_is_kept(const void *address)
{
	unsigned int i;

	for (i = 0; i < gpadl_count; i++)
		if (gpadls[i].address == address && gpadls[i].gpadl.decrypted)
			return true;
	return false;
}

static int establish(struct vmbus_channel *channel, struct kernel_operation *op)
{
	struct given *given = &gpadls[gpadl_count];

	if (gpadl_count == ARRAY_SIZE(gpadls))
		return -ENOSPC;
	gpadl_count++;
	given->address = op->address;
	op->handle = given;
	if (op->kind == KERNEL_GPADL_ESTABLISH)
		return vmbus_establish_gpadl(channel, op->address, op->size,
					     &given->gpadl);
#ifdef COCODMA_HAS_GPADL_DECRYPTED
	return vmbus_establish_gpadl_caller_decrypted(
		channel, op->address, op->size, &given->gpadl);
#else
	return KERNEL_NO_SUCH_OPERATION;
#endif
}

int tree_channel_operation(struct kernel_operation *op)
{
	struct vmbus_channel *channel = tree_channel_of(op->device, op->channel);
	struct given *given = op->handle;

	if (!channel)
		return -ENODEV;
	/* No driver goes on with a ring that it could not open. */
	if ((op->kind == KERNEL_RING_WRITE || op->kind == KERNEL_RING_CLOSE) &&
	    channel->state != CHANNEL_OPENED_STATE)
		return -ENODEV;
	switch (op->kind) {
	case KERNEL_RING_OPEN:
		return vmbus_open(channel, RING_SIZE, RING_SIZE, NULL, 0, NULL,
				  NULL);
	case KERNEL_RING_CLOSE:
		vmbus_close(channel);
		return 0;
	case KERNEL_RING_WRITE:
		return vmbus_sendpacket(channel, op->address, op->size, 0,
					VM_PKT_DATA_INBAND, 0);
	case KERNEL_GPADL_ESTABLISH:
	case KERNEL_GPADL_ESTABLISH_DECRYPTED:
		return establish(channel, op);
	case KERNEL_GPADL_TEARDOWN:
		return given ? vmbus_teardown_gpadl(channel, &given->gpadl) :
			       -EINVAL;
	default:
		return KERNEL_NO_SUCH_OPERATION;
	}
}
